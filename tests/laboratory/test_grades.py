"""Every cut of the criteria, on both sides, and what holds for every value."""

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laboratory.analytes import ANALYTES
from laboratory.criteria import SCALES
from laboratory.ctcae import Graded, Measured, corrected_calcium, grade
from laboratory.ranges import Limits
from tests.laboratory import cases

Pairs = list[tuple[str, str, dict[str, str], str, str]]


def graded(version: str, code: str, unit: str, value: str, **given: str | bool | None) -> Graded:
    """`low`, `high`, `baseline`, `baseline_high` in the unit of the value; the limits of the baseline's day are those
    of the sample's, unless told."""
    analyte = ANALYTES[code]
    given = {"baseline_high": given.get("high"), **given}
    in_si = {
        name: analyte.in_si(Fraction(str(amount)), unit)
        for name, amount in given.items()
        if name in ("low", "high", "baseline", "baseline_high") and amount not in (None, "-")
    }
    measured = Measured(
        analyte.in_si(Fraction(value), unit),
        analyte.unit(unit),
        Limits(in_si.get("low"), in_si.get("high")),
        in_si.get("baseline"),
        Fraction(str(given["albumin"])) if given.get("albumin") else None,
        given.get("fasting"),  # type: ignore[arg-type]
        baseline_high=in_si.get("baseline_high"),
    )
    return grade(version, analyte, measured)


def _lines(text: str) -> Iterator[tuple[str, str, str, str, str, str]]:
    for line in text.strip().splitlines():
        code, unit, first, second, *pairs = line.split()
        for pair in pairs:
            value, expected = pair.split(":")
            yield code, unit, first, second, value, expected


@pytest.mark.parametrize(
    ("version", "code", "unit", "low", "high", "value", "expected"),
    [("3.0", *line) for line in _lines(cases.V3)] + [("5.0", *line) for line in _lines(cases.V5)],
)
def test_a_value_has_the_grade_of_the_criteria(
    version: str, code: str, unit: str, low: str, high: str, value: str, expected: str
) -> None:
    actual = graded(version, code, unit, value, low=low, high=high).grade
    assert actual == (None if expected == "?" else int(expected))


@pytest.mark.parametrize(
    ("code", "unit", "high", "baseline", "value", "expected"), list(_lines(cases.V5_ABNORMAL_AT_BASELINE))
)
def test_version_5_grades_by_the_baseline_where_that_was_abnormal(
    code: str, unit: str, high: str, baseline: str, value: str, expected: str
) -> None:
    assert graded("5.0", code, unit, value, high=high, baseline=baseline).grade == int(expected)


@pytest.mark.parametrize(
    ("baseline_high", "expected"),
    [
        # 60 U/L was above the 40 of its day: 1.5 times the baseline begins grade 1
        ("40", 0),
        # 60 U/L was normal by the 80 of its day: above the limit of today is grade 1
        ("80", 1),
        # what it was cannot be told, and the two scales differ
        (None, None),
    ],
)
def test_whether_the_baseline_was_abnormal_is_told_by_the_limits_of_its_own_day(
    baseline_high: str | None, expected: int | None
) -> None:
    verdict = graded("5.0", "ALT", "U/L", "85", high="50", baseline="60", baseline_high=baseline_high)
    assert verdict.grade == expected
    assert bool(verdict.why) == (expected is None)


def test_an_unknown_limit_of_the_baseline_leaves_no_doubt_where_both_scales_agree() -> None:
    assert graded("5.0", "ALT", "U/L", "45", high="50", baseline="44", baseline_high=None).grade == 0
    assert graded("5.0", "ALT", "U/L", "2000", high="50", baseline="60", baseline_high=None).grade == 4


@pytest.mark.parametrize("code", ["ALT", "BILI", "CREAT", "ALP"])
def test_version_3_does_not_look_at_the_baseline(code: str) -> None:
    unit = ANALYTES[code].si.code
    assert graded("3.0", code, unit, "101", high="100", baseline="99") == graded(
        "3.0", code, unit, "101", high="100", baseline="500"
    )


def test_what_is_normal_at_a_laboratory_has_no_grade_there() -> None:
    assert graded("3.0", "NEUT", "10^9/L", "1.4", low="1.3", high="7").grade == 0
    assert graded("3.0", "NEUT", "10^9/L", "1.29", low="1.3", high="7").grade == 2


def test_without_limits_only_what_amounts_decide_is_graded() -> None:
    assert graded("3.0", "NEUT", "10^9/L", "1.6").grade is None
    assert graded("3.0", "NEUT", "10^9/L", "0.4").grade == 4
    assert graded("3.0", "ALT", "U/L", "4000").grade is None
    assert graded("5.0", "CREAT", "umol/L", "200", baseline="100").grade is None


def test_the_term_says_which_side_it_is() -> None:
    assert graded("3.0", "K", "mmol/L", "3.4", low="3.5", high="5").term == "Hypokalemia"
    assert graded("3.0", "K", "mmol/L", "5.1", low="3.5", high="5").term == "Hyperkalemia"
    assert graded("5.0", "HGB", "g/L", "110", low="120", high="160").term == "Anemia"


def test_no_value_that_is_normal_has_a_term() -> None:
    assert graded("3.0", "K", "mmol/L", "4", low="3.5", high="5") == Graded(0)


def test_urea_has_no_criteria_and_ldh_none_in_version_3() -> None:
    assert graded("3.0", "UREA", "mmol/L", "80", low="2", high="8").grade is None
    assert graded("3.0", "LDH", "U/L", "5000", low="100", high="250").grade is None


@pytest.mark.parametrize(("value", "expected"), [("6.1", 0), ("6.2", None), ("13.9", None), ("14", 3), ("27.9", 4)])
def test_glucose_without_fasting_has_only_the_grades_that_do_not_ask_for_it(value: str, expected: int | None) -> None:
    assert graded("3.0", "GLUC", "mmol/L", value, low="3.9", high="6.1", fasting=False).grade == expected


@pytest.mark.parametrize(
    ("value", "albumin", "expected"),
    [
        ("1.95", "40", 2),
        ("1.95", "39", 2),
        ("1.95", "37.5", 1),
        ("1.95", "37.6", 2),
        ("1.95", "32.5", 0),
        ("1.95", "", 2),
    ],
)
def test_calcium_is_corrected_for_a_low_albumin(value: str, albumin: str, expected: int) -> None:
    assert graded("3.0", "CA", "mmol/L", value, low="2.1", high="2.6", albumin=albumin).grade == expected


def test_calcium_in_milligrams_is_corrected_by_the_formula_in_milligrams() -> None:
    analyte = ANALYTES["CA"]
    measured = Measured(analyte.in_si(Fraction(8), "mg/dL"), analyte.unit("mg/dL"), albumin=Fraction(30))
    assert corrected_calcium(measured) / analyte.unit("mg/dL").factor == Fraction("8.8")


def test_only_version_5_corrects_calcium_on_the_high_side() -> None:
    high = {"low": "2.1", "high": "2.6", "albumin": "20"}
    assert graded("3.0", "CA", "mmol/L", "2.59", **high).grade == 0
    assert graded("5.0", "CA", "mmol/L", "2.59", **high).grade == 2


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"CTCAE version 4\.0 is not known"):
        graded("4.0", "K", "mmol/L", "4")


def test_each_cut_stated_as_an_amount_is_there_for_each_unit() -> None:
    for by_code in SCALES.values():
        for code, scales in by_code.items():
            columns = {unit.column for unit in ANALYTES[code].units}
            stated = [set(cut.amounts) for scale in scales for cut in scale.cuts if cut.of == "amount"]
            assert all(columns <= amounts for amounts in stated), code


NUMBERS = st.fractions(min_value=0, max_value=400, max_denominator=1000)


@given(
    st.sampled_from(sorted(SCALES)),
    st.sampled_from(sorted(ANALYTES)),
    st.data(),
    st.lists(NUMBERS, min_size=2, max_size=12, unique=True),
)
def test_every_value_has_one_grade_and_grades_rise_away_from_normal(
    version: str, code: str, data: st.DataObject, drawn: list[Fraction]
) -> None:
    analyte = ANALYTES[code]
    unit = data.draw(st.sampled_from(analyte.units))
    usual = analyte.usual
    low = usual[0] + (usual[1] - usual[0]) * data.draw(st.fractions(min_value=0, max_value=Fraction(2, 5)))
    if code == "INR":
        # Its cuts of version 5.0 are ratios to 1, whatever the laboratory calls normal.
        low = min(low, Fraction(6, 5))
    if code == "TRIG":
        # Those of its version 5.0 are amounts, whatever the laboratory calls normal.
        low = min(low, Fraction("1.71"))
    high = low + (usual[1] - low) * data.draw(st.fractions(min_value=Fraction(1, 10), max_value=1))
    baseline = data.draw(st.one_of(st.none(), st.just(low + (high - low) / 2), st.just(high * 2)))
    values = sorted(usual[1] * number / 100 for number in drawn)
    verdicts = [grade(version, analyte, Measured(value, unit, Limits(low, high), baseline)) for value in values]
    assert all(verdict.grade is None or 0 <= verdict.grade <= 4 for verdict in verdicts)
    below = [
        verdict.grade
        for verdict, value in zip(verdicts, values, strict=True)
        if value < low and verdict.grade is not None
    ]
    above = [
        verdict.grade
        for verdict, value in zip(verdicts, values, strict=True)
        if value > high and verdict.grade is not None
    ]
    assert below == sorted(below, reverse=True)
    assert above == sorted(above)
