"""How a number is asked for, on every page in one way: typed as text, so that neither wheel nor arrow keys change it.

Comma or point is the decimal mark, whatever language the browser speaks; what is no number stays in its box as it was
typed. `values.numbers` is the reader.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db import models

from values import UnreadableValue
from values.numbers import MOST_CHARACTERS, read_number, retypable, written

NOT_WHOLE = "Enter a whole number, without decimals."


class TypedNumber:
    """What a field of numbers takes and shows. A number that is no text, as in JSON, is taken as it is."""

    widget = forms.TextInput
    inputmode = "decimal"
    # How it reads a text whose decimal mark is known.
    read: Callable[..., Any] = staticmethod(read_number)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return _exact(value)
        except UnreadableValue as refusal:
            raise ValidationError(str(refusal), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return retypable(value) if isinstance(value, Decimal) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {} if widget.is_hidden else {"inputmode": self.inputmode, "autocomplete": "off"}


class DecimalsFirst(DecimalValidator):
    """As Django's, which counts all digits first: of 3.14159265 kg the decimals are too many."""

    def __call__(self, value: Decimal) -> None:
        exponent = value.as_tuple().exponent
        if self.decimal_places is not None and isinstance(exponent, int) and -exponent > self.decimal_places:
            params = {"max": self.decimal_places, "value": value}
            raise ValidationError(self.messages["max_decimal_places"], code="max_decimal_places", params=params)
        super().__call__(value)


class NumberField(TypedNumber, forms.DecimalField):
    """An exact decimal."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators = [decimals_first(validator) for validator in self.validators]


def decimals_first(validator: Any) -> Any:
    if type(validator) is not DecimalValidator:
        return validator
    return DecimalsFirst(validator.max_digits, validator.decimal_places)


class TypedWholeNumberField(TypedNumber, forms.IntegerField):
    """A whole number; `1,0` is one."""

    inputmode = "numeric"

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        number = super().to_python(value)
        if number is not None and number != number.to_integral_value():
            raise ValidationError(NOT_WHOLE, code="invalid")
        return None if number is None else int(number)


def number_fields(model: type[models.Model], names: Iterable[str]) -> dict[str, type[forms.Field]]:
    """The field class of each of a model's columns that holds a number, as `field_classes` of its form."""
    columns = {name: model._meta.get_field(name) for name in names}
    kinds = ((models.DecimalField, NumberField), (models.IntegerField, TypedWholeNumberField))
    return {
        name: field
        for name, column in columns.items()
        for kind, field in kinds
        if isinstance(column, kind) and not column.choices
    }


def with_points(fields: Mapping[str, forms.Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What a source sent that writes decimals with a point alone, as JSON does: its numbers, where they are texts, as
    numbers. A text that is none stays, and the field says why."""
    return {name: _pointed(fields.get(name), value) for name, value in values.items()}


def _pointed(field: forms.Field | None, value: Any) -> Any:
    if not isinstance(field, TypedNumber):
        return value
    if isinstance(value, list):
        return [_pointed(field, part) for part in value]
    try:
        return field.read(value, decimal_mark=".") if isinstance(value, str) else value
    except UnreadableValue:
        return value


def _exact(value: Any) -> Decimal:
    if isinstance(value, str):
        return _plain(read_number(value))
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        raise UnreadableValue("Enter a number.")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    # Written out, an exponent of a billion would fill the memory.
    if not number.is_finite() or abs(number.adjusted()) > MOST_CHARACTERS:
        raise UnreadableValue("Enter a number.")
    return _plain(number)


def _plain(number: Decimal) -> Decimal:
    return Decimal(written(number))
