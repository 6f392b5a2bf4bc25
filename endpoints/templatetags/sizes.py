"""Sizes of lesions and their changes as people read them."""

from decimal import Decimal

from django import template

from endpoints.arithmetic.words import millimetres

register = template.Library()


@register.filter
def mm(value: Decimal | None, unit: str = "mm") -> str:
    """42.5 mm; a dash where nothing is known."""
    return "–" if value is None else f"{millimetres(value)} {unit}".strip()


@register.filter
def percent(value: Decimal) -> str:
    """A change with its sign; two decimals, so that 29.99 never reads as 30."""
    return f"{'−' if value < 0 else '+' if value else ''}{millimetres(abs(value))} %"
