"""What is sent in a body, held against what an operation takes: nothing is passed over or read as another kind.

A page sends texts alone, so that Django's forms and the framework's serializers make of a value what they can: `true`
a date, `"１"` a key, any word a yes. JSON says of what kind a value is, and that is what it has to be.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from components.numbers import TypedNumber
from values.dates import read_date
from values.numbers import read_number
from values.unreadable import UnreadableValue

Errors = dict[str, list[str]]
KEY = re.compile(r"[0-9]{1,19}")
NO_SUCH = "There is no such field."


def unknown(names: Any, known: Any) -> Errors:
    """What an object has beyond the names that are taken."""
    return {
        name: [f"{NO_SUCH} Known: {', '.join(known)}." if known else NO_SUCH] for name in names if name not in known
    }


# --- What a page's form checks ----------------------------------------------------------------------------------------


def as_typed(body: Mapping[str, Any], fields: Mapping[str, forms.Field]) -> tuple[dict[str, Any], Errors]:
    """A JSON object as a page would post it, and what is wrong with the kinds of its values."""
    typed: dict[str, Any] = {}
    errors: Errors = {}
    for name, value in body.items():
        try:
            typed[name] = _typed(value, fields.get(name))
        except UnreadableValue as unreadable:
            errors[name] = [str(unreadable)]
    return typed, errors


def _typed(value: Any, field: forms.Field | None) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return _several(value)
    if isinstance(value, dict | list):
        raise UnreadableValue("Send one value.")
    if isinstance(field, forms.BooleanField):
        return _yes_or_no(value)
    if isinstance(field, forms.DateField):
        return _day(value)
    if isinstance(value, bool):
        raise UnreadableValue("Send a text or a number here, not true or false.")
    if isinstance(field, TypedNumber) and value not in (None, ""):
        return read_number(value, decimal_mark=".") if isinstance(value, str) else value
    if isinstance(field, forms.CharField) and not isinstance(value, str | None):
        raise UnreadableValue("Send a text.")
    text = plain(value)
    if isinstance(field, forms.ModelChoiceField) and field.to_field_name is None and text and not KEY.fullmatch(text):
        raise UnreadableValue("Give the key of a row, a whole number.")
    return text


def _several(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(element, str) for element in value):
        raise UnreadableValue("Send a list of texts.")
    return [plain(element) for element in value]


def _yes_or_no(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise UnreadableValue("Send true or false.")
    return bool(value)


def _day(value: Any) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str):
        raise UnreadableValue("Send a day as a text: YYYY-MM-DD.")
    return read_date(value, today=timezone.localdate()).isoformat()


def plain(value: Any) -> str:
    """A value of JSON as it would be typed: no exponent, "" for null."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


# --- What a serializer describes --------------------------------------------------------------------------------------

KINDS: list[tuple[type[serializers.Field], tuple[type, ...], str]] = [
    (serializers.BooleanField, (bool,), "Send true or false."),
    (serializers.IntegerField, (int,), "Send a whole number."),
    (serializers.FloatField, (int, Decimal), "Send a number."),
    (serializers.DecimalField, (int, Decimal, str), "Send a number, as such or as a text."),
    (serializers.ListField, (list,), "Send a list."),
    (serializers.ListSerializer, (list,), "Send a list."),
    (serializers.DictField, (dict,), "Send an object."),
    (serializers.BaseSerializer, (dict,), "Send an object."),
    (serializers.Field, (str,), "Send a text."),
]


def read_body(serializer: type[serializers.Serializer], body: Mapping[str, Any]) -> dict[str, Any]:
    """The checked values of a body that is what the serializer describes. Raises ValidationError by field."""
    checked = serializer(data=body)
    errors: Errors = {}
    for name, sentence in _misfits(checked, body, ""):
        errors.setdefault(name, []).append(sentence)
    if errors:
        raise ValidationError(errors)
    checked.is_valid(raise_exception=True)
    values: dict[str, Any] = checked.validated_data
    return values


def _misfits(field: Any, value: Any, name: str) -> Iterator[tuple[str, str]]:
    """(field, sentence) where a value is of another kind than is described, or has a name that nothing describes."""
    if value is None:
        return  # whether there may be none is the serializer's to say
    kinds, sentence = next((kinds, sentence) for of, kinds, sentence in KINDS if isinstance(field, of))
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield name, sentence
    elif isinstance(field, serializers.Serializer):
        known = [part.field_name for part in field._writable_fields]
        for inner in value:
            if inner not in known:
                yield from ((_within(name, key), words[0]) for key, words in unknown([inner], known).items())
            else:
                yield from _misfits(field.fields[inner], value[inner], _within(name, inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _misfits(field.child, inner, _within(name, str(place)))


def _within(name: str, key: str) -> str:
    return f"{name}-{key}" if name else key


# --- What is sent back as it was read ---------------------------------------------------------------------------------


def without_unchanged(
    sent: Mapping[str, Any], shown: Mapping[str, Any], taken: Any, prefix: str = ""
) -> dict[str, Any]:
    """What was read and is sent back, without the parts that a save does not take and that stand as they were.

    Raises ValidationError for one that is sent with another value: it would be thrown away.
    """
    errors: Errors = {}
    for name in sent.keys() - {*taken}:
        if name in shown and not same(sent[name], shown[name]):
            errors[f"{prefix}{name}"] = [f"This cannot be changed here, and is {_words(shown[name])}. Leave it out."]
    if errors:
        raise ValidationError(errors)
    return {name: value for name, value in sent.items() if name in taken or name not in shown}


def same(sent: Any, shown: Any) -> bool:
    """Whether both are one value in JSON; numbers may be texts."""
    if isinstance(sent, list) and isinstance(shown, list | tuple):
        return len(sent) == len(shown) and all(map(same, sent, shown))
    if isinstance(sent, dict) and isinstance(shown, Mapping):
        return sent.keys() == shown.keys() and all(same(value, shown[name]) for name, value in sent.items())
    if sent is None or shown is None or isinstance(sent, bool) or isinstance(shown, bool):
        return sent is shown
    return plain(sent) == plain(shown)


def _words(value: Any) -> str:
    if isinstance(value, list | dict):
        return "other than that"
    return "empty" if value in (None, "") else f"“{plain(value)}”"
