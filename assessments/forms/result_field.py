"""The box of a measured result: a number with a comma or a point, or the limit of the method, `<0.1`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from components.numbers import TypedNumber
from values import UnreadableValue
from values.numbers import Result, read_result


class TypedResultField(TypedNumber, forms.Field):
    """Cleans to a Result. The limits of the column hold for its number. What JSON sends as a number is one."""

    read = staticmethod(read_result)

    def to_python(self, value: Any) -> Result | None:  # type: ignore[override]
        if isinstance(value, Result):
            return value
        if not isinstance(value, str) or not value.strip():
            number = super().to_python(value)
            return None if number is None else Result("", number)
        try:
            return read_result(value)
        except UnreadableValue as refusal:
            raise ValidationError(str(refusal), code="invalid") from None

    def run_validators(self, value: Result | None) -> None:
        if value is None:
            return
        if value.qualifier == "<" and not value.value:
            raise ValidationError("No result is below 0: enter the limit of the method, or 0.", code="invalid")
        super().run_validators(value.value)

    def prepare_value(self, value: Any) -> Any:
        return value.readable if isinstance(value, Result) else value
