"""What a form says of a value that it does not take: the format, the limits and the unit, in its own words."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms
from django.core.validators import DecimalValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator

from assessments.items import Item
from components.numbers import NOT_WHOLE, decimals_first

INVALID = {
    forms.ChoiceField: {"invalid_choice": "“%(value)s” is not one of the answers."},
}
PLACES = {0: NOT_WHOLE, 1: "At most one decimal."}


def say_limits(field: forms.Field, item: Item, validators: Iterable[Any]) -> None:
    """Give a field the validators of its column, each once, with words that name what can be entered."""
    known: list[Any] = []
    for validator in map(decimals_first, [*field.validators, *validators]):
        if validator not in known:
            known.append(validator)
    field.validators = [_in_words(validator, item, _span(known, item)) for validator in known]
    for kind, messages in INVALID.items():
        if isinstance(field, kind):
            field.error_messages = field.error_messages | messages


def _span(validators: Iterable[Any], item: Item) -> str:
    limits = {
        type(validator): validator.limit_value
        for validator in validators
        if isinstance(validator, MinValueValidator | MaxValueValidator)
    }
    if len(limits) < 2:
        return ""
    return _plain(f"{limits[MinValueValidator]} to {limits[MaxValueValidator]} {item.unit}".strip())


def _plain(text: str) -> str:
    """As part of a message into which Django puts the value by %: the unit of a percentage is one, too."""
    return text.replace("%", "%%")


def _in_words(validator: Any, item: Item, span: str) -> Any:
    reworded = copy(validator)
    if isinstance(validator, MinValueValidator | MaxValueValidator) and span:
        unit = f" {_plain(item.unit)}" if item.unit else ""
        reworded.message = f"%(show_value)s{unit} cannot be: enter {span}."
    elif isinstance(validator, MaxLengthValidator):
        reworded.message = "At most %(limit_value)d characters: this has %(show_value)d."
    elif isinstance(validator, DecimalValidator):
        places = validator.decimal_places or 0
        too_long = f"Too many digits: enter {span}." if span else "Too many digits."
        reworded.messages = {
            "invalid": "Enter a number.",
            "max_decimal_places": PLACES.get(places, f"At most {places} decimals."),
            "max_digits": too_long,
            "max_whole_digits": too_long,
        }
    return reworded
