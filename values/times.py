"""Times of day as people write them: 8:30, 08.30, 0830 and 8h30 are half past eight; stored is HH:MM.

A time of day is one of a place: with its day and its zone it is an instant, which is kept as UTC.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import available_timezones

from values.dates import read_date, shown_date
from values.unreadable import UnreadableValue, quoted

WITH_MARK = re.compile(r"([0-9]{1,2})\s?[:.hH]\s?([0-9]{2})")
# A day and, where more is known, the time behind it and the zone of that time.
MOMENT = re.compile(r"(.+?)(?:[\sTt,]\s*([0-9]{1,2}[:hH][0-9]{2})(:[0-9]{2})?(?:\.[0-9]{1,6})?\s*([A-Za-z+\-].*)?)?")
OFFSET = re.compile(r"(?:UTC)?([+-])([0-9]{2}):?([0-9]{2})?")
DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})")


def read_time(text: str) -> str:
    """The time of day of the 24-hour clock that a text means, as HH:MM. Raises UnreadableValue."""
    typed = text.strip()
    parts = WITH_MARK.fullmatch(typed) or DIGITS.fullmatch(typed)
    if parts is None or int(parts[1]) > 23 or int(parts[2]) > 59:
        raise UnreadableValue(f"{quoted(typed)} is not a time of day. Enter it by the 24-hour clock, as 8:30 or 20:30.")
    return f"{int(parts[1]):02}:{parts[2]}"


def instant(day: date, at: str, zone: tzinfo) -> datetime:
    """The instant, as UTC, at which the clocks of a zone showed HH:MM on a day.

    Of an hour that was shown twice, when summer time ended, the first. Raises UnreadableValue for one that was skipped.
    """
    local = datetime.combine(day, time.fromisoformat(at), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise UnreadableValue(f"There was no {at} on that day: the clocks were put forward ({key_of(zone)}).")
    return moment


def read_span(text: str, zone: tzinfo, *, today: date | None = None) -> tuple[datetime, datetime]:
    """The first and the last instant, as UTC, that a day or a moment can mean: of a day all of it, of 08:30 the minute.

    Read are days as values.dates reads them, and behind one a time of day by the clocks of `zone`: 29 Nov 2026 08:30,
    2026-11-29T08:30:07. The time may name its zone: UTC, Z, +01:00, or that zone's own name. Raises UnreadableValue.
    """
    typed = text.strip()
    parts = MOMENT.fullmatch(typed)
    if parts is None or parts[2] is None:
        day = read_date(typed, today=today)
        return _midnight(day, zone), _midnight(day + timedelta(1), zone) - timedelta(microseconds=1)
    day, at, seconds = read_date(parts[1], today=today), read_time(parts[2]), int((parts[3] or ":00")[1:])
    if seconds > 59:
        raise UnreadableValue(f"{quoted(typed)} is not a time of day: a minute has 60 seconds.")
    minute = _instant_of(day, at, (parts[4] or "").strip(), zone)
    first = minute + timedelta(seconds=seconds)
    return first, first + timedelta(seconds=1 if parts[3] else 60, microseconds=-1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _instant_of(day: date, at: str, named: str, zone: tzinfo) -> datetime:
    offset = OFFSET.fullmatch(named)
    if named.upper() in ("UTC", "Z"):
        return datetime.combine(day, time.fromisoformat(at), UTC)
    if offset is not None and int(offset[2]) < 24:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1)
        return datetime.combine(day, time.fromisoformat(at), timezone(ahead)).astimezone(UTC)
    moment = instant(day, at, zone)
    if named and named not in (key_of(zone), zone_name(moment.astimezone(zone))):
        raise UnreadableValue(
            f"{quoted(named)} is not known as a zone here: leave it out for {key_of(zone)}, or say UTC."
        )
    return moment


def shown_moment(moment: datetime, zone: tzinfo = UTC, *, seconds: bool = False) -> str:
    """An aware moment as every page and paper writes it, by the clocks of a zone: 2 Mar 2026 14:02 UTC."""
    return f"{shown_date(moment.astimezone(zone))} {shown_time(moment, zone, seconds=seconds)}"


def shown_time(moment: datetime, zone: tzinfo = UTC, *, seconds: bool = False) -> str:
    """The time of day of an aware moment by the clocks of a zone: 14:02 UTC."""
    local = moment.astimezone(zone)
    return f"{local:{'%H:%M:%S' if seconds else '%H:%M'}} {zone_name(local)}"


def key_of(zone: tzinfo) -> str:
    """The long name of a zone: Europe/Berlin, UTC."""
    return getattr(zone, "key", "") or "UTC"


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
