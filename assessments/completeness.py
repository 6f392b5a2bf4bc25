"""What *complete* needs: every required item that applies has a value."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.text import capfirst

from assessments.items import Item, items_of

EMPTY = (None, "", [])


def applies(item: Item, values: Mapping[str, Any]) -> bool:
    """A conditional item applies while the item that it hangs on has one of the answers that call for it."""
    return item.only_if is None or values.get(item.only_if[0]) in item.only_if[1]


def missing(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, str]:
    """By name, each required item of `model` that applies and has no value, with what to say of it."""
    return {
        field.name: f"{capfirst(field.verbose_name)} is needed to complete the form."
        for field, item in items_of(model)
        if item.required and applies(item, values) and values.get(field.name) in EMPTY
    }


def without_what_does_not_apply(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, those of items that do not apply emptied: no answer stays behind a question that was taken back."""
    gone = {field.name: field.get_default() for field, item in items_of(model) if not applies(item, values)}
    return dict(values) | {name: value for name, value in gone.items() if name in values}
