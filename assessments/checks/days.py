"""Days as checks compare them: a partial date is a span, and lies before another one only if all of it does."""

import calendar
from datetime import date
from decimal import Decimal
from typing import Any

from values.dates import shown_date
from values.numbers import written

Day = date | str | None


def earliest(day: Day) -> date | None:
    """The first day that it can be."""
    if not day:
        return None
    return day if isinstance(day, date) else date.fromisoformat(f"{day}-01-01"[:10])


def latest(day: Day) -> date | None:
    """The last day that it can be."""
    if not day or isinstance(day, date):
        return day or None
    year, month = int(day[:4]), int(day[5:7] or 12)
    return date(year, month, int(day[8:10] or calendar.monthrange(year, month)[1]))


def before(earlier_day: Day, later_day: Day) -> bool:
    """Surely before: False where either is empty, or where they overlap."""
    last, first = latest(earlier_day), earliest(later_day)
    return last is not None and first is not None and last < first


def shown(day: Day) -> str:
    """3 Nov 2026, Nov 2026 or 2026: as much as is known."""
    return shown_date(day) or "an unknown day"


def plain(number: Any) -> str:
    """64 for 64.0, as it is typed."""
    return written(Decimal(number))
