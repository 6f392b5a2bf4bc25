"""What dates and times of a record may not tell: a day to come, an end before the start, an hour no clock showed."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from assessments.items import ClockTimeField, PartialDateField, clock_times_of
from values import UnreadableValue
from values.dates import shown_date
from values.times import instant


def ends_before_it_starts(values: dict[str, Any]) -> bool:
    """Of partial dates only what both tell is compared."""
    start, end = str(values.get("start_date") or ""), str(values.get("end_date") or "")
    known = min(len(start), len(end))
    return end[:known] < start[:known]


def before_the_start(values: dict[str, Any]) -> str:
    return f"{shown_date(values['end_date'])} is before the start, {shown_date(values['start_date'])}."


def in_the_future(dated: Iterable[models.Field], values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The items that tell of a time to come, and what they say; what is planned may."""
    for field in dated:
        value = values.get(field.name)
        if value and _is_after_now(field, value, values):
            yield field.name, value


def _is_after_now(field: models.Field, value: Any, values: dict[str, Any]) -> bool:
    if isinstance(field, models.DateField):
        return bool(value > timezone.localdate())
    if isinstance(field, PartialDateField):
        return bool(value > timezone.localdate().isoformat()[: len(value)])
    now = timezone.localtime()
    return bool(values.get(field.name.removesuffix("time") + "date") == now.date() and value > f"{now:%H:%M}")


def skipped_hours(model: type[models.Model], values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Times of day that the clocks of the site never showed."""
    for name in clock_times_of(model):
        day, at = values.get(f"{name}_date"), values.get(f"{name}_time")
        try:
            if day and at:
                instant(day, at, cast(ZoneInfo, timezone.get_current_timezone()))
        except UnreadableValue as refusal:
            yield f"{name}_time", str(refusal)


@cache
def dated_columns(model: type[models.Model]) -> tuple[models.Field, ...]:
    kinds = (models.DateField, PartialDateField, ClockTimeField)
    fields = model._meta.fields
    return tuple(field for field in fields if isinstance(field, kinds) and not field.name.startswith("planned_"))
