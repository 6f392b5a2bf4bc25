"""Sizes of lesions and their changes as people read them."""

from decimal import Decimal

from django import template

from endpoints.arithmetic.percentages import signed
from values.numbers import written

register = template.Library()


@register.filter
def mm(value: Decimal | None, unit: str = "mm") -> str:
    """42.5 mm; a dash where nothing is known."""
    return "–" if value is None else f"{written(value)} {unit}".strip()


@register.filter
def percent(value: Decimal | None) -> str:
    """A change with its sign, rounded as everywhere; a dash where there is none."""
    return "–" if value is None else f"{signed(value)} %"
