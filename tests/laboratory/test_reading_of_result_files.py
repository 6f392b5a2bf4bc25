"""How a laboratory's file is read: its encoding, columns, numbers, days and times."""

import csv
import sys
from typing import Any

import pytest

from assessments.laboratory.file import read_file
from tests.laboratory.result_files import COLUMNS, HAEMOGLOBIN, HEAD, WITH_UMLAUT, as_table
from values.unreadable import UnreadableValue


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty"),
        ("sep=;\n", "missing: subject"),
        (" \n\n", "The file is empty"),
        (HEAD + "\n" + "3" * 200_000, "far too long, in line 2"),
        ("subject,visit\n1,2\n", "missing: sample_date"),
        (HEAD + ",unit\n", "named twice"),
        (HEAD + "\n", "has no results"),
        (HEAD.replace("unit", "Sample Date") + ",unit\n", "named twice: sample_date"),
        (b"\xff\xfe\x00", "begins as UTF-16, and is not"),
        (b"PK\x03\x04" + b"\0" * 100, "is a workbook"),
        (HEAD + '\n101-001,SCR,2007-12-28,HGB,"121,g/L\n', "opened and not closed as it should be, in line 2"),
        ("sep=|\n" + HEAD.replace(",", "|") + "\n", "separated by “|”: write commas, semicolons or tabs"),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(content: Any, words: str) -> None:
    with pytest.raises(UnreadableValue, match=words):
        read_file(content)


def test_a_cell_is_far_too_long_whatever_limit_a_library_left_behind() -> None:
    """scipy lifts the csv module's limit for the whole process once a part of it is imported."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        with pytest.raises(UnreadableValue, match="A cell is far too long, in line 2"):
            read_file(HEAD + "\n" + "3" * 200_000)
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (WITH_UMLAUT.encode(), "Read as UTF-8. The columns are separated by semicolons."),
        (WITH_UMLAUT.encode("utf-8-sig"), "Read as UTF-8. The columns"),
        (
            WITH_UMLAUT.encode("cp1252"),
            "Read as windows-1252 as it is not UTF-8: look whether umlauts and µ are right.",
        ),
        (WITH_UMLAUT.replace(";", "\t").encode("utf-16"), "Read as UTF-16. The columns are separated by tabs."),
        (f"sep=;\r\n{WITH_UMLAUT}".encode(), "separated by semicolons"),
        (f"\ufeffsep=;\r\n{WITH_UMLAUT}".encode(), "separated by semicolons"),
        (f"\r\n{WITH_UMLAUT}\r\n;;;;;;\r\n\r\n".encode(), "separated by semicolons"),
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it_and_it_is_said_how(content: bytes, notes: str) -> None:
    file = read_file(content)
    assert [(line.values["laboratory"], line.words, line.errors) for line in file.lines] == [
        ("Labor Köln, µ", "121 g/L", [])
    ]
    assert notes in " ".join(file.notes)


def test_names_of_columns_are_read_in_any_case_with_blanks_and_unknown_ones_are_listed() -> None:
    names = [" Subject ", "VISIT", "Sample Date", "Analyte", "Value", "Unit", "Comment", "", "Comment 2", ""]
    file = read_file(as_table(names, [*HAEMOGLOBIN, "late", "", "", ""]))
    assert (file.lines[0].errors, file.lines[0].words) == ([], "121 g/L")
    assert "Columns that are left out: Comment, Comment 2." in file.notes


def test_lines_have_the_numbers_of_the_file_whatever_stands_before_them() -> None:
    file = read_file(as_table(["sep=,"], [], COLUMNS, [], [*HAEMOGLOBIN[:3], "XYZ", *HAEMOGLOBIN[4:]], ["", ""]))
    assert [(line.number, line.errors) for line in file.lines] == [(5, ["Unknown analyte “XYZ”."])]


def test_cells_that_are_missing_at_the_end_of_a_line_are_empty_and_others_are_told() -> None:
    more = [*COLUMNS, "fasting", "not_done"]
    short, long = read_file(as_table(more, HAEMOGLOBIN, [*HAEMOGLOBIN, "yes", "", "", "what"])).lines
    assert short.errors == []
    assert long.errors == ["10 columns instead of 8. A value with a comma needs quotation marks in a file with commas."]
    [unnamed] = read_file(as_table([*COLUMNS, "", ""], [*HAEMOGLOBIN, "", "late"])).lines
    assert unnamed.errors == ["Column 8 has no name in the first line, and holds “late”."]
    assert read_file(as_table(COLUMNS, HAEMOGLOBIN[:5])).lines[0].errors == [
        "The unit is missing; known: g/L, g/dL, mmol/L."
    ]


def test_a_decimal_comma_without_quotation_marks_in_a_file_with_commas_is_explained() -> None:
    [line] = read_file(f"{HEAD}\n101-001,SCR,2007-12-28,NEUT,0,4,10^9/L\n").lines
    assert "7 columns instead of 6. A value with a comma needs quotation marks" in line.errors[0]


@pytest.mark.parametrize(
    ("separator", "others", "written", "read"),
    [
        (";", ["7,2"], "1,500", "1.5"),
        (";", ["7,2"], "1.500", None),
        (";", ["7,2"], "150.000", None),
        (";", ["7.2"], "1,500", None),
        (",", ["7.2"], "1.500", "1.5"),
        (",", ["7.2"], '"1,500"', None),
        (",", ['"7,2"'], "1.500", None),
        ("\t", ["7,2"], "1,500", "1.5"),
        ("\t", ["7,2"], "1.500", None),
        ("\t", ["72"], "1,500", None),
        ("\t", ["7,2", "7.2"], "1.500", None),
        (";", ["72"], "<0,125", "<0.125"),
        (",", ["72"], ">1.000", ">1"),
        (";", ["72"], ">1.000", None),
    ],
)
def test_three_decimals_are_read_by_the_decimal_mark_of_the_file_or_refused(
    separator: str, others: list[str], written: str, read: str | None
) -> None:
    cells = [[*HAEMOGLOBIN[:3], "NEUT", value, "10^9/L"] for value in [written, *others]]
    first = read_file(as_table(COLUMNS, *cells, separator=separator)).lines[0]
    assert (str(first.result) if first.result else None) == read
    assert any("may be thousands or decimals" in error for error in first.errors) is (read is None)


@pytest.mark.parametrize(
    ("day", "time", "read"),
    [
        ("2 Mar 2026", "8:30", ("2026-03-02", "08:30")),
        ("02-MAR-2026", "0830", ("2026-03-02", "08:30")),
        ("20260302", "8h30", ("2026-03-02", "08:30")),
        ("2026-03-02", "08.30", ("2026-03-02", "08:30")),
    ],
)
def test_days_and_times_are_read_as_people_write_them(day: str, time: str, read: tuple[str, str]) -> None:
    cells = [*HAEMOGLOBIN[:2], day, *HAEMOGLOBIN[3:], time]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert (line.values["sample_date"], line.values["sample_time"], line.errors) == (*read, [])


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [
        ("02.03.2026", "8:30", "does not say which number is the month"),
        ("02/03/2026", "8:30", "does not say which number is the month"),
        ("260302", "8:30", "may be read in more than one way"),
        ("46083", "8:30", "may be read in more than one way"),
        ("t", "8:30", "is not a date"),
        ("Mar 2026", "8:30", "has no day"),
        ("2 Mar 2026", "25:00", "is not a time of day"),
    ],
)
def test_days_and_times_that_mean_two_things_or_none_are_refused(day: str, time: str, words: str) -> None:
    cells = [*HAEMOGLOBIN[:2], day, *HAEMOGLOBIN[3:], time]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert words in line.errors[0]


@pytest.mark.parametrize(
    ("day", "time", "read"),
    [
        ("2026-03-02 08:30", "", ("2026-03-02", "08:30")),
        ("2026-03-02T08:30:00", "", ("2026-03-02", "08:30")),
        ("2 Mar 2026 8:30", "8:30", ("2026-03-02", "08:30")),
        ("2026-03-02 00:00:00", "", ("2026-03-02", "")),
        ("2026-03-02 0:00", "7:15", ("2026-03-02", "07:15")),
    ],
)
def test_a_time_in_the_cell_of_the_day_is_that_of_the_sample(day: str, time: str, read: tuple[str, str]) -> None:
    cells = [*HAEMOGLOBIN[:2], day, *HAEMOGLOBIN[3:], time]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert (line.values["sample_date"], line.values["sample_time"], line.errors) == (*read, [])


def test_a_time_in_the_cell_of_the_day_that_contradicts_the_other_is_refused() -> None:
    cells = [*HAEMOGLOBIN[:2], "2026-03-02 08:30", *HAEMOGLOBIN[3:], "9:30"]
    [line] = read_file(as_table([*COLUMNS, "sample_time"], cells)).lines
    assert "is not a date" in line.errors[0]
