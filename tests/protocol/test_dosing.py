from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.arithmetic.dosing import (
    body_surface,
    deviation_percent,
    du_bois,
    lower_steps,
    mosteller,
    planned_dose,
    reduction_level,
    rounded,
    unit_dose,
)
from protocol import load
from protocol.regimen import Regimen
from tests.protocol.conftest import TRIAL

PROTOCOL = load(TRIAL)
PACLITAXEL, TRASTUZUMAB, EVEROLIMUS = (PROTOCOL.drug(code) for code in ("paclitaxel", "trastuzumab", "everolimus"))
SURFACE, WEIGHT = Decimal("1.73"), Decimal("68.5")


def dose(drug, **how):
    return planned_dose(drug, weight_kg=WEIGHT, body_surface_m2=SURFACE, **how)


def test_mostellers_formula_is_exact_where_the_root_is():
    assert mosteller(Decimal(180), Decimal(80)) == 2


def test_du_bois_formula_agrees_with_a_worked_value():
    # ln: -4.9359 + 0.725 ln 170 + 0.425 ln 70 = 0.5932, and exp(0.5932) = 1.8098
    assert round(du_bois(Decimal(170), Decimal(70)), 3) == Decimal("1.810")


@pytest.mark.parametrize(
    ("formula", "decimals", "surface"), [("mosteller", 2, "1.82"), ("mosteller", 1, "1.8"), ("du_bois", 2, "1.81")]
)
def test_the_protocol_chooses_the_formula_and_its_rounding(formula, decimals, surface):
    regimen = Regimen(cycle_days=28, body_surface=formula, body_surface_decimals=decimals)
    assert body_surface(regimen, height_cm=Decimal(170), weight_kg=Decimal(70)) == Decimal(surface)


@pytest.mark.parametrize(("height", "weight", "named"), [(0, 70, "height"), (170, 0, "weight"), (-170, -70, "height")])
def test_a_size_that_is_not_positive_is_refused(height, weight, named):
    with pytest.raises(ValueError, match=f"{named} must be more than 0"):
        body_surface(PROTOCOL.regimen, height_cm=Decimal(height), weight_kg=Decimal(weight))


@pytest.mark.parametrize(("level", "planned"), [(0, 138), (1, 121), (2, 104)])
def test_paclitaxel_goes_by_body_surface_and_reduction_level(level, planned):
    assert dose(PACLITAXEL, level=level) == planned


def test_trastuzumab_is_loaded_once_and_goes_by_weight():
    assert dose(TRASTUZUMAB, first=True) == 274
    assert dose(TRASTUZUMAB) == 137


def test_a_first_dose_of_a_drug_without_loading_is_the_ordinary_one():
    assert dose(PACLITAXEL, first=True) == dose(PACLITAXEL)


@pytest.mark.parametrize(("drug", "level"), [(PACLITAXEL, 3), (PACLITAXEL, -1), (TRASTUZUMAB, 1)])
def test_a_level_that_the_protocol_does_not_have_is_refused(drug, level):
    with pytest.raises(ValueError, match=f"{drug.label} has no reduction level {level}"):
        unit_dose(drug, level=level)


def test_a_loading_dose_is_not_reduced():
    with pytest.raises(ValueError, match="the first dose of Trastuzumab is not reduced"):
        unit_dose(TRASTUZUMAB, level=1, first=True)


def test_everolimus_has_the_dose_of_the_cohort():
    with pytest.raises(ValueError, match="the dose of Everolimus is that of the cohort"):
        unit_dose(EVEROLIMUS)


def test_a_dose_needs_a_positive_weight_and_surface():
    with pytest.raises(ValueError, match="body surface must be more than 0"):
        planned_dose(PACLITAXEL, weight_kg=WEIGHT, body_surface_m2=Decimal(0))
    with pytest.raises(ValueError, match="weight must be more than 0"):
        planned_dose(TRASTUZUMAB, weight_kg=Decimal(0), body_surface_m2=SURFACE)


@pytest.mark.parametrize(
    ("exact", "to", "planned"),
    [("137.4", "1", "137"), ("137.5", "1", "138"), ("6.24", "2.5", "5"), ("6.25", "2.5", "7.5")],
)
def test_a_dose_is_rounded_to_the_protocols_step(exact, to, planned):
    assert rounded(Decimal(exact), to=Decimal(to)) == Decimal(planned)


def test_the_reduction_level_is_the_position_of_the_dose():
    assert [reduction_level(PACLITAXEL, Decimal(given)) for given in (80, 70, 60)] == [0, 1, 2]
    assert reduction_level(TRASTUZUMAB, Decimal(2)) == 0
    assert reduction_level(EVEROLIMUS, Decimal(5), schedule="daily", every_days=2) == 2
    assert reduction_level(EVEROLIMUS, Decimal(30), schedule="weekly", every_days=7) == 0


@pytest.mark.parametrize(("drug", "given"), [(PACLITAXEL, 75), (TRASTUZUMAB, 1), (EVEROLIMUS, 10)])
def test_a_dose_between_the_steps_is_refused(drug, given):
    with pytest.raises(ValueError, match=f"is no step of {drug.label}"):
        reduction_level(drug, Decimal(given))


def test_each_dose_is_reduced_along_the_steps_below_it():
    def below(drug, given, **how):
        return [step.label for step in lower_steps(drug, Decimal(given), **how)]

    assert below(EVEROLIMUS, 10, schedule="daily") == ["5 mg daily", "5 mg every other day", "stopped"]
    assert below(EVEROLIMUS, 5, schedule="daily") == ["5 mg every other day", "stopped"]
    assert below(EVEROLIMUS, 5, schedule="daily", every_days=2) == ["stopped"]
    assert below(EVEROLIMUS, 30, schedule="weekly", every_days=7) == ["stopped"]
    assert below(PACLITAXEL, 60) == []
    assert below(TRASTUZUMAB, 2) == []


@pytest.mark.parametrize(
    ("actual", "planned", "percent"), [(90, 100, -10), (110, 100, 10), (100, 100, 0), (0, 100, -100)]
)
def test_a_deviation_is_a_percentage_of_the_plan(actual, planned, percent):
    assert deviation_percent(Decimal(actual), Decimal(planned)) == percent


def test_a_deviation_from_no_plan_is_refused():
    with pytest.raises(ValueError, match="planned dose must be more than 0"):
        deviation_percent(Decimal(10), Decimal(0))


sizes = st.decimals(30, 200, places=1)


@settings(deadline=None)
@given(height=sizes, weight=sizes, more=st.decimals("0.1", 50, places=1))
def test_a_heavier_subject_never_has_a_smaller_surface(height, weight, more):
    assert body_surface(PROTOCOL.regimen, height_cm=height, weight_kg=weight + more) >= body_surface(
        PROTOCOL.regimen, height_cm=height, weight_kg=weight
    )


@settings(deadline=None)
@given(exact=st.decimals(0, 1000, places=3), to=st.sampled_from([Decimal(1), Decimal("2.5"), Decimal(5)]))
def test_rounding_moves_a_dose_by_at_most_half_a_step(exact, to):
    result = rounded(exact, to=to)
    assert abs(result - exact) <= to / 2 and result % to == 0
