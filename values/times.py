"""Times of day as people write them: 8:30, 08.30, 0830 and 8h30 are half past eight; stored is HH:MM.

A time of day is one of a place: with its day and its zone it is an instant, which is kept as UTC.
"""

import re
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from values.dates import shown_date
from values.unreadable import UnreadableValue, quoted

WITH_MARK = re.compile(r"([0-9]{1,2})\s?[:.hH]\s?([0-9]{2})")
DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})")


def read_time(text: str) -> str:
    """The time of day of the 24-hour clock that a text means, as HH:MM. Raises UnreadableValue."""
    typed = text.strip()
    parts = WITH_MARK.fullmatch(typed) or DIGITS.fullmatch(typed)
    if parts is None or int(parts[1]) > 23 or int(parts[2]) > 59:
        raise UnreadableValue(f"{quoted(typed)} is no time of day. Enter it by the 24-hour clock, as 8:30 or 20:30.")
    return f"{int(parts[1]):02}:{parts[2]}"


def instant(day: date, at: str, zone: ZoneInfo) -> datetime:
    """The instant, as UTC, at which the clocks of a zone showed HH:MM on a day.

    Of an hour that was shown twice, when summer time ended, the first. Raises UnreadableValue for one that was skipped.
    """
    local = datetime.combine(day, time.fromisoformat(at), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise UnreadableValue(f"There was no {at} on that day: the clocks were put forward ({zone.key}).")
    return moment


def shown_moment(moment: datetime, zone: tzinfo = UTC, *, seconds: bool = False) -> str:
    """An aware moment as every page and paper writes it, by the clocks of a zone: 2 Mar 2026 14:02 UTC."""
    return f"{shown_date(moment.astimezone(zone))} {shown_time(moment, zone, seconds=seconds)}"


def shown_time(moment: datetime, zone: tzinfo = UTC, *, seconds: bool = False) -> str:
    """The time of day of an aware moment by the clocks of a zone: 14:02 UTC."""
    local = moment.astimezone(zone)
    return f"{local:{'%H:%M:%S' if seconds else '%H:%M'}} {zone_name(local)}"


def zone_name(moment: datetime) -> str:
    """The short name of the zone of an aware moment: CET, or UTC-03 where the zone has no letters."""
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


@cache
def zones() -> tuple[str, ...]:
    """The names of the places' time zones, Africa/Abidjan to Pacific/Wallis, and UTC before them."""
    regions = (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in regions))
