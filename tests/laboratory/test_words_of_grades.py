"""Why a result has no grade, no flag, or cannot be: the words that stand beside it, and which side a term lies on."""

from decimal import Decimal
from fractions import Fraction

import pytest

from laboratory.analytes import ANALYTES
from laboratory.ctcae import Graded, Measured, corrected_calcium, grade, side_of
from laboratory.ranges import Limits
from laboratory.results import GradingSetting, impossible, outcome, unusual
from values.numbers import read_result

NORMAL = Limits(Fraction(10), Fraction(40))


def graded(version: str, code: str, value: str, limits: Limits = Limits(), **more: object) -> Graded:  # noqa: B008
    """Of a value in the analyte's SI unit; with "<" or ">" in front it is a limit."""
    qualifier = value[0] if value[0] in "<>" else ""
    measured = Measured(Fraction(value.lstrip("<>")), ANALYTES[code].si, limits, qualifier=qualifier, **more)  # type: ignore[arg-type]
    return grade(version, ANALYTES[code], measured)


def test_a_version_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"^CTCAE version 4\.0 is not known; known: 3\.0, 5\.0$"):
        graded("4.0", "HGB", "100")


NEUTROPHILS = Limits(Fraction(2), Fraction(7))


@pytest.mark.parametrize(
    ("version", "code", "value", "limits", "why"),
    [
        ("3.0", "UREA", "5", NORMAL, "CTCAE 3.0 has no criteria for it"),
        ("3.0", "LDH", "500", NORMAL, "CTCAE 3.0 has no criteria for it"),
        ("5.0", "PHOS", "0.1", NORMAL, "CTCAE 5.0 grades hypophosphatemia by its treatment"),
        (
            *("5.0", "PHOS", "0.1", Limits()),
            "CTCAE 5.0 grades hypophosphatemia by its treatment, and no limit of normal is known",
        ),
        ("3.0", "ALT", "41", Limits(), "the upper limit of normal is not known"),
        ("3.0", "HGB", "110", Limits(None, Fraction(170)), "the lower limit of normal is not known"),
        ("3.0", "NEUT", "<2.5", NEUTROPHILS, "the limit leaves open which grade it has, 0 to 4"),
        ("3.0", "ALT", ">30", NORMAL, "the limit leaves open which grade it has, 0 to 4"),
    ],
)
def test_what_leaves_a_result_without_a_grade_is_said(
    version: str, code: str, value: str, limits: Limits, why: str
) -> None:
    assert graded(version, code, value, limits) == Graded(None, why=why)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        # what lies beyond may be worse
        ("ALT", ">50", Graded(1, "ALT", "AT LEAST")),
        ("ALT", ">801", Graded(4, "ALT")),
        # what lies beyond may be better, down to none
        ("ALT", "<60", Graded(1, "ALT", "AT MOST")),
        ("ALT", "<30", Graded(0)),
        ("ALT", "50", Graded(1, "ALT")),
    ],
)
def test_the_grade_of_a_limit_says_whether_it_may_be_more_or_less(code: str, value: str, expected: Graded) -> None:
    assert graded("3.0", code, value, NORMAL) == expected


def test_a_limit_beyond_which_the_treatment_decides_has_no_grade() -> None:
    """Glucose of more than 5 mmol/L may be normal, or so high that version 5.0 grades it by its treatment."""
    limits = Limits(Fraction(4), Fraction("5.5"))
    why = "CTCAE 5.0 grades hyperglycemia by its treatment"
    assert graded("5.0", "GLUC", ">5", limits) == Graded(None, why=why)
    assert graded("5.0", "GLUC", "5", limits) == Graded(0)


def test_calcium_is_not_graded_by_an_albumin_that_is_a_limit() -> None:
    limits = Limits(Fraction("2.1"), Fraction("2.6"))
    why = "it is corrected for albumin, of which only a limit is known"
    assert graded("3.0", "CA", "1.9", limits, albumin=Fraction(30), albumin_is_limit=True) == Graded(None, why=why)
    # 0.02 mmol/L for each of the 10 g/L that albumin lacks: 2.1 is normal
    assert graded("3.0", "CA", "1.9", limits, albumin=Fraction(30)) == Graded(0)
    assert graded("3.0", "CA", "1.9", limits, albumin=Fraction(40)) == Graded(2, "Hypocalcemia")


def test_calcium_is_corrected_by_the_rule_of_its_unit() -> None:
    """0.8 mg/dL for each g/dL, which is 0.08 mg/dL for each g/L, or 0.02 mmol/L for each g/L."""
    calcium = ANALYTES["CA"]
    for unit, value, corrected in (("mmol/L", "1.9", "2.1"), ("mg/dL", "7.6", "8.4"), ("mEq/L", "3.8", "4.2")):
        in_si = calcium.in_si(Fraction(value), unit)
        measured = Measured(in_si, calcium.unit(unit), albumin=Fraction(30))
        assert corrected_calcium(measured) == calcium.in_si(Fraction(corrected), unit)
    for albumin in (None, Fraction(40), Fraction("40.5"), Fraction(45)):
        assert corrected_calcium(Measured(Fraction(2), calcium.si, albumin=albumin)) == 2


def test_high_glucose_of_a_sample_that_was_not_fasting_is_graded_from_grade_3_on() -> None:
    limits = Limits(Fraction(4), Fraction("5.5"))
    why = "hyperglycemia under grade 3 is graded in fasting samples alone"
    assert graded("3.0", "GLUC", "10", limits, fasting=False) == Graded(None, why=why)
    assert graded("3.0", "GLUC", "14", limits, fasting=False) == Graded(3, "Hyperglycemia")
    for fasting in (True, None):
        assert graded("3.0", "GLUC", "10", limits, fasting=fasting) == Graded(2, "Hyperglycemia")


def test_without_the_limit_of_the_baselines_day_two_scales_may_disagree() -> None:
    why = "the upper limit of normal on the day of its baseline is not known"
    assert graded("5.0", "ALT", "85", Limits(None, Fraction(50)), baseline=Fraction(60)) == Graded(None, why=why)


def test_a_baseline_at_its_limit_was_normal() -> None:
    """45 is over the limit of 40; 1.5 times a baseline of 40 is 60."""
    limits = Limits(None, Fraction(40))
    known = {"baseline": Fraction(40)}
    assert graded("5.0", "ALT", "45", limits, baseline_high=Fraction(40), **known).grade == 1
    assert graded("5.0", "ALT", "45", limits, baseline_high=Fraction(39), **known).grade == 0


def test_what_lies_just_over_a_limit_of_haemoglobin_has_passed_it() -> None:
    """More than 20 g/L over an upper limit of 170 is grade 2, more than 40 grade 3."""
    limits = Limits(Fraction(120), Fraction(170))
    assert graded("5.0", "HGB", ">190", limits) == Graded(2, "Hemoglobin increased", "AT LEAST")
    assert graded("5.0", "HGB", "190", limits) == Graded(1, "Hemoglobin increased")


@pytest.mark.parametrize(
    ("analyte", "term", "side"),
    [
        ("K", "Hypokalemia", "low"),
        ("K", "Hyperkalemia", "high"),
        ("HGB", "Hemoglobin", "low"),
        ("HGB", "Anemia", "low"),
        ("HGB", "Hemoglobin increased", "high"),
        ("ALT", "ALT", "high"),
        ("ALT", "Alanine aminotransferase increased", "high"),
        ("PLAT", "Platelets", "low"),
        ("K", "Anemia", ""),
        ("UREA", "Uremia", ""),
    ],
)
def test_a_term_of_either_version_lies_on_one_side_of_normal(analyte: str, term: str, side: str) -> None:
    assert side_of(analyte, term) == side


@pytest.mark.parametrize(
    ("value", "limits", "why"),
    [
        ("20", NORMAL, ""),
        ("20", Limits(), "the site's list has no limits of normal for it on the day of the sample"),
        ("<30", NORMAL, "the limit leaves open whether it is within the limits of normal"),
    ],
)
def test_why_a_result_has_no_flag_is_said(value: str, limits: Limits, why: str) -> None:
    assert outcome("ALT", read_result(value), "U/L", limits, GradingSetting("3.0")).why_no_flag == why


def test_a_result_hands_on_what_its_grade_depends_on() -> None:
    """ALT of 85 by version 5.0 at an upper limit of 50: grade 1; 1.5 times a baseline of 60 that was abnormal is 90."""
    limits, baseline = Limits(None, Fraction(50)), {"ALT": Fraction(60)}
    for highs, expected in (({"ALT": Fraction(40)}, 0), ({"ALT": Fraction(70)}, 1), (None, None)):
        setting = GradingSetting("5.0", baselines=baseline, baseline_highs=highs)
        assert outcome("ALT", read_result("85"), "U/L", limits, setting).graded.grade == expected
    calcium = Limits(Fraction("2.1"), Fraction("2.6"))
    for albumin, is_limit, expected in ((30, False, 0), (None, False, 2), (30, True, None)):
        setting = GradingSetting("3.0", albumin=albumin and Fraction(albumin), albumin_is_limit=is_limit)
        assert outcome("CA", read_result("1.9"), "mmol/L", calcium, setting).graded.grade == expected
    glucose = Limits(Fraction(4), Fraction("5.5"))
    for fasting, expected in ((True, 2), (None, 2), (False, None)):
        setting = GradingSetting("3.0", fasting=fasting)
        assert outcome("GLUC", read_result("10"), "mmol/L", glucose, setting).graded.grade == expected


def test_a_result_below_a_limit_keeps_its_sign() -> None:
    result = outcome("HGB", read_result("<10"), "g/dL", Limits(Fraction(120), None), GradingSetting("3.0"))
    assert (result.qualifier, result.value, result.flag, result.low, result.high) == ("<", 100, "LOW", 12, None)
    assert (result.analyte.code, result.limits, result.graded.bound) == ("HGB", Limits(Fraction(120), None), "AT LEAST")


@pytest.mark.parametrize(
    ("code", "value", "unit", "words"),
    [
        ("NEUT", "<0", "10^9/L", "Neutrophils below 0 cannot be."),
        ("NEUT", "0", "10^9/L", ""),
        ("NEUT", ">0", "10^9/L", ""),
        ("NEUT", "<0.1", "10^9/L", ""),
        ("CREAT", "1.1", "umol/L", "Creatinine of 1.1 µmol/L cannot be. Was it reported in mg/dL?"),
        ("K", "41", "mEq/L", "Potassium of 41 mEq/L cannot be."),
    ],
)
def test_what_nobody_can_have_is_told_with_the_unit_that_would_fit(
    code: str, value: str, unit: str, words: str
) -> None:
    assert impossible(code, read_result(value), unit) == words


def test_what_is_usual_in_another_unit_is_asked_about_in_the_first() -> None:
    assert unusual("GLUC", read_result("100"), "mmol/L") == (
        "Glucose 100 mmol/L is far from usual. Was it reported in mg/dL?"
    )
    assert ANALYTES["GLUC"].in_si(Decimal(100), "mg/dL") == Fraction(1000) / Fraction("180.156")
