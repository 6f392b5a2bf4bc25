"""What *complete* needs: every required item that applies has a value."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models

from assessments.items import Item, by_version, items_of

EMPTY = (None, "", [])


def needed(item: Item, values: Mapping[str, Any]) -> bool:
    """A needed item, or one that another answer makes needed."""
    if not item.applies(values):
        return False
    return item.required or (item.needed_if is not None and values.get(item.needed_if[0]) in item.needed_if[1])


def missing(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, str]:
    """By name, each needed item of `model` that has no value, with what to say of it."""
    return {
        field.name: "Required to complete the form."
        for field, item in items_of(model)
        if needed(item, values) and values.get(field.name) in EMPTY
    }


def without_what_does_not_apply(
    model: type[models.Model], values: Mapping[str, Any], unread: Collection[str] = ()
) -> dict[str, Any]:
    """The values, those of items that do not apply emptied: no answer stays behind a question that was taken back.

    In the order of the form: an item that hangs on one that was emptied is emptied too. What hangs on an answer that
    could not be read (`unread`) stays: nobody knows whether it applies.
    """
    known = dict(values)
    for field, item in _conditional(model):
        if field.name in known and not item.applies(known) and item.only_if[0] not in unread:  # type: ignore[index]
            known[field.name] = field.get_default()
    return known


def _conditional(model: type[models.Model]) -> tuple[tuple[models.Field, Item], ...]:
    def found() -> tuple[tuple[models.Field, Item], ...]:
        return tuple((field, item) for field, item in items_of(model) if item.only_if is not None)

    made: tuple[tuple[models.Field, Item], ...] = by_version(f"conditional {model.__name__}", found)
    return made
