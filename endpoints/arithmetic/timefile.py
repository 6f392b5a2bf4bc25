"""Times as statisticians keep them: a CSV file with the columns time and event, every complaint with its line."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOST_SHOWN = 20
# Above this a whole number is no longer exact as a float, and no such time was ever observed.
_LONGEST = 2**53


class TimeFileError(ValueError):
    """What is wrong with a file of times, one line for each wrong row."""


def load(text: str) -> tuple[list[float] | list[int], list[bool]]:
    """(times, events). Times are int where every one is a whole number. Columns in any order; others are ignored."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return _load(reader)
    except csv.Error as error:
        raise TimeFileError(f"line {reader.line_num}: {error}") from error


def _load(reader: Any) -> tuple[list[float] | list[int], list[bool]]:
    columns = [name.strip().casefold() for name in next(reader, [])]
    if not columns:
        raise TimeFileError("the file is empty; expected a first line time,event")
    for name in ("time", "event"):
        if columns.count(name) != 1:
            how_often = "twice" if name in columns else "nowhere"
            raise TimeFileError(f"line 1: the column {name} appears {how_often}; expected a first line time,event")
    at_time, at_event = columns.index("time"), columns.index("event")
    times: list[float] = []
    events: list[bool] = []
    problems: list[str] = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        try:
            if len(row) != len(columns):
                raise ValueError(f"has {len(row)} values, the first line has {len(columns)}")
            times.append(_time(row[at_time].strip()))
            events.append(_event(row[at_event].strip()))
        except ValueError as error:
            problems.append(f"line {reader.line_num}: {error}")
    if len(problems) > _MOST_SHOWN:
        problems[_MOST_SHOWN:] = [f"and {len(problems) - _MOST_SHOWN} more lines"]
    if problems:
        raise TimeFileError("\n".join(problems))
    if not times:
        raise TimeFileError("the file has a first line, but no rows")
    return ([int(time) for time in times] if all(time.is_integer() for time in times) else times), events


def _time(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"time {text!r} is not a number")
    value = float(text)
    if not math.isfinite(value) or value > _LONGEST:
        raise ValueError(f"time {text} is too large")
    if value < 0:
        raise ValueError(f"time {text} is negative")
    return value


def _event(text: str) -> bool:
    if not _NUMBER.fullmatch(text) or float(text) not in (0, 1):
        raise ValueError(f"event {text!r} is neither 1 (event) nor 0 (censored)")
    return float(text) == 1
