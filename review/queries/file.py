"""Reads a file of queries to raise: one line a query, each with what is wrong with it in itself.

Columns: `subject` and `text`; where known `visit` and `form` (or `form_id`), `item`, `to`. A line without a form asks
about the subject as a whole. Nothing here asks the database.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from assessments.catalogue import CATALOGUE
from values.numbers import read_key
from values.tables import Line, Table, read_table
from values.texts import plain_text
from values.unreadable import UnreadableValue

NEEDED = ("subject", "text")
OPTIONAL = ("visit", "form", "form_id", "item", "to")
MOST_LINES = 2000
LONGEST = 2000


def read_questions(content: bytes | str) -> Table:
    """Raises UnreadableValue for a file that is no such table; what is wrong with one line stands at that line."""
    table = read_table(content, needed=NEEDED, optional=OPTIONAL, of="questions", most_lines=MOST_LINES)
    for line in table.lines:
        line.errors += _wrong(line.values)
    return table


def given_lines(rows: list[Any]) -> list[Line]:
    """The same of a list of objects, as the API has them. Raises UnreadableValue for too many, or none."""
    if not rows:
        raise UnreadableValue("There are no queries.")
    if len(rows) > MOST_LINES:
        raise UnreadableValue(f"There are more than {MOST_LINES:,} queries: split them.")
    return [_given(number, row if isinstance(row, Mapping) else {}) for number, row in enumerate(rows, start=1)]


def _given(number: int, row: Mapping[str, Any]) -> Line:
    line = Line(number, {name: _word(row.get(name)) for name in (*NEEDED, *OPTIONAL)})
    line.errors += _wrong(line.values)
    line.errors += [f"There is no such column: {name}." for name in row if name not in line.values]
    return line


def _word(value: Any) -> str:
    return plain_text(str(value)).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


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
