"""Reads a laboratory's file of results: one line a result, each with what is wrong with it in itself.

The format is described in docs/laboratory.md. Nothing here asks the database.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.codelists import NoResult, YesNo, YesNoUnknown
from laboratory.analytes import ANALYTES

NEEDED = ("subject", "visit", "sample_date", "analyte", "value", "unit")
OPTIONAL = ("sample_time", "laboratory", "fasting", "clinically_significant", "not_done")
MOST_LINES = 2000
MOST_BYTES = 1_000_000
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# With few digits in the exponent: written out, 1e99999999 would fill the memory.
NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?(?:[eE][+-]?\d{1,2})?")
THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why."""


@dataclass
class Line:
    """A result as the file has it: `values` by column, the analyte and unit by their codes once they are known."""

    number: int
    values: dict[str, str]
    analyte: str = ""
    unit: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def panel(self) -> str:
        return ANALYTES[self.analyte].panel if self.analyte else ""


def read_lines(content: bytes | str) -> list[Line]:
    """Raises Unreadable for a file that is no such table; what is wrong with one line stands at that line."""
    text = _text(content)
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        return _read(csv.reader(io.StringIO(text), delimiter=delimiter), comma_is_decimal=delimiter == ";")
    except csv.Error:
        raise Unreadable("The file is no table: a quotation mark is opened and not closed.") from None


def _read(table: Iterator[list[str]], *, comma_is_decimal: bool) -> list[Line]:
    head = [name.strip().lower() for name in next(table, [])]
    if missing := [name for name in NEEDED if name not in head]:
        raise Unreadable(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if unknown := [name for name in head if name not in (*NEEDED, *OPTIONAL)]:
        raise Unreadable(f"Unknown columns: {', '.join(unknown)}.")
    if len(set(head)) < len(head):
        raise Unreadable("A column is named twice.")
    lines = list(_lines(table, head, comma_is_decimal))
    if not lines:
        raise Unreadable("The file has no results.")
    if len(lines) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES} results: split it.")
    return lines


def _text(content: bytes | str) -> str:
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB: split it.")
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is not UTF-8 text.") from None
    if "\0" in text:
        raise Unreadable("The file is not text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _lines(table: Iterator[list[str]], head: list[str], comma_is_decimal: bool) -> Iterator[Line]:
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        number = getattr(table, "line_num", 0)
        line = Line(number, dict(zip(head, (cell.strip() for cell in cells), strict=False)))
        if len(cells) != len(head):
            line.errors.append(f"{len(cells)} columns instead of {len(head)}.")
        else:
            _check(line, comma_is_decimal)
        yield line


def _check(line: Line, comma_is_decimal: bool) -> None:
    values = line.values
    for name in ("subject", "visit", "sample_date"):
        if not values[name]:
            line.errors.append(f"The {name.replace('_', ' ')} is missing.")
    if values["sample_date"] and not DAY.fullmatch(values["sample_date"]):
        line.errors.append(f"“{values['sample_date']}” is no date: write YYYY-MM-DD.")
    line.analyte = _known(ANALYTES_BY_NAME, values["analyte"])
    if not line.analyte:
        line.errors.append(f"Unknown analyte “{values['analyte']}”.")
    _check_result(line, comma_is_decimal)
    for name, codes in CODES.items():
        if values.get(name):
            code = _known(codes, values[name])
            values[name] = code or values[name]
            if not code:
                line.errors.append(f"“{values[name]}” is none of the answers to {name.replace('_', ' ')}.")


def _check_result(line: Line, comma_is_decimal: bool) -> None:
    values, reported = line.values, line.values["value"]
    if not reported:
        if not values.get("not_done"):
            line.errors.append("There is neither a value nor a reason in not_done.")
        return
    values["value"] = f"{Decimal(reported.replace(',', '.')):f}" if NUMBER.fullmatch(reported) else ""
    if not values["value"]:
        line.errors.append("The value is not a number.")
    elif not comma_is_decimal and THOUSANDS.fullmatch(reported):
        line.errors.append(f"“{reported}” may be thousands or decimals: write {reported.replace(',', '')} or a point.")
    if line.analyte:
        units = {unit.code: unit.label for unit in ANALYTES[line.analyte].units}
        line.unit = _known(_by_name(units), values["unit"])
        if not line.unit:
            known = ", ".join(units.values())
            line.errors.append(f"{ANALYTES[line.analyte].label} is not reported in “{values['unit']}”; known: {known}.")


def _by_name(words: Mapping[str, str]) -> dict[str, str]:
    """Codes by how people write them: code or label, in any case, with or without spaces."""
    return {_plain(name): code for code, label in words.items() for name in (code, label)}


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold().replace("μ", "µ")


def _known(codes: Mapping[str, str], name: str) -> str:
    return codes.get(_plain(name), "")


ANALYTES_BY_NAME = _by_name({one.code: one.label for one in ANALYTES.values()})
CODES = {
    "fasting": _by_name(dict(YesNoUnknown.choices)),
    "clinically_significant": _by_name(dict(YesNo.choices)),
    "not_done": _by_name(dict(NoResult.choices)),
}
