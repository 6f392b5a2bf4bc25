"""Conversions between units, and the reference range that holds for a sample."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laboratory.analytes import ANALYTES, analytes_of
from laboratory.ranges import Limits, Range, choose, completed_years, flag
from laboratory.results import GradingSetting, impossible, outcome, unusual
from laboratory.units import SPELLINGS, plain, shown
from values.numbers import read_result

# What textbooks print, to the digits that they print.
PRINTED = [
    ("HGB", "10", "g/dL", "g/L", "100"),
    ("HGB", "10", "g/dL", "mmol/L", "6.21"),
    ("NEUT", "1500", "/uL", "10^9/L", "1.5"),
    ("PLAT", "150", "10^3/uL", "10^9/L", "150"),
    ("K", "4.1", "mEq/L", "mmol/L", "4.1"),
    ("CA", "10", "mg/dL", "mmol/L", "2.495"),
    ("CA", "5", "mEq/L", "mmol/L", "2.5"),
    ("MG", "2.4", "mg/dL", "mmol/L", "0.987"),
    ("PHOS", "3.1", "mg/dL", "mmol/L", "1.001"),
    ("CREAT", "1", "mg/dL", "umol/L", "88.4"),
    ("UREA", "6", "mg/dL", "mmol/L", "0.999"),
    ("UREA", "28", "mg/dL N", "mmol/L", "9.995"),
    ("BILI", "1", "mg/dL", "umol/L", "17.1"),
    ("AST", "1", "ukat/L", "U/L", "60"),
    ("ALB", "4", "g/dL", "g/L", "40"),
    ("GLUC", "100", "mg/dL", "mmol/L", "5.55"),
    ("CHOL", "200", "mg/dL", "mmol/L", "5.17"),
    ("TRIG", "150", "mg/dL", "mmol/L", "1.69"),
]


@pytest.mark.parametrize(("code", "value", "unit", "to", "expected"), PRINTED)
def test_a_conversion_is_the_printed_one(code: str, value: str, unit: str, to: str, expected: str) -> None:
    converted = ANALYTES[code].converted(Decimal(value), unit, to)
    assert shown(converted, len(expected.partition(".")[2])) == Decimal(expected)


@given(st.data(), st.decimals(min_value=0, max_value=9999, places=4))
def test_converting_there_and_back_changes_nothing(data: st.DataObject, value: Decimal) -> None:
    analyte = data.draw(st.sampled_from(list(ANALYTES.values())))
    unit, other_unit = data.draw(st.tuples(st.sampled_from(analyte.units), st.sampled_from(analyte.units)))
    converted = analyte.converted(value, unit.code, other_unit.code)
    assert analyte.converted(converted, other_unit.code, unit.code) == Fraction(value)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [("1/3", 3, "0.333"), ("1/2", 0, "1"), ("-1/2", 0, "-1"), ("100", 6, "100"), ("5/4", 1, "1.3"), ("0", 3, "0")],
)
def test_a_fraction_is_shown_by_the_nearest_decimal(value: str, decimals: int, expected: str) -> None:
    assert str(shown(Fraction(value), decimals)) == expected


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(KeyError, match="not reported in furlong"):
        ANALYTES["K"].unit("furlong")


def test_each_analyte_stands_in_one_panel() -> None:
    panels = analytes_of("haematology") + analytes_of("chemistry")
    assert panels == list(ANALYTES.values())


def test_what_is_usual_is_possible() -> None:
    for analyte in ANALYTES.values():
        assert analyte.possible[0] <= analyte.usual[0] < analyte.usual[1] <= analyte.possible[1], analyte.code


def line(sex: str = "", ages: tuple[int, int | None] = (0, None), **more: dt.date) -> Range:
    valid = {"valid_from": dt.date(2026, 1, 1), "valid_to": None} | more
    return Range("HGB", sex, *ages, limits=Limits(Fraction(120), Fraction(160)), **valid)  # type: ignore[arg-type]


DAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("held", "sex", "age", "on", "holds"),
    [
        (line(), "F", 40, DAY, True),
        (line("F"), "F", 40, DAY, True),
        (line("F"), "M", 40, DAY, False),
        (line("F"), "", 40, DAY, False),
        (line(ages=(18, 64)), "F", 17, DAY, False),
        (line(ages=(18, 64)), "F", 18, DAY, True),
        (line(ages=(18, 64)), "F", 64, DAY, True),
        (line(ages=(18, 64)), "F", 65, DAY, False),
        (line(ages=(18, 64)), "F", None, DAY, False),
        (line(ages=(18, None)), "F", 99, DAY, True),
        (line(), "F", None, DAY, True),
        (line(ages=(0, 64)), "F", None, DAY, False),
        (line(ages=(18, None)), "F", None, DAY, False),
        (line(valid_from=DAY), "F", 40, DAY, True),
        (line(valid_from=DAY), "F", 40, DAY - dt.timedelta(1), False),
        (line(valid_to=DAY), "F", 40, DAY, True),
        (line(valid_to=DAY), "F", 40, DAY + dt.timedelta(1), False),
    ],
)
def test_a_line_holds_for_its_sex_ages_and_dates(
    held: Range, sex: str, age: int | None, on: dt.date, holds: bool
) -> None:
    assert choose([held], analyte="HGB", sex=sex, age=age, on=on) == (held if holds else None)


def test_a_list_that_contradicts_itself_is_not_chosen_from() -> None:
    with pytest.raises(ValueError, match="2 reference ranges"):
        choose([line(), line("F")], analyte="HGB", sex="F", age=40, on=DAY)


@pytest.mark.parametrize(
    ("born", "age"),
    [("1980-06-01", 46), ("1980-06-02", 45), ("1980-05", 46), ("1980-06", 45), ("1980", 45), ("", None)],
)
def test_an_age_of_a_partial_date_is_what_is_sure_at_least(born: str, age: int | None) -> None:
    assert completed_years(born, DAY) == age


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        # of a month the birthday is its 31st, of a year its last day
        ("1980-06", "2026-06-20", 45),
        ("1980-05", "2026-05-31", 46),
        ("1980-05", "2026-05-30", 45),
        ("1980", "2026-12-31", 46),
        ("1980", "2026-12-30", 45),
    ],
)
def test_a_birthday_that_is_not_known_is_the_last_that_it_can_be(born: str, on: str, age: int) -> None:
    assert completed_years(born, dt.date.fromisoformat(on)) == age


@pytest.mark.parametrize(("value", "expected"), [("119", "LOW"), ("120", "NORMAL"), ("160", "NORMAL"), ("161", "HIGH")])
def test_a_flag_says_on_which_side_a_value_lies(value: str, expected: str) -> None:
    assert flag(Fraction(value), Limits(Fraction(120), Fraction(160))) == expected


def test_a_flag_needs_a_limit() -> None:
    assert flag(Fraction(5), Limits()) == ""
    assert flag(Fraction(5), Limits(None, Fraction(4))) == "HIGH"
    assert flag(Fraction(5), Limits(Fraction(4), None)) == flag(Fraction(3), Limits(None, Fraction(4))) == "NORMAL"


@pytest.mark.parametrize(
    ("value", "qualifier", "limits", "expected"),
    [
        # nothing beyond the only limit can be otherwise
        ("40", "<", Limits(None, Fraction(40)), "NORMAL"),
        ("40.1", "<", Limits(None, Fraction(40)), ""),
        ("40", ">", Limits(Fraction(40), None), "NORMAL"),
        ("39.9", ">", Limits(Fraction(40), None), ""),
    ],
)
def test_a_limit_at_the_limit_of_normal_leaves_nothing_open(
    value: str, qualifier: str, limits: Limits, expected: str
) -> None:
    assert flag(Fraction(value), limits, qualifier) == expected


def test_limits_are_told_in_the_unit_of_the_report() -> None:
    haemoglobin = outcome("HGB", read_result("11.9"), "g/dL", line().limits, GradingSetting("3.0"))
    assert (haemoglobin.low, haemoglobin.high, haemoglobin.flag, haemoglobin.graded.grade) == (12, 16, "LOW", 1)
    assert haemoglobin.value == 119


@pytest.mark.parametrize(
    ("code", "value", "unit", "question"),
    [
        ("HGB", "10", "g/L", "Haemoglobin 10 g/L is far from usual. Was it reported in g/dL or mmol/L?"),
        ("HGB", "60", "g/L", ""),
        ("HGB", "59", "g/L", "Haemoglobin 59 g/L is far from usual. Is it right?"),
        ("CREAT", "1.1", "umol/L", "Creatinine 1.1 µmol/L is far from usual. Was it reported in mg/dL?"),
        ("K", "7", "mmol/L", ""),
        ("K", "7.1", "mmol/L", "Potassium 7.1 mmol/L is far from usual. Is it right?"),
        # 6 and 19 g/dL are the ends of what is usual, 60 and 190 g/L
        ("HGB", "19", "g/L", "Haemoglobin 19 g/L is far from usual. Was it reported in g/dL?"),
        ("HGB", "6", "g/L", "Haemoglobin 6 g/L is far from usual. Was it reported in g/dL or mmol/L?"),
    ],
)
def test_a_value_far_from_usual_is_asked_about(code: str, value: str, unit: str, question: str) -> None:
    assert unusual(code, read_result(value), unit) == question


@pytest.mark.parametrize(
    ("code", "value", "unit", "words"),
    [
        ("HGB", "9", "g/L", "Haemoglobin of 9 g/L cannot be. Was it reported in g/dL or mmol/L?"),
        ("HGB", "10", "g/L", ""),
        ("HGB", "300", "g/L", ""),
        ("HGB", "301", "g/L", "Haemoglobin of 301 g/L cannot be."),
    ],
)
def test_a_value_that_cannot_be_is_told(code: str, value: str, unit: str, words: str) -> None:
    assert impossible(code, read_result(value), unit) == words


@pytest.mark.parametrize(
    ("code", "spellings", "unit"),
    [
        ("NEUT", "10^9/L 10*9/L x10E9/L 10⁹/l ×10⁹/L 10e9/L G/L G/l Giga/L Gpt/L /nL", "10^9/L"),
        ("PLAT", "10^3/uL 10*3/uL K/uL k/µl 10³/μL x10E3/uL 10^3/mm^3 10*3/mm3 Tsd./µl thou/mcL", "10^3/uL"),
        ("WBC", "/uL /µL /mm3 cells/mm3 cells/uL 10*6/L 10^6/L", "/uL"),
        ("HGB", "g/L g/l gm/L", "g/L"),
        ("HGB", "g/dL g/dl G/DL g/100mL g%", "g/dL"),
        ("ALT", "U/L u/l IU/L UI/L [IU]/L mU/mL Units/L", "U/L"),
        ("AST", "ukat/L µkat/l μkat/L nkat/mL", "ukat/L"),
        ("CREAT", "umol/L µmol/l μmol/L mcmol/L micromol/L UMOL/L", "umol/L"),
        ("CREAT", "mg/dL mg/dl MG/DL mg/100ml mg%", "mg/dL"),
        ("K", "mmol/L mmol/l MMOL/L", "mmol/L"),
        ("K", "mEq/L meq/l mval/l", "mEq/L"),
        ("INR", "RATIO ratio 1 {INR}", "RATIO"),
    ],
)
def test_a_unit_is_read_as_laboratories_write_it(code: str, spellings: str, unit: str) -> None:
    units = {spelling: ANALYTES[code].unit_named(spelling) for spelling in spellings.split()}
    assert {spelling: named and named.code for spelling, named in units.items()} == dict.fromkeys(units, unit)


@pytest.mark.parametrize(
    ("code", "spelling"),
    [("HGB", "G/L"), ("ALB", "G/l"), ("PLAT", "g/L"), ("NEUT", "g/l"), ("NEUT", "10^12/L"), ("K", "umol/L"), ("K", "")],
)
def test_a_unit_that_an_analyte_cannot_have_is_none(code: str, spelling: str) -> None:
    assert ANALYTES[code].unit_named(spelling) is None


def test_no_spelling_names_two_units_of_an_analyte() -> None:
    for analyte in ANALYTES.values():
        spelled = [
            spelling
            for unit in analyte.units
            for spelling in {plain(unit.code), plain(unit.label), *map(plain, SPELLINGS.get(unit.code, ()))}
        ]
        assert len(spelled) == len(set(spelled)), analyte.code
        assert all(spelling == plain(spelling) for spelling in spelled)
