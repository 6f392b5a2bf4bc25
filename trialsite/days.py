"""How a day is asked for, on every page in one way: typed as people write it, whatever language the browser speaks.

`values.dates` is the reader. Once read, a day is shown as every page shows it; what cannot be read stays as typed.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from values import UnreadableValue
from values.dates import FOR_EXAMPLE, read_date, read_partial_date, shown_date

TYPED = {"placeholder": "DD Mon YYYY", "data-date": True, "autocomplete": "off"}
NO_DATE = f"Enter a date as {FOR_EXAMPLE}."


def today() -> date:
    """The day that `t` stands for."""
    return timezone.localdate()


class DayInput(forms.TextInput):
    """The box of a day. It knows what today is, so that `t` becomes that day at once, and not the day of the save."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(TYPED | (attrs or {}))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, {"data-today": shown_date(today())} | (attrs or {}))


class TypedDayField(forms.DateField):
    """A whole day."""

    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        return _read(read_date, value) or None

    def prepare_value(self, value: Any) -> Any:
        return as_shown(value)


class TypedPartialDayField(forms.CharField):
    """A day, a month or a year, as ISO 8601 text; "" where nothing is known."""

    widget = DayInput

    def to_python(self, value: Any) -> str:
        return _read(read_partial_date, value) or ""

    def prepare_value(self, value: Any) -> Any:
        return as_shown(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # The length of the column is that of YYYY-MM-DD; what is typed may be longer.
        return {}


def as_shown(value: Any) -> Any:
    """A stored day, or one that was typed and can be read, as it is shown; anything else as it stands."""
    if not isinstance(value, str):
        return shown_date(value) if isinstance(value, date) else value
    try:
        return shown_date(read_partial_date(value, today=today()))
    except UnreadableValue:
        return value


def _read(read: Callable[..., Any], value: Any) -> Any:
    """None where nothing was typed; of JSON a text alone is a day."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        raise ValidationError(NO_DATE, code="invalid")
    try:
        return read(value, today=today())
    except UnreadableValue as refusal:
        raise ValidationError(str(refusal), code="invalid") from None
