"""Which visit a row belongs to: by VISITNUM, else by the number that its VISIT has elsewhere, else by its name."""

from collections.abc import Mapping
from dataclasses import replace

from sdtm import keys, numbers
from sdtm.reading import Row
from values.numbers import written

Rows = dict[str, list[Row]]


def named(rows: Rows) -> Rows:
    """The rows with their visit. A name that stands for several numbers, as UNSCHEDULED may, tells none."""
    numbers_of: dict[str, set[str]] = {}
    for row in (row for of_domain in rows.values() for row in of_domain):
        if (number := _number(row)) and row["VISIT"]:
            numbers_of.setdefault(keys.term(row["VISIT"]), set()).add(number)
    return {
        domain: [replace(row, visit=_visit(row, numbers_of)) for row in of_domain] for domain, of_domain in rows.items()
    }


def _number(row: Row) -> str:
    number = numbers.read(row, "VISITNUM").value
    return "" if number is None else written(number)


def _visit(row: Row, numbers_of: Mapping[str, set[str]]) -> str:
    name = keys.term(row["VISIT"])
    known = numbers_of.get(name, set())
    return _number(row) or (next(iter(known)) if len(known) == 1 else name)
