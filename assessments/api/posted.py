"""A case form as JSON: checks its shape alone. What its values must be is checked where a page's are (entry.py)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.catalogue import FormType
from assessments.forms.building import MOST_ROWS, record_form, row_set
from components.numbers import with_points

MOST_VERSION = 2**31 - 1
PLACE = ("subject", "visit")
SAVE_NEW = ("complete", "reason", "record", "rows")
SAVE = ("version", *SAVE_NEW)
Errors = dict[str, list[str]]
Row = Mapping[str, Any]


class Misshapen(Exception):
    """The JSON is not a case form; `errors` says where, by the names that a page uses."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True)
class Posted:
    """`version` is the one that was read before the change; None for a form that is new."""

    version: int | None = None
    complete: bool = False
    reason: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


def posted(form_type: FormType, data: Any, taken: Collection[str] = SAVE) -> Posted:
    """Raises Misshapen for names that are not `taken` and for values that no field could have."""
    errors = dict(_misshapen(form_type, data, taken)) if isinstance(data, dict) else {"": ["Send a JSON object."]}
    if errors:
        raise Misshapen(errors)
    sent = {name: data[name] for name in SAVE if name in data}
    record, rows = exact(form_type, sent.get("record", {}), sent.get("rows", []))
    return Posted(**sent | {"record": record, "rows": rows})


def exact(form_type: FormType, record: Row, rows: Iterable[Row]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A record and rows of a source whose decimal mark is the point: numbers that it writes as texts, as numbers."""
    of_rows = row_set(form_type).form.base_fields if form_type.rows is not None else {}
    return with_points(record_form(form_type).base_fields, record), [with_points(of_rows, row) for row in rows]


def _misshapen(form_type: FormType, data: dict[str, Any], taken: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    for name in data.keys() - {*taken}:
        yield str(name), [f"There is no such part of what is sent of a form. Known: {', '.join(taken)}."]
    version = data.get("version")
    if version is not None and (type(version) is not int or not 0 < version <= MOST_VERSION):
        yield "version", ["Give the version that you read, a whole number."]
    if type(data.get("complete", False)) is not bool:
        yield "complete", ["Say true or false."]
    if (
        not isinstance(data.get("reason", ""), str)
        or len(data.get("reason", "")) > 500
        or "\0" in data.get("reason", "")
    ):
        yield "reason", ["Give the reason in words, 500 characters at most."]
    if isinstance(data.get("record", {}), dict):
        yield from _values(data.get("record", {}), record_form(form_type).base_fields, "")
    else:
        yield "record", ["Send an object of items."]
    yield from _rows(form_type, data.get("rows", []))


def _rows(form_type: FormType, rows: Any) -> Iterator[tuple[str, list[str]]]:
    if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
        yield "rows", [f"Send a list of objects, {MOST_ROWS} at most."]
        return
    if rows and form_type.rows is None:
        yield "rows", ["This form has no rows."]
        return
    seen = set()
    for number, row in enumerate(rows):
        yield from _values(row, row_set(form_type).form.base_fields, f"rows-{number}-")
        name = row.get("label") or row.get("analyte") or row.get("row")
        if name and str(name) in seen:
            yield f"rows-{number}", [f"Row {name} appears twice."]
        seen.add(str(name))


def _values(values: dict[str, Any], known: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for name, value in values.items():
        if name not in known:
            yield f"{prefix}{name}", ["This form has no such item."]
        elif not _fits(name, value):
            yield f"{prefix}{name}", ["Send one value: a text, a number or null."]


def _fits(name: str, value: Any) -> bool:
    if name == "struck_out":
        return isinstance(value, bool)
    if name == "diameters_mm" and isinstance(value, list):
        return len(value) <= 20 and all(_fits("", part) and part is not None for part in value)
    return value is None or (isinstance(value, str | int | Decimal) and not isinstance(value, bool))
