"""The keys that a protocol file may have, asked of the schema itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

TAGS = ("kind", "type")


def fields_of(part: type) -> dict[str, FieldInfo]:
    """The keys of a table, by name, whether the schema has it as a model or a dataclass."""
    declared: dict[str, FieldInfo] = getattr(part, "__pydantic_fields__", {})
    return declared


def parts_in(annotation: Any) -> Iterator[type]:
    """The tables that a value may be or hold: of a union, a list or an optional one each of its kinds."""
    if isinstance(annotation, type) and fields_of(annotation):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from parts_in(inner)


def tag_of(part: type) -> str:
    """By which value of `kind` or `type` a table is told from others in its place; "" where there are none."""
    for name in TAGS:
        field = fields_of(part).get(name)
        if field is not None and get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
            return str(get_args(field.annotation)[0])
    return ""


def parts_at(root: type, location: Sequence[int | str]) -> list[type]:
    """The tables that may stand at a location of pydantic's: names, numbers of entries, tags of alternatives."""
    parts = [root]
    for step in location:
        if isinstance(step, int):
            continue
        if tagged := [part for part in parts if tag_of(part) == step]:
            parts = tagged
            continue
        fields = [fields_of(part)[step] for part in parts if step in fields_of(part)]
        parts = [inner for field in fields for inner in parts_in(field.annotation)]
    return parts
