"""Which reference range holds for a sample, and whether a value lies in it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Flag = Literal["", "LOW", "NORMAL", "HIGH"]


@dataclass(frozen=True)
class Limits:
    """Lower and upper limit of normal in the analyte's SI unit, exactly; None where there is none on that side."""

    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True)
class Range:
    """One line of a laboratory's list. `sex` is "" for both; ages are completed years, both ends included."""

    analyte: str
    sex: str
    age_from: int
    age_to: int | None
    valid_from: dt.date
    valid_to: dt.date | None
    limits: Limits
    unit: str = ""

    def holds(self, *, analyte: str, sex: str, age: int | None, on: dt.date) -> bool:
        """Of a person whose age is not known only a line for all ages is sure to hold; so with the sex."""
        return (
            self.analyte == analyte
            and self.sex in ("", sex)
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
            and self._holds_at(age)
        )

    def _holds_at(self, age: int | None) -> bool:
        if age is None:
            return self.age_from == 0 and self.age_to is None
        return self.age_from <= age and (self.age_to is None or age <= self.age_to)


def choose(ranges: Iterable[Range], *, analyte: str, sex: str, age: int | None, on: dt.date) -> Range | None:
    """The line that holds on the day of the sample. ValueError if two do: a list may not contradict itself."""
    valid = [
        reference_range for reference_range in ranges if reference_range.holds(analyte=analyte, sex=sex, age=age, on=on)
    ]
    if len(valid) > 1:
        raise ValueError(f"{len(valid)} reference ranges of {analyte} hold on {on} for sex {sex!r} at {age} years")
    return valid[0] if valid else None


def completed_years(born: str, on: dt.date) -> int | None:
    """The age of somebody born on a date of which day, or day and month, may be missing: what is sure at least.

    None without a year of birth. With the year alone the birthday is taken as not yet reached.
    """
    parts = [int(part) for part in born.split("-")] if born else []
    if not parts:
        return None
    year, month, day = (*parts, 12, 31)[:3] if len(parts) == 1 else (*parts, 31)[:3]
    return on.year - year - ((on.month, on.day) < (month, day))


def flag(value: Fraction, limits: Limits, qualifier: str = "") -> Flag:
    """LOW, NORMAL or HIGH; "" where the limit on which it depends is not known.

    Of a value that is the limit of its method (`qualifier` "<" or ">") "" where what was measured may be either.
    """
    if qualifier:
        return _flag_of_limit(value, limits, below=qualifier == "<")
    if limits.low is not None and value < limits.low:
        return "LOW"
    if limits.high is not None and value > limits.high:
        return "HIGH"
    return "NORMAL" if limits.low is not None or limits.high is not None else ""


def _flag_of_limit(value: Fraction, limits: Limits, *, below: bool) -> Flag:
    near, far = (limits.low, limits.high) if below else (limits.high, limits.low)
    if near is not None and (value <= near if below else value >= near):
        return "LOW" if below else "HIGH"
    settled = near is None and far is not None and (value <= far if below else value >= far)
    return "NORMAL" if settled else ""
