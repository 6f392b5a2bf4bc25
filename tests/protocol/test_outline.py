"""The outline of a protocol shows every value of its file: change one, and it reads differently."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist

from outline.contents import outline
from outline.criteria import in_words
from outline.schedule import schedule, when
from protocol import Protocol, load
from protocol.part import Part
from protocol.regimen import Drug
from protocol.shape import TAGS, fields_of
from tests.protocol.conftest import FOLDER

# What a part is; its words follow it, and a value cannot turn one into another.
NEVER_CHANGED = set(TAGS)


def values_of(part: Any, path: str = "") -> Iterator[tuple[str, Any, str]]:
    """(path, the part that holds it, its name) of every value of the file."""
    for name in fields_of(type(part)):
        value, below = getattr(part, name), f"{path}.{name}".lstrip(".")
        if name in NEVER_CHANGED or (isinstance(part, Drug) and name == "every_days" and part.days):
            # The days of the cycle say when; the reader refuses another interval beside them.
            continue
        held = value if isinstance(value, tuple) else (value,)
        parts = [element for element in held if isinstance(element, Part) or is_dataclass(element)]
        if parts:
            for place, element in enumerate(parts):
                yield from values_of(element, f"{below}.{place}")
        elif value not in (None, (), {}):
            yield below, part, name


def other(value: Any) -> Any:
    """A value of the same kind that differs."""
    match value:
        case bool():
            return not value
        case int() | Decimal():
            return value + 1
        case dt.date():
            return value + dt.timedelta(days=1)
        case tuple():
            return value[1:] if len(value) > 1 else (other(value[0]),)
        case dict():
            return {key: other(each) for key, each in value.items()}
    return f"{value} altered"


def reads_the_same(protocol: Protocol, part: Any, name: str) -> bool:
    """Whether the outline does not change with this value. A code that leads nowhere any more was looked for."""
    before, value = outline(protocol), getattr(part, name)
    object.__setattr__(part, name, other(value))
    try:
        return outline(protocol) == before
    except (KeyError, FieldDoesNotExist):
        return False
    finally:
        object.__setattr__(part, name, value)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_no_value_of_a_file_is_missing_from_its_outline(file: Path) -> None:
    protocol = load(file)
    values = list(values_of(protocol))
    assert len(values) > 80
    assert [path for path, part, name in values if reads_the_same(protocol, part, name)] == []


def test_what_the_test_does_not_find_in_the_outline_is_told(trial: Protocol) -> None:
    assert not reads_the_same(trial, trial, "title")
    object.__setattr__(trial.dlt, "unheard_of", 1)
    assert reads_the_same(trial, trial.dlt, "unheard_of")


def cell(trial: Protocol, form: str, visit: str) -> str:
    table = next(table for table in schedule(trial).tables if table.title == "Forms by visit")
    row = next(row for row in table.rows if row[0] == form)
    return row[table.columns.index(visit)]


def test_the_schedule_says_at_which_visits_and_cycles(trial: Protocol) -> None:
    assert cell(trial, "Haematology", "Day 8") == "X"
    assert cell(trial, "Chemistry", "Day 8") == ""
    assert cell(trial, "Adverse event", "Outside visits") == "any time"
    ejection = next(table for table in schedule(trial).tables if table.title == "Forms by visit")
    row = next(row for row in ejection.rows if "ejection" in row[0].lower())
    assert row[ejection.columns.index("Day 1")] == "from cycle 4, every 3 cycles"


@pytest.mark.parametrize(
    ("visit", "words"),
    [
        ("SCR", "before the first dose, at most 28 days"),
        ("D8", "day 8 of each cycle of 28 days"),
        ("TA", "every 56 days from the first dose, until progression"),
        ("FU", "every 3 months after the end of treatment, until death"),
    ],
)
def test_a_visit_says_when_it_is(trial: Protocol, visit: str, words: str) -> None:
    assert when(trial, trial.visit(visit)) == words


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("I02", "Age at consent at least 18 years"),
        ("I04", "HER2 by immunohistochemistry: 3+; or HER2 by FISH: positive"),
        ("I14", "Bilirubin at most 1.5 × Upper limit of normal of bilirubin"),
    ],
)
def test_a_criterion_says_what_lets_in(trial: Protocol, criterion: str, words: str) -> None:
    entry = next(eligibility for eligibility in trial.eligibility if eligibility.code == criterion)
    assert in_words(trial, entry.rule) == words


def test_an_assumption_stands_in_the_part_that_rests_on_it(trial: Protocol) -> None:
    by_part = {part.code: {assumption.path for assumption in part.assumed} for part in outline(trial)}
    assert "visits.TA.early_days" in by_part["schedule"]
    assert "analysis.recist_version" in by_part["analysis"]
    assert set().union(*by_part.values()) == set(trial.assumptions)
