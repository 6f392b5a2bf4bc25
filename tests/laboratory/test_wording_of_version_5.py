"""Grades of version 5.0 held against the wording of the document itself (National Cancer Institute, 27 November 2017; a
work of the United States government), as two transcriptions of its workbook have it.

The wording is read here by an interpreter of its own: ">3.0 - 5.0 x ULN" is above 3 and up to 5 times the upper limit,
"<1.5 - 1.0" below 1.5 and down to 1.0. Every value of a grid that has each cut on it must have the same grade.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import pytest

from tests.laboratory.test_grades import graded


class Wording(NamedTuple):
    """Limits of normal as a laboratory could have them, the grid up to `top` by `step`, and baselines to try too."""

    code: str
    unit: str
    low: str
    high: str
    step: str
    top: str
    term: str
    grades: dict[int, str]
    baselines: tuple[str, ...] = ()


ENZYME = {
    1: ">ULN - {0} x ULN if baseline was normal; {1} - {0} x baseline if baseline was abnormal",
    2: ">{0} - 5.0 x ULN if baseline was normal; >{0} - 5.0 x baseline if baseline was abnormal",
    3: ">5.0 - 20.0 x ULN if baseline was normal; >5.0 - 20.0 x baseline if baseline was abnormal",
    4: ">20.0 x ULN if baseline was normal; >20.0 x baseline if baseline was abnormal",
}
TRANSAMINASE = {grade: words.format("3.0", "1.5") for grade, words in ENZYME.items()}
CHOLESTASIS = {grade: words.format("2.5", "2.0") for grade, words in ENZYME.items()}
OF_BILIRUBIN = {
    1: ">ULN - 1.5 x ULN if baseline was normal; > 1.0 - 1.5 x baseline if baseline was abnormal",
    2: ">1.5 - 3.0 x ULN if baseline was normal; >1.5 - 3.0 x baseline if baseline was abnormal",
    3: ">3.0 - 10.0 x ULN if baseline was normal; >3.0 - 10.0 x baseline if baseline was abnormal",
    4: ">10.0 x ULN if baseline was normal; >10.0 x baseline if baseline was abnormal",
}
CREATININE = {
    1: ">ULN - 1.5 x ULN",
    2: ">1.5 - 3.0 x baseline; >1.5 - 3.0 x ULN",
    3: ">3.0 x baseline; >3.0 - 6.0 x ULN",
    4: ">6.0 x ULN",
}
CRITERIA = [
    Wording("HGB", "g/dL", "12", "16", "0.1", "16", "Anemia", {1: "<LLN - 10.0", 2: "<10.0 - 8.0", 3: "<8.0"}),
    Wording("HGB", "g/L", "120", "160", "1", "160", "Anemia", {1: "<LLN - 100", 2: "<100 - 80", 3: "<80"}),
    Wording("HGB", "mmol/L", "7.4", "9.9", "0.1", "9.9", "Anemia", {1: "<LLN - 6.2", 2: "<6.2 - 4.9", 3: "<4.9"}),
    Wording(
        "WBC", "10^9/L", "4", "10", "0.1", "10", "White blood cell decreased",
        {1: "<LLN - 3.0", 2: "<3.0 - 2.0", 3: "<2.0 - 1.0", 4: "<1.0"},
    ),
    Wording("WBC", "10^9/L", "4", "10", "1", "150", "Leukocytosis", {3: ">100"}),
    Wording(
        "NEUT", "10^9/L", "1.8", "7", "0.01", "7", "Neutrophil count decreased",
        {1: "<LLN - 1.5", 2: "<1.5 - 1.0", 3: "<1.0 - 0.5", 4: "<0.5"},
    ),
    Wording(
        "NEUT", "/uL", "1800", "7000", "50", "7000", "Neutrophil count decreased",
        {1: "<LLN - 1500", 2: "<1500 - 1000", 3: "<1000 - 500", 4: "<500"},
    ),
    Wording(
        "LYM", "10^9/L", "1", "4", "0.01", "4", "Lymphocyte count decreased",
        {1: "<LLN - 0.8", 2: "<0.8 - 0.5", 3: "<0.5 - 0.2", 4: "<0.2"},
    ),
    Wording("LYM", "10^9/L", "1", "4", "0.5", "30", "Lymphocyte count increased", {2: ">4 - 20", 3: ">20"}),
    Wording(
        "PLAT", "10^9/L", "150", "400", "1", "400", "Platelet count decreased",
        {1: "<LLN - 75", 2: "<75.0 - 50.0", 3: "<50.0 - 25.0", 4: "<25.0"},
    ),
    # In whole numbers: the document says nothing of what lies between 129 and 130.
    Wording(
        "SODIUM", "mmol/L", "136", "145", "1", "145", "Hyponatremia",
        {1: "<LLN - 130", 2: "125 - 129", 3: "120 - 124", 4: "<120"},
    ),
    Wording(
        "SODIUM", "mmol/L", "136", "145", "1", "190", "Hypernatremia",
        {1: ">ULN - 150", 2: ">150 - 155", 3: ">155 - 160", 4: ">160"},
    ),
    Wording(
        "K", "mmol/L", "3.5", "5.0", "0.1", "5", "Hypokalemia", {1: "<LLN - 3.0", 3: "<3.0 - 2.5", 4: "<2.5"}
    ),
    Wording(
        "K", "mmol/L", "3.5", "5.0", "0.1", "9", "Hyperkalemia",
        {1: ">ULN - 5.5", 2: ">5.5 - 6.0", 3: ">6.0 - 7.0", 4: ">7.0"},
    ),
    Wording(
        "CA", "mmol/L", "2.1", "2.6", "0.01", "2.6", "Hypocalcemia",
        {1: "<LLN - 2.0", 2: "<2.0 - 1.75", 3: "<1.75 - 1.5", 4: "<1.5"},
    ),
    Wording(
        "CA", "mg/dL", "8.5", "10.5", "0.1", "10.5", "Hypocalcemia",
        {1: "<LLN - 8.0", 2: "<8.0 - 7.0", 3: "<7.0 - 6.0", 4: "<6.0"},
    ),
    Wording(
        "CA", "mmol/L", "2.1", "2.6", "0.01", "4", "Hypercalcemia",
        {1: ">ULN - 2.9", 2: ">2.9 - 3.1", 3: ">3.1 - 3.4", 4: ">3.4"},
    ),
    Wording(
        "CA", "mg/dL", "8.5", "10.5", "0.1", "16", "Hypercalcemia",
        {1: ">ULN - 11.5", 2: ">11.5 - 12.5", 3: ">12.5 - 13.5", 4: ">13.5"},
    ),
    Wording(
        "MG", "mmol/L", "0.7", "1.0", "0.01", "1", "Hypomagnesemia",
        {1: "<LLN - 0.5", 2: "<0.5 - 0.4", 3: "<0.4 - 0.3", 4: "<0.3"},
    ),
    Wording(
        "MG", "mg/dL", "1.7", "2.4", "0.1", "2.4", "Hypomagnesemia",
        {1: "<LLN - 1.2", 2: "<1.2 - 0.9", 3: "<0.9 - 0.7", 4: "<0.7"},
    ),
    Wording(
        "MG", "mmol/L", "0.7", "1.0", "0.01", "4", "Hypermagnesemia", {1: ">ULN - 1.23", 3: ">1.23 - 3.30", 4: ">3.30"}
    ),
    Wording(
        "MG", "mg/dL", "1.7", "2.4", "0.1", "9", "Hypermagnesemia", {1: ">ULN - 3.0", 3: ">3.0 - 8.0", 4: ">8.0"}
    ),
    Wording("ALB", "g/L", "35", "50", "1", "50", "Hypoalbuminemia", {1: "<LLN - 30", 2: "<30 - 20", 3: "<20"}),
    Wording("ALB", "g/dL", "3.5", "5", "0.1", "5", "Hypoalbuminemia", {1: "<LLN - 3", 2: "<3 - 2", 3: "<2"}),
    Wording(
        "GLUC", "mmol/L", "3.9", "6.1", "0.1", "6.1", "Hypoglycemia",
        {1: "<LLN - 3.0", 2: "<3.0 - 2.2", 3: "<2.2 - 1.7", 4: "<1.7"},
    ),
    Wording(
        "GLUC", "mg/dL", "70", "110", "1", "110", "Hypoglycemia",
        {1: "<LLN - 55", 2: "<55 - 40", 3: "<40 - 30", 4: "<30"},
    ),
    Wording(
        "CHOL", "mmol/L", "0.5", "5.2", "0.01", "14", "Cholesterol high",
        {1: ">ULN - 7.75", 2: ">7.75 - 10.34", 3: ">10.34 - 12.92", 4: ">12.92"},
    ),
    Wording(
        "CHOL", "mg/dL", "20", "200", "1", "600", "Cholesterol high",
        {1: ">ULN - 300", 2: ">300 - 400", 3: ">400 - 500", 4: ">500"},
    ),
    # Its first grade begins at a number, not beyond the limit of normal.
    Wording(
        "TRIG", "mmol/L", "0.1", "1.7", "0.01", "13", "Hypertriglyceridemia",
        {1: "1.71 - 3.42", 2: ">3.42 - 5.7", 3: ">5.7 - 11.4", 4: ">11.4"},
    ),
    Wording(
        "TRIG", "mg/dL", "10", "149", "1", "1200", "Hypertriglyceridemia",
        {1: "150 - 300", 2: ">300 - 500", 3: ">500 - 1000", 4: ">1000"},
    ),
    Wording("INR", "RATIO", "0.8", "1.2", "0.1", "6", "INR increased", {1: ">1.2 - 1.5", 2: ">1.5 - 2.5", 3: ">2.5"}),
    Wording("LDH", "U/L", "100", "250", "10", "5000", "Blood lactate dehydrogenase increased", {1: ">ULN"}),
    Wording("CREAT", "umol/L", "50", "100", "1", "900", "Creatinine increased", CREATININE, ("60", "100", "130")),
    Wording("AST", "U/L", "5", "40", "1", "1700", "Aspartate aminotransferase increased", TRANSAMINASE, ("40", "80")),
    Wording("ALT", "U/L", "5", "40", "1", "1700", "Alanine aminotransferase increased", TRANSAMINASE, ("40", "80")),
    Wording("ALP", "U/L", "30", "100", "1", "4200", "Alkaline phosphatase increased", CHOLESTASIS, ("100", "200")),
    Wording("GGT", "U/L", "5", "40", "1", "1700", "GGT increased", CHOLESTASIS, ("40", "80")),
    Wording("BILI", "umol/L", "1", "20", "1", "400", "Blood bilirubin increased", OF_BILIRUBIN, ("20", "30")),
]  # fmt: skip
SPAN = re.compile(r"([<>]?)\s*(LLN|ULN|[\d.]+)(?:\s*-\s*(LLN|ULN|[\d.]+))?(?:\s*x\s*(ULN|baseline))?")


def spans(words: str, state: str) -> Iterator[tuple[str, ...]]:
    for clause in words.split(";"):
        if " if " not in clause or clause.endswith(f" {state}"):
            match = SPAN.fullmatch(clause.partition(" if ")[0].strip())
            assert match, clause
            yield match.groups(default="")


def by_wording(criterion: Wording, value: Fraction, baseline: Fraction | None) -> int:
    known = {"LLN": Fraction(criterion.low), "ULN": Fraction(criterion.high), "baseline": baseline, "": Fraction(1)}
    state = "abnormal" if baseline is not None and baseline > known["ULN"] else "normal"

    def amount(word: str, of: str) -> Fraction | None:
        times = known[of]
        return known[word] if word in known else None if times is None else Fraction(word) * times

    def within(sign: str, first: str, last: str, of: str) -> bool:
        begins, ends = amount(first, of), amount(last, of) if last else None
        if begins is None:
            return False
        if sign == "<":
            return value < begins and (ends is None or value >= ends)
        if sign == ">":
            return value > begins and (ends is None or value <= ends)
        return ends is not None and begins <= value <= ends

    of_value = [
        grade for grade, words in criterion.grades.items() if any(within(*span) for span in spans(words, state))
    ]
    return max(of_value, default=0)


@pytest.mark.parametrize(
    ("criterion", "baseline"),
    [(criterion, baseline) for criterion in CRITERIA for baseline in (None, *criterion.baselines)],
    ids=lambda one: f"{one.code} {one.unit} {one.term}" if isinstance(one, Wording) else f"baseline {one}",
)
def test_every_value_has_the_grade_of_the_wording(criterion: Wording, baseline: str | None) -> None:
    step, top = Fraction(criterion.step), Fraction(criterion.top)
    held = None if baseline is None else Fraction(baseline)
    more = {} if baseline is None else {"baseline": baseline}
    # Of what is too high nothing that is too low.
    first = Fraction(criterion.low) if top > Fraction(criterion.high) else step
    grades = set()
    for times in range(int((top - first) / step) + 1):
        value = first + step * times
        verdict = graded("5.0", criterion.code, criterion.unit, value, low=criterion.low, high=criterion.high, **more)
        expected = by_wording(criterion, value, held)
        assert (verdict.grade, verdict.term) == (expected, criterion.term if expected else ""), float(value)
        grades.add(expected)
    # Beside a low baseline no creatinine has grade 1: it has grade 2 before it leaves the limits of normal.
    assert grades == {0, *criterion.grades} - ({1} if baseline == "60" else set())


def test_haemoglobin_above_normal_is_graded_by_its_increase() -> None:
    """Grade 1: increase in >0 - 2 g/dL; grade 2: >2 - 4; grade 3: >4."""
    for tenths in range(160, 230):
        over = Fraction(tenths - 160, 10)
        expected = 0 if over == 0 else 1 if over <= 2 else 2 if over <= 4 else 3
        assert graded("5.0", "HGB", "g/dL", Fraction(tenths, 10), low="12", high="16").grade == expected, tenths


# Worked by hand from both documents: analyte, unit, limits of normal, value, then the grade of 3.0 and of 5.0.
DIFFERENT = [
    ("HGB", "g/dL", "12", "16", "6.0", 4, 3),
    ("HGB", "g/dL", "12", "16", "19", 0, 2),
    ("WBC", "10^9/L", "4", "10", "120", 0, 3),
    ("LYM", "10^9/L", "1", "4", "25", 0, 3),
    ("SODIUM", "mmol/L", "136", "145", "127", 3, 2),
    ("SODIUM", "mmol/L", "136", "145", "122", 3, 3),
    ("ALT", "U/L", "5", "40", "110", 2, 1),
    ("AST", "U/L", "5", "40", "121", 2, 2),
    ("PHOS", "mmol/L", "0.9", "1.5", "0.5", 3, None),
    ("GLUC", "mmol/L", "3.9", "6.1", "15", 3, None),
    ("TRIG", "mmol/L", "0.5", "2", "4.5", 1, 2),
    ("LDH", "U/L", "100", "250", "600", None, 1),
    ("INR", "RATIO", "0.8", "1.2", "2.45", 3, 2),
]


@pytest.mark.parametrize(("code", "unit", "low", "high", "value", "of_3", "of_5"), DIFFERENT)
def test_the_versions_part_where_their_documents_do(
    code: str, unit: str, low: str, high: str, value: str, of_3: int | None, of_5: int | None
) -> None:
    assert graded("3.0", code, unit, value, low=low, high=high).grade == of_3
    assert graded("5.0", code, unit, value, low=low, high=high).grade == of_5


def test_beside_a_baseline_the_versions_part_too() -> None:
    for code, unit, high, baseline, value, of_3, of_5 in (
        ("CREAT", "umol/L", "100", "50", "95", 0, 2),
        ("CREAT", "umol/L", "100", "50", "160", 2, 3),
        ("ALP", "U/L", "100", "200", "300", 2, 0),
        ("BILI", "umol/L", "20", "30", "50", 2, 2),
        ("BILI", "umol/L", "20", "30", "40", 2, 1),
        ("GGT", "U/L", "40", "80", "150", 2, 0),
    ):
        more = {"low": "1", "high": high, "baseline": baseline}
        assert graded("3.0", code, unit, value, **more).grade == of_3, code
        assert graded("5.0", code, unit, value, **more).grade == of_5, code


def test_what_the_document_grades_by_treatment_has_no_grade_from_a_value() -> None:
    for code, value in (("GLUC", "20"), ("PHOS", "0.5")):
        assert graded("5.0", code, "mmol/L", value, low="0.9", high="6.1").grade is None
