"""The reference of a protocol file's keys, docs/protocol.md, written from the schema.

`python -m protocol.reference` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from protocol.forms import FORM_CODES
from protocol.plan import MAY_BE_LEFT_OUT
from protocol.schema import Protocol
from protocol.sense import BELIEVED
from protocol.shape import TAGS, fields_of, parts_in, tag_of

FILE = Path("docs/protocol.md")
HEAD = f"""# The protocol file

One TOML file says what a trial is. `PROTOCOL_FILE` names it, and
[the guide for operators](operators.md#the-protocol-file) says how an installation takes it in.
`protocol/nct00426556.toml` is a whole one. Two more to begin from are of other trials:
`docs/examples/osimertinib.toml` (lung cancer, one arm, RECIST 1.1) and `docs/examples/everolimus_randomised.toml` (two
randomised groups).
`manage.py check_protocol FILE` tells every fault with its line.
This page is written from the schema by `make protocol-reference`.

A list of tables is written as `[[name]]` once for each entry. Numbers are exact: `0.95` is what it says. What is
needed has no default. Entries that have a code are named by it in messages: `visits.D1.day`. A form is named by its
code:
{", ".join(f"`{code}`" for code in FORM_CODES)}.
"""
SIMPLE = {"str": "text", "int": "whole number", "bool": "true or false", "date": "date", "Decimal": "number"}
# What is computed, and so never stated.
COMPUTED = ("sha256",)


def reference() -> str:
    """The page: a section for each table, in the order in which the file has them."""
    return "\n".join([HEAD, *(line for path, part in tables() for line in section(path, part))])


def tables() -> Iterator[tuple[str, type]]:
    """Each table with its path, entries of a list by `*`, before those that it holds."""
    yield from _within("", Protocol)


def _within(path: str, part: type) -> Iterator[tuple[str, type]]:
    yield path, part
    for name, field in fields_of(part).items():
        many = get_origin(_plain(field.annotation)) is tuple
        for inner in parts_in(field.annotation):
            if not _is_alternative_of(part, inner):
                yield from _within(f"{path}.{name}".lstrip(".") + (".*" if many else ""), inner)


def _is_alternative_of(part: type, inner: type) -> bool:
    """The rules that `any` holds stand beside it already."""
    return tag_of(part) == "any" and bool(tag_of(inner))


def section(path: str, part: type) -> list[str]:
    tag = tag_of(part)
    title = f"`{path or 'the file'}`" + (f" of {_tag_key(part)} `{tag}`" if tag else "")
    rows = [_row(path, name, field) for name, field in fields_of(part).items() if name not in COMPUTED]
    words = " ".join((part.__doc__ or "").partition("\n\n")[0].split())
    return [
        f"## {title}",
        "",
        *([words, ""] if words else []),
        "| key | what | values | default |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _tag_key(part: type) -> str:
    return next(name for name in TAGS if name in fields_of(part))


def _row(path: str, name: str, field: FieldInfo) -> str:
    whole = f"{path}.{name}".lstrip(".")
    words = field.description or ("tells it from the others" if name in TAGS else "")
    bounds = BELIEVED.get(whole)
    limits = [*_limits(field), *([f"{bounds.least} to {bounds.most} {bounds.unit} believed"] if bounds else [])]
    values = "; ".join([_kind(field.annotation), *limits])
    # The reader refuses an analysis plan that leaves one out.
    default = "needed" if path == "analysis" and name not in MAY_BE_LEFT_OUT else _default(field)
    return f"| `{name}` | {_cell(words)} | {_cell(values)} | {_cell(default)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default if field.default is not PydanticUndefined else ""
    if value in (None, (), ""):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _plain(annotation: Any) -> Any:
    """Without what is said beside a type, and without None."""
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    is_optional = NoneType in get_args(annotation)
    return _plain(kinds[0]) if is_optional and len(kinds) == 1 else annotation


def _kind(annotation: Any) -> str:
    """The values in words: a list of them, or of what sort they are."""
    plain = _plain(annotation)
    if tables := list(parts_in(plain)):
        kinds = sorted({tag_of(table) for table in tables} - {""})
        return ("list of tables" if get_origin(plain) is tuple else "table") + (
            f": {', '.join(kinds)}" if kinds else ""
        )
    if get_args(plain) == FORM_CODES:
        return "code of a form"
    if get_origin(plain) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(plain))
    if get_origin(plain) is tuple:
        return f"list of {_kind(get_args(plain)[0])}"
    if get_origin(plain) in (Union, UnionType):
        return " or ".join(map(_kind, get_args(plain)))
    if get_origin(plain) is dict:
        of_paths = getattr(get_args(plain)[0], "__name__", "") == "str"
        return "a text for each path" if of_paths else f"a {_kind(get_args(plain)[1])} for each code"
    return SIMPLE.get(getattr(plain, "__name__", ""), str(plain))


def _limits(field: FieldInfo) -> Iterator[str]:
    for constraint in (*field.metadata, *getattr(field.annotation, "__metadata__", ())):
        match constraint:
            case annotated_types.Ge(ge=least):
                yield f"{least} or more"
            case annotated_types.Gt(gt=least):
                yield f"more than {least}"
            case annotated_types.Le(le=most):
                yield f"{most} or less"
            case annotated_types.Lt(lt=most):
                yield f"less than {most}"
            case annotated_types.MinLen(min_length=fewest) if fewest > 1:
                yield f"{fewest} or more"
            case StringConstraints(pattern=str() as pattern):
                yield f"as `{pattern}`"


def main() -> None:
    FILE.write_text(reference())
    print(f"{FILE} is written.")


if __name__ == "__main__":
    main()
