"""Items of a form as the API describes and renders them: partial dates and results with their limits."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assessments.items import RESULT
from values.numbers import Result

PARTIAL = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


@extend_schema_field({"type": "string", "pattern": PARTIAL})
class PartialDate(serializers.RegexField):
    """YYYY, YYYY-MM or YYYY-MM-DD; empty where nothing is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(PARTIAL, **{name: value for name, value in options.items() if name != "validators"})


@extend_schema_field({"type": "string", "pattern": RESULT, "example": "<0.1"})
class ReportedResult(serializers.CharField):
    """A number as it was reported, or the limit of the method behind < or >. As text, which reads back as it was."""

    def __init__(self, **options: Any) -> None:
        # The column's digits are no option of a text.
        left_out = ("validators", "decimal_places")
        super().__init__(**{name: value for name, value in options.items() if name not in left_out})

    def to_representation(self, value: Any) -> str:
        return value.readable if isinstance(value, Result) else str(value)
