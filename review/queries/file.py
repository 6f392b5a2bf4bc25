"""Reads a file of questions: one line a question, each with what is wrong with it in itself.

Columns: `subject` and `text`; where known `visit` and `form` (or `form_id`), `item`, `to`. A line without a form asks
about the subject as a whole. Nothing here asks the database.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.catalogue import CATALOGUE
from values.numbers import read_key
from values.text_files import TextFile, read_text
from values.texts import plain_text
from values.unreadable import UnreadableValue

NEEDED = ("subject", "text")
OPTIONAL = ("visit", "form", "form_id", "item", "to")
MOST_LINES = 2000
MOST_BYTES = 1_000_000
LONGEST = 2000


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why."""


@dataclass
class Line:
    """A question as it was given: `values` by column, "" for what is not there."""

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.errors += _wrong(self.values)


def read_lines(content: bytes | str) -> list[Line]:
    """Raises Unreadable for a file that is no such table; what is wrong with one line stands at that line."""
    text = text_of(content).text
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = _read(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Unreadable("The file is no table: a quotation mark is opened and not closed.") from None
    return _counted(lines)


def given_lines(rows: list[Any]) -> list[Line]:
    """The same of a list of objects, as the API has them."""
    lines = []
    for number, row in enumerate(rows, start=1):
        values = row if isinstance(row, Mapping) else {}
        line = Line(number, {name: _word(values.get(name)) for name in (*NEEDED, *OPTIONAL)})
        line.errors += [f"There is no such column: {name}." for name in values if name not in line.values]
        lines.append(line)
    return _counted(lines)


def _counted(lines: list[Line]) -> list[Line]:
    if not lines:
        raise Unreadable("There are no questions.")
    if len(lines) > MOST_LINES:
        raise Unreadable(f"There are more than {MOST_LINES:,} questions: split them.")
    return lines


def _word(value: Any) -> str:
    return plain_text(str(value)).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def text_of(content: bytes | str) -> TextFile:
    """The file as text, with how its characters were read. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB: split it.")
    try:
        return read_text(content if isinstance(content, bytes) else content.encode(errors="replace"))
    except UnreadableValue as error:
        raise Unreadable(str(error)) from None


def _read(table: Any) -> list[Line]:
    head = [name.strip().lower() for name in next(table, [])]
    if missing := [name for name in NEEDED if name not in head]:
        raise Unreadable(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if unknown := [name for name in head if name not in (*NEEDED, *OPTIONAL)]:
        raise Unreadable(f"Unknown columns: {', '.join(unknown)}.")
    if len(set(head)) < len(head):
        raise Unreadable("A column is named twice.")
    return list(_lines(table, head))


def _lines(table: Any, head: list[str]) -> Iterator[Line]:
    blank = dict.fromkeys((*NEEDED, *OPTIONAL), "")
    for cells in table:
        if any(plain_text(cell).strip() for cell in cells):
            line = Line(
                table.line_num, blank | dict(zip(head, (plain_text(cell).strip() for cell in cells), strict=False))
            )
            if len(cells) != len(head):
                line.errors = [f"{len(cells)} columns instead of {len(head)}."]
            yield line


def _wrong(values: dict[str, str]) -> Iterator[str]:
    for name in NEEDED:
        if not values[name]:
            yield f"The {name} is missing."
    if len(values["text"]) > LONGEST:
        yield f"The text has more than {LONGEST:,} characters."
    if values["form"] and values["form"] not in CATALOGUE:
        yield f"There is no form “{values['form']}”."
    if values["form_id"] and read_key(values["form_id"]) is None:
        yield "The form_id is the number of a form."
    if (values["item"] or values["visit"]) and not (values["form"] or values["form_id"]):
        yield "An item or a visit needs its form."
