"""Dates as SDTM writes them, in three states: absent, read, unreadable. The second and third are never confused."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from values.dates import middle_of, read_iso_date, shown_date
from values.unreadable import UnreadableValue

WHOLE = len("2026-01-01")
# A time of day, or the blank of a database in its place, ends the date.
TIME = re.compile(r"[Tt ](?=[0-9-]|$)")


@dataclass(frozen=True)
class SdtmDay:
    """A date of a row. `on` is whole or partial, "" where the row has none or one that cannot be read: see `fault`."""

    on: str = ""
    fault: str = ""

    def __bool__(self) -> bool:
        return bool(self.on)

    @property
    def whole(self) -> str:
        """The date, if all of it is known; else ""."""
        return self.on if len(self.on) == WHOLE else ""


def read(text: str) -> SdtmDay:
    """YYYY-MM-DD, YYYY-MM or YYYY, with or without a time; hyphens stand for parts that are unknown.

    What took place lies in the past: a date to come is as little one of these as a text is.
    """
    known = re.sub("-+$", "", TIME.split(text, maxsplit=1)[0])
    if not known:
        return SdtmDay()
    try:
        on = read_iso_date(known)
    except UnreadableValue as fault:
        return SdtmDay(fault=str(fault))
    if on > timezone.localdate().isoformat()[: len(on)]:
        return SdtmDay(fault=f"{shown_date(on)} is in the future.")
    return SdtmDay(on)


def in_order(on: str) -> str:
    """What sorts dates: a partial one stands after the whole ones that it may be, one that is not known at the end."""
    return on.ljust(WHOLE, "~")


def place(on: str) -> date:
    """The day by which a date stands among others, of one that is not known the last that there is."""
    return middle_of(on) if on else date.max


def agree(iso: str, other_iso: str) -> bool:
    """Whether two dates, whole or partial, may be the same day."""
    known = min(len(iso), len(other_iso))
    return bool(known) and iso[:known] == other_iso[:known]


def before(earlier: str, later: str) -> bool:
    """Whether the first is earlier for certain, as far as both are known."""
    known = min(len(earlier), len(later))
    return bool(known) and earlier[:known] < later[:known]
