"""Days and moments as every page and mail writes them; a part of the language of all templates."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from values.dates import shown_date
from values.times import shown_moment, shown_time

register = template.Library()


@register.filter
def day(value: date | str | None) -> str:
    """2 Mar 2026, Mar 2026 or 2026; "" where there is none."""
    return shown_date(value)


@register.filter
def moment(value: datetime | None, precision: str = "") -> str:
    """2 Mar 2026 14:02 CET, by the clocks of the page's zone; with "seconds" 14:02:07; "" where there is none."""
    here = timezone.get_current_timezone()
    return shown_moment(value, here, seconds=precision == "seconds") if isinstance(value, datetime) else ""


@register.filter
def clock(value: datetime | None) -> str:
    """14:02 CET, as `moment`."""
    return shown_time(value, timezone.get_current_timezone()) if isinstance(value, datetime) else ""


@register.simple_tag
def printed_at() -> str:
    """The moment at which the page is made."""
    return shown_moment(timezone.now(), timezone.get_current_timezone())
