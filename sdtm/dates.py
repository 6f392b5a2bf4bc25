"""Dates as SDTM writes them, in three states: absent, read, unreadable. The second and third are never confused."""

import re
from dataclasses import dataclass

from values.dates import read_iso_date
from values.unreadable import UnreadableValue

WHOLE = len("2026-01-01")
# A time of day, or the blank of a database in its place, ends the date.
TIME = re.compile(r"[Tt ](?=[0-9-]|$)")


@dataclass(frozen=True)
class Day:
    """A date of a row. `on` is whole or partial, "" where the row has none or one that cannot be read: see `fault`."""

    on: str = ""
    fault: str = ""

    def __bool__(self) -> bool:
        return bool(self.on)

    @property
    def whole(self) -> str:
        """The date, if all of it is known; else ""."""
        return self.on if len(self.on) == WHOLE else ""


def read(text: str) -> Day:
    """YYYY-MM-DD, YYYY-MM or YYYY, with or without a time; hyphens stand for parts that are unknown."""
    known = re.sub("-+$", "", TIME.split(text, maxsplit=1)[0])
    if not known:
        return Day()
    try:
        return Day(read_iso_date(known))
    except UnreadableValue as fault:
        return Day(fault=str(fault))


def in_order(on: str) -> str:
    """What sorts dates: a partial one stands after the whole ones that it may be, one that is not known at the end."""
    return on.ljust(WHOLE, "~")


def agree(one: str, other: str) -> bool:
    """Whether two dates, whole or partial, may be the same day."""
    known = min(len(one), len(other))
    return bool(known) and one[:known] == other[:known]


def before(one: str, other: str) -> bool:
    """Whether the first is earlier for certain, as far as both are known."""
    known = min(len(one), len(other))
    return bool(known) and one[:known] < other[:known]
