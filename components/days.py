"""How a day is asked for, on every page in one way: typed as people write it, whatever language the browser speaks.

`values.dates` is the reader. Once read, a day is shown as every page shows it; what cannot be read stays as typed.
"""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from values import UnreadableValue
from values.dates import FOR_EXAMPLE, read_date, read_partial_date, shown_date
from values.times import read_span, zone_name

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


class TypedMomentField(forms.Field):
    """A day or a moment of a filter, as the instant (UTC) at which what was typed begins, or with `ends` ends.

    Read by the clocks of the page, which are those of its reader's sites, or by `zone` where the form sets one.
    """

    widget = DayInput

    def __init__(self, *, ends: bool = False, zone: tzinfo | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.ends, self.zone = ends, zone
        self.widget.attrs["placeholder"] = "DD Mon YYYY hh:mm"

    @property
    def read_in(self) -> tzinfo:
        return self.zone or timezone.get_current_timezone()

    def to_python(self, value: Any) -> datetime | None:
        span: tuple[datetime, datetime] | None = _read(self._span, value)
        return None if span is None else span[self.ends]

    def _span(self, text: str, *, today: date) -> tuple[datetime, datetime]:
        return read_span(text, self.read_in, today=today)

    def get_bound_field(self, form: forms.Form, name: str) -> Any:  # type: ignore[override]
        """Its label names the zone by which it is read."""
        bound = super().get_bound_field(form, name)
        bound.label = f"{bound.label} ({zone_name(timezone.now().astimezone(self.read_in))})"
        return bound


def in_order(form: forms.Form, values: dict[str, Any], first: str = "since", last: str = "until") -> None:
    """Refuses a span of a filter that ends before it begins: nothing could ever be in it."""
    begin, end = values.get(first), values.get(last)
    if begin and end and begin > end:
        form.add_error(last, "This is before the start.")


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
