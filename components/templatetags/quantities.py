"""Quantities as people read them: see `values.shown`."""

from decimal import Decimal

from django import template

from values import numbers, shown

register = template.Library()


@register.filter
def written(value: Decimal) -> str:
    """What was measured or given: 12.25."""
    return numbers.written(value)


@register.filter
def share(value: Decimal | float | None) -> str:
    """A part of a whole in per cent; a dash where there is none."""
    return "–" if value is None else shown.share(value)


@register.filter
def probability(value: float | str) -> str:
    return shown.probability(float(value))


@register.filter
def days_on_average(value: float | None) -> str:
    """A dash where there are none."""
    return "–" if value is None else shown.days_on_average(value)
