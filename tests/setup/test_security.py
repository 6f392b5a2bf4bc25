"""docs/security.md says what its table says, and the table has each demand of the standard once."""

import csv
from pathlib import Path

import pytest

from tests.security import TARGET, document, faults, table

STANDARD = Path(__file__).resolve().parents[3] / "shared/security/asvs-5.0.0.csv"
ROW = {"number": "1.1.1", "level": 1, "asks": "a", "state": "met", "how": "b"}
THIS = "setup/test_security.py::test_each_demand_stands_once_and_each_test_that_is_named_is_there"


@pytest.mark.requirement("FDA 2024 security")
def test_each_demand_stands_once_and_each_test_that_is_named_is_there() -> None:
    assert faults(table()["row"]) == []


def test_the_document_is_as_the_command_would_write_it() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(table()), "run `make security`"


def test_there_are_as_many_demands_of_each_level_as_the_standard_has() -> None:
    levels = [row["level"] for row in table()["row"]]
    assert (levels.count(1), levels.count(2)) == (70, 183)


def test_every_row_is_of_a_chapter() -> None:
    chapters = {chapter["number"] for chapter in table()["chapter"]}
    assert {row["number"].split(".")[0] for row in table()["row"]} == chapters


@pytest.mark.skipif(not STANDARD.is_file(), reason="the standard's own table is not beside this project")
def test_the_numbers_and_levels_are_the_standard_s() -> None:
    with STANDARD.open(encoding="utf-8-sig", newline="") as file:
        demands = {row["req_id"].removeprefix("V"): row["L"] for row in csv.DictReader(file)}
    of_levels = {number: int(level) for number, level in demands.items() if level in ("1", "2")}
    assert {row["number"]: row["level"] for row in table()["row"]} == of_levels


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"tests": [THIS]}, []),
        ({"tests": []}, ["1.1.1: no test shows it"]),
        ({"tests": [f"{THIS}_not"]}, [f"1.1.1: no such test: {THIS}_not"]),
        ({"tests": ["nowhere.py::test_it"]}, ["1.1.1: no such test: nowhere.py::test_it"]),
        ({"tests": [THIS], "state": "not applicable"}, ["1.1.1: a test of what is not here"]),
        ({"tests": [], "state": "not met"}, []),
        ({"tests": [THIS], "state": "nearly"}, ["1.1.1: its state or level is none"]),
        ({"tests": [THIS], "how": ""}, ["1.1.1: it says nothing"]),
    ],
)
def test_what_is_wrong_with_a_row_is_said(changed: dict[str, object], wrong: list[str]) -> None:
    assert faults([ROW | changed]) == wrong


def test_a_demand_that_stands_twice_is_a_fault() -> None:
    row = ROW | {"tests": [THIS]}
    assert faults([row, row]) == ["1.1.1 stands 2 times"]
