"""Numbers leave as they were entered."""

from decimal import Decimal
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from values.numbers import Result


class ExactEncoder(JSONEncoder):
    """Decimals as text: as numbers they would be read back as floats. Results as they are read back."""

    def default(self, value: Any) -> Any:
        if isinstance(value, Result):
            return value.readable
        return format(value, "f") if isinstance(value, Decimal) else super().default(value)


class Exact(JSONRenderer):
    encoder_class = ExactEncoder
