"""What the trial's laboratories measure, entered a second time: names, units, and the bounds of values.

The bounds are decisions of this project, not of a source. Kept twice, none moves by a slip of the hand.
"""

from fractions import Fraction

import pytest

from laboratory.analytes import ANALYTES
from laboratory.results import impossible, unusual
from values.numbers import read_result

# Code, label, panel, what is possible, what is usual (both ends included, in the first unit), the units.
TABLE = """
HGB    | Haemoglobin           | haematology | 10 300   | 60 190   | g/L, g/dL, mmol/L
WBC    | Leucocytes            | haematology | 0 1000   | 0.5 50   | 10^9/L, 10^3/uL, /uL
NEUT   | Neutrophils           | haematology | 0 1000   | 0.2 40   | 10^9/L, 10^3/uL, /uL
LYM    | Lymphocytes           | haematology | 0 1000   | 0.1 10   | 10^9/L, 10^3/uL, /uL
PLAT   | Platelets             | haematology | 0 5000   | 10 1000  | 10^9/L, 10^3/uL, /uL
SODIUM | Sodium                | chemistry   | 80 220   | 120 160  | mmol/L, mEq/L
K      | Potassium             | chemistry   | 1 15     | 2.2 7    | mmol/L, mEq/L
CA     | Calcium, total        | chemistry   | 0.5 6    | 1.4 3.8  | mmol/L, mg/dL, mEq/L
MG     | Magnesium             | chemistry   | 0.05 10  | 0.25 2   | mmol/L, mg/dL, mEq/L
PHOS   | Phosphate             | chemistry   | 0.05 15  | 0.3 3    | mmol/L, mg/dL
CREAT  | Creatinine            | chemistry   | 5 4000   | 25 600   | umol/L, mg/dL
UREA   | Urea                  | chemistry   | 0.1 150  | 1 40     | mmol/L, mg/dL, mg/dL N
BILI   | Bilirubin, total      | chemistry   | 0 1500   | 2 350    | umol/L, mg/dL
AST    | AST                   | chemistry   | 0 50000  | 5 1500   | U/L, ukat/L
ALT    | ALT                   | chemistry   | 0 50000  | 5 1500   | U/L, ukat/L
ALP    | Alkaline phosphatase  | chemistry   | 0 20000  | 15 2500  | U/L, ukat/L
GGT    | Gamma-GT              | chemistry   | 0 20000  | 4 2500   | U/L, ukat/L
ALB    | Albumin               | chemistry   | 5 80     | 18 56    | g/L, g/dL
GLUC   | Glucose               | chemistry   | 0.3 100  | 1.7 30   | mmol/L, mg/dL
CHOL   | Cholesterol           | chemistry   | 0.3 40   | 1.5 15   | mmol/L, mg/dL
TRIG   | Triglycerides         | chemistry   | 0.05 120 | 0.2 20   | mmol/L, mg/dL
LDH    | Lactate dehydrogenase | chemistry   | 10 50000 | 60 5000  | U/L, ukat/L
INR    | INR                   | chemistry   | 0.3 30   | 0.7 6    | RATIO
"""
LINES = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
LABELS = {
    **{code: code for code in ("g/L", "g/dL", "mmol/L", "mEq/L", "mg/dL", "U/L")},
    "10^9/L": "10⁹/L",
    "10^3/uL": "10³/µL",
    "/uL": "/µL",
    "umol/L": "µmol/L",
    "ukat/L": "µkat/L",
    "mg/dL N": "mg/dL urea nitrogen",
    "RATIO": "ratio",
}


def test_these_are_the_analytes_in_this_order() -> None:
    assert list(ANALYTES) == [line[0] for line in LINES]


@pytest.mark.parametrize(
    ("code", "label", "panel", "possible", "usual", "units"), LINES, ids=[line[0] for line in LINES]
)
def test_an_analyte_is_as_it_was_decided(
    code: str, label: str, panel: str, possible: str, usual: str, units: str
) -> None:
    analyte = ANALYTES[code]
    assert (analyte.code, analyte.label, analyte.panel) == (code, label, panel)
    assert analyte.possible == tuple(map(Fraction, possible.split()))
    assert analyte.usual == tuple(map(Fraction, usual.split()))
    assert [unit.code for unit in analyte.units] == units.split(", ")
    assert [unit.label for unit in analyte.units] == [LABELS[unit.code] for unit in analyte.units]


@pytest.mark.parametrize(
    ("code", "label", "panel", "possible", "usual", "units"), LINES, ids=[line[0] for line in LINES]
)
def test_both_ends_of_what_is_possible_and_usual_are_taken(
    code: str, label: str, panel: str, possible: str, usual: str, units: str
) -> None:
    unit = units.split(", ")[0]
    for bounds, question in ((possible, impossible), (usual, unusual)):
        low, high = bounds.split()
        assert question(code, read_result(low), unit) == question(code, read_result(high), unit) == ""
        assert question(code, read_result(f"{high}1" if "." in high else f"{high}.1"), unit) != ""


# The factor to the SI unit, by which unit's column of the criteria a value is graded, and how much of that it is.
@pytest.mark.parametrize(
    ("code", "unit", "column", "in_si", "in_column"),
    [
        ("NEUT", "10^9/L", "10^9/L", "1", "1"),
        ("NEUT", "10^3/uL", "10^9/L", "1", "1"),
        ("NEUT", "/uL", "10^9/L", "1/1000", "1/1000"),
        ("ALT", "U/L", "U/L", "1", "1"),
        # one microkatal is 60 units
        ("ALT", "ukat/L", "U/L", "60", "60"),
        # an equivalent of calcium is half a mole, of sodium a whole one
        ("CA", "mEq/L", "mmol/L", "1/2", "1/2"),
        ("MG", "mEq/L", "mmol/L", "1/2", "1/2"),
        ("K", "mEq/L", "mmol/L", "1", "1"),
        ("SODIUM", "mEq/L", "mmol/L", "1", "1"),
        ("HGB", "g/dL", "g/dL", "10", "1"),
        # 16114.5 g of haemoglobin hold a mole of iron
        ("HGB", "mmol/L", "mmol/L", "32229/2000", "1"),
        ("ALB", "g/dL", "g/dL", "10", "1"),
        # a molar mass M in g/mol: 1 mg/dL is 10 / M mmol/L
        ("CA", "mg/dL", "mg/dL", "10000/40078", "1"),
        ("MG", "mg/dL", "mg/dL", "10000/24305", "1"),
        ("PHOS", "mg/dL", "mg/dL", "10000/30974", "1"),
        ("CREAT", "mg/dL", "mg/dL", "1000000/11312", "1"),
        ("UREA", "mg/dL", "mg/dL", "10000/60056", "1"),
        # urea holds two atoms of nitrogen
        ("UREA", "mg/dL N", "mg/dL N", "10000/28014", "1"),
        ("BILI", "mg/dL", "mg/dL", "1000000/58467", "1"),
        ("GLUC", "mg/dL", "mg/dL", "10000/180156", "1"),
        ("CHOL", "mg/dL", "mg/dL", "1000/38666", "1"),
        ("TRIG", "mg/dL", "mg/dL", "1000/88543", "1"),
        ("INR", "RATIO", "RATIO", "1", "1"),
    ],
)
def test_a_unit_has_its_factor_and_its_column(code: str, unit: str, column: str, in_si: str, in_column: str) -> None:
    reported = ANALYTES[code].unit(unit)
    assert (reported.factor, reported.column, reported.to_scale) == (Fraction(in_si), column, Fraction(in_column))


# Each is the unit exactly: as UCUM, CDISC and laboratories of France, Germany and the United States write it.
SPELLINGS = {
    ("NEUT", "10^9/L"): (
        "10*9/L 10E9/L E9/L 10⁹/L 109/L 10**9/L giga/L G/L Gpt/L /nL 1/nL 10*9cells/L 10^9cells/L bill/L "
        "x10^9/L ×10⁹/L ·10^9/L X10*9/L"
    ),
    ("NEUT", "10^3/uL"): (
        "10*3/uL 10e3/uL E3/uL 103/uL 10³/µL 10**3/uL K/uL thou/uL thousand/uL Tsd/µl Tsd./µl 10^3/mm3 10*3/mm3 "
        "10e3/mm3 103/mm3 K/mm3 thou/mm3 Tsd/mm3 10^3/mm^3 10*3/mm^3 10*3cells/uL 10^3cells/uL 1000/uL 1000/mm3 K/mcL"
    ),
    ("NEUT", "/uL"): (
        "1/uL cells/uL cell/uL {cells}/uL /mm3 /mm^3 1/mm3 cells/mm3 /cmm cells/cmm 10^6/L 10*6/L 10e6/L 106/L mill/L "
        "/cumm /µL /mcL"
    ),
    ("ALT", "U/L"): "IU/L [IU]/L UI/L IE/L unit/L Units/L U/ltr mU/mL mIU/mL m[IU]/mL {U}/L E/L",
    ("ALT", "ukat/L"): "µkat/L mckat/L mikrokat/L microkat/L nkat/mL",
    ("CREAT", "umol/L"): "µmol/L mcmol/L micromol/L Mikromol/L umol/dm3 nmol/mL",
    ("CREAT", "mg/dL"): "mg% mg/100mL mgs/dL mgm/dL",
    ("K", "mmol/L"): "mmol/dm3 millimol/L umol/mL",
    ("K", "mEq/L"): "mval/L meq/dm3",
    ("HGB", "g/L"): "gm/L gram/L grams/L mg/mL",
    ("HGB", "g/dL"): "gm/dL g% g/100mL gram/dL grams/dL",
    ("UREA", "mg/dL N"): "mg/dLN mgN/dL mg/dLureaN",
    ("INR", "RATIO"): "1 {INR} {ratio} INR",
}


@pytest.mark.parametrize(("code", "unit"), SPELLINGS, ids=[unit for _, unit in SPELLINGS])
def test_every_spelling_of_a_unit_is_taken_for_it(code: str, unit: str) -> None:
    for spelling in SPELLINGS[code, unit].split():
        for written in (spelling, f" {spelling} ", spelling.replace("/", " / ")):
            named = ANALYTES[code].unit_named(written)
            assert named and named.code == unit, written
    assert ANALYTES["INR"].unit_named("") == ANALYTES["INR"].si
