"""For whom a site's list states no limits of normal, told for each analyte that the protocol asks for."""

import datetime as dt

import pytest

from laboratory.coverage import uncovered
from laboratory.ranges import Limits, Range

Line = tuple[str, int, int | None]
EVERYBODY: Line = ("", 0, None)


def missing(*lines: Line, analyte: str = "HGB") -> str | None:
    """What the list lacks of the analyte: None where it lacks nobody."""
    stated = [Range(analyte, sex, low, high, dt.date(2026, 1, 1), None, Limits()) for sex, low, high in lines]
    return uncovered(stated, [analyte]).get(analyte)


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        ([], ""),
        ([EVERYBODY], None),
        ([("F", 0, None), ("M", 0, None)], None),
        ([("M", 0, None)], "women"),
        ([("F", 0, None)], "men"),
        # adults are 18 to 99, both ends included
        ([("", 18, 99)], None),
        ([("", 19, None)], "some ages"),
        ([("", 0, 98)], "some ages"),
        # ages may follow each other, by completed years
        ([("", 0, 39), ("", 40, None)], None),
        ([("", 0, 39), ("", 41, None)], "some ages"),
        ([("F", 18, 50), ("F", 51, None), ("M", 18, None)], None),
        ([("F", 18, 50), ("F", 52, None), ("M", 18, None)], "some ages"),
        # what one sex lacks is filled by a line of both
        ([("F", 18, None), ("", 18, None)], None),
        ([("F", 18, None), ("", 60, None)], "some ages"),
        ([("M", 18, None), ("M", 60, None)], "women"),
    ],
)
def test_who_lacks_a_line_is_named(lines: list[Line], who: str | None) -> None:
    assert missing(*lines) == who


def test_only_what_the_protocol_asks_for_is_looked_at_and_each_by_itself() -> None:
    day, limits = dt.date(2026, 1, 1), Limits()
    lines = [Range("HGB", "", 0, None, day, None, limits), Range("WBC", "F", 0, None, day, None, limits)]
    assert uncovered(lines, ["HGB", "PLAT"]) == {"PLAT": ""}
    assert uncovered(lines, ["WBC", "HGB"]) == {"WBC": "men"}
    assert uncovered(lines, []) == {}
