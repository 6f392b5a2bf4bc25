"""Reads a laboratory's file of results, or cells pasted from a spreadsheet: one line a result, each with what is wrong
with it in itself.

The format is described in docs/laboratory.md. Nothing here asks the database.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assessments.codelists import NoResult, YesNo, YesNoUnknown
from laboratory.analytes import ANALYTES
from laboratory.results import impossible
from values import UnreadableValue
from values.dates import read_date
from values.numbers import Result, read_result
from values.text_files import TextFile, read_text
from values.texts import plain_text
from values.times import read_time

# The columns, each with an example and what it holds.
COLUMNS = (
    ("subject", "101-001", "the subject's number"),
    ("visit", "C1D8", "the visit by its code or its name"),
    ("sample_date", "2 Mar 2026", "the day of the sample, the same on all lines of one sample; 2026-03-02 is read too"),
    ("analyte", "NEUT", "its short name, or its name as on the form"),
    ("value", "1.4", "the number as reported, or the limit of the method, <0.1"),
    ("unit", "10^9/L", "as the laboratory writes it"),
    ("sample_time", "8:30", "by the 24-hour clock, where known"),
    ("laboratory", "Central laboratory", "where known"),
    ("fasting", "yes", "yes, no or unknown, for chemistry"),
    ("clinically_significant", "no", "yes or no, of a result outside the limits of normal"),
    ("not_done", "Sample not usable", "instead of a value, why there is none"),
)
NEEDED, OPTIONAL = (tuple(name for name, *_ in part) for part in (COLUMNS[:6], COLUMNS[6:]))
MOST_LINES = 2000
MOST_BYTES = 1_000_000
SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
# What Excel writes in front of a file, so that it opens it again in columns.
EXCEL_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
DAY_AND_TIME = re.compile(r"(.*[0-9])[T\s]+([0-9]{1,2}[:hH][0-9]{2})(?::[0-9]{2}(?:\.0+)?)?")
# What a spreadsheet adds to a day without a time.
MIDNIGHT = ("0:00", "00:00")
WITH_COMMA, WITH_POINT = (re.compile(rf"[<>]?\s*[+-]?[0-9]*\{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})") for mark in ",.")


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why."""


@dataclass
class Line:
    """A result as the file has it: `values` by column, the analyte and unit by their codes once they are known.

    `shown` is the value as it was written; `result` what was read of it, None where there is none or it is wrong.
    """

    number: int
    values: dict[str, str]
    shown: str = ""
    analyte: str = ""
    unit: str = ""
    result: Result | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def panel(self) -> str:
        return ANALYTES[self.analyte].panel if self.analyte else ""

    @property
    def words(self) -> str:
        """The result as it is stored: 9.5 g/dL; why there is none, where there is none."""
        if self.result is None:
            return str(NoResult(self.values["not_done"]).label) if self.values.get("not_done") else ""
        return f"{self.result} {ANALYTES[self.analyte].unit(self.unit).label}" if self.unit else str(self.result)

    @property
    def analyte_label(self) -> str:
        return ANALYTES[self.analyte].label if self.analyte else self.values["analyte"]

    @property
    def says_something(self) -> bool:
        """Whether there is a result with its unit, or a reason for none, that could be read."""
        return (self.result is not None and bool(self.unit)) or bool(self.values.get("not_done"))

    def tell(self, error: str) -> None:
        if error not in self.errors:
            self.errors.append(error)


@dataclass(frozen=True)
class LaboratoryFile:
    """`notes` are sentences on how the file was read: what was guessed, and what was left out."""

    lines: list[Line]
    notes: list[str]


def read_file(content: bytes | str) -> LaboratoryFile:
    """Raises Unreadable for a file that is no such table; what is wrong with one line stands at that line."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB: split it.")
    try:
        file = _text(content)
    except UnreadableValue as error:
        raise Unreadable(str(error)) from None
    separator, rows = _separated(file.text)
    _, names = next(rows, (0, []))
    columns = _columns(names)
    lines = [Line(number, *_cells(cells, columns)) for number, cells in rows if any(map(_stripped, cells))]
    if not lines:
        raise Unreadable("The file has no results: no line stands under the names of the columns.")
    if len(lines) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES} results: split it.")
    mark = _decimal_mark(separator, [line.values["value"] for line in lines])
    for line in lines:
        _check(line, mark)
    return LaboratoryFile(lines, list(_notes(file, separator, mark, columns, names)))


def _text(content: bytes | str) -> TextFile:
    if isinstance(content, bytes):
        return read_text(content)
    return replace(read_text(content.encode(errors="replace")), encoding="")


def _separated(text: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The separator, and the rows that are not empty, each with the number of its line in the file."""
    lines = text.split("\n")
    begun = next((number for number, line in enumerate(lines) if _stripped(line)), 0)
    separator = EXCEL_SEPARATOR.fullmatch(_stripped(lines[begun]))
    if separator:
        begun = next((number for number, line in enumerate(lines) if number > begun and _stripped(line)), begun)
    by_count = sorted(SEPARATORS, key=lambda mark: lines[begun].count(mark), reverse=True)
    mark = separator[1] if separator else by_count[0]
    if mark not in SEPARATORS:
        raise Unreadable(f"The columns are separated by “{mark}”: write commas, semicolons or tabs.")
    return mark, _rows("\n".join(lines[begun:]), mark, begun)


def _rows(text: str, separator: str, before: int) -> Iterator[tuple[int, list[str]]]:
    table = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(table, None)
        except csv.Error as error:
            where = f"in line {before + begins} or after it"
            if "field larger" in str(error):
                raise Unreadable(f"A cell is far too long, {where}.") from None
            raise Unreadable(f"A quotation mark is opened and not closed as it should be, {where}.") from None
        if cells is None:
            return
        if cells:
            yield before + begins, cells
        begins = table.line_num + 1


def _columns(names: list[str]) -> list[str]:
    """The columns as they are known here, in the order of the file; "" for one that is left out, its place for one that
    has no name."""
    if not any(map(_stripped, names)):
        raise Unreadable("The file is empty.")
    head = [re.sub(r"[\s\-]+", "_", _stripped(name)).lower() for name in names]
    if missing := [name for name in NEEDED if name not in head]:
        raise Unreadable(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if twice := sorted({name for name in head if name and head.count(name) > 1}):
        raise Unreadable(f"A column is named twice: {', '.join(twice)}.")
    known = (*NEEDED, *OPTIONAL)
    return [name if name in known else "" if name else str(place) for place, name in enumerate(head, start=1)]


def _cells(cells: list[str], columns: list[str]) -> tuple[dict[str, str], str]:
    """The values by column, those that are missing at the end of a line empty; and what was written as the value."""
    cells = [_stripped(cell) for cell in cells]
    values = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
    values.pop("", None)
    for place in [name for name in values if name.isdecimal()]:
        if held := values.pop(place):
            values["extra"] = f"Column {place} has no name in the first line, and holds “{held}”."
    extra = len(cells) - len(columns)
    if extra > 0 and any(cells[len(columns) :]):
        quoting = "A value with a comma needs quotation marks in a file with commas."
        values["extra"] = f"{len(cells)} columns instead of {len(columns)}. {quoting}"
    return values, values["value"]


def _decimal_mark(separator: str, written: Iterable[str]) -> str:
    """The decimal mark of a file: "" where its values contradict what its separator says, or say nothing."""
    texts = list(written)
    seen = {mark for mark, form in ((",", WITH_COMMA), (".", WITH_POINT)) if any(map(form.fullmatch, texts))}
    usual = {";": ",", ",": "."}.get(separator)
    if usual:
        return usual if seen <= {usual} else ""
    return seen.pop() if len(seen) == 1 else ""


def _notes(file: TextFile, separator: str, mark: str, columns: list[str], names: list[str]) -> Iterator[str]:
    guessed = " as it is not UTF-8: look whether umlauts and µ are right" if file.is_guessed else ""
    if file.encoding:
        yield f"Read as {file.encoding}{guessed}."
    yield f"The columns are separated by {SEPARATORS[separator]}."
    if mark:
        yield f"The decimal mark is the {'comma' if mark == ',' else 'point'}."
    else:
        yield "Which decimal mark the file uses is not sure: a number with three decimals is refused."
    ignored = [_stripped(name) for name, column in zip(names, columns, strict=True) if not column]
    if ignored:
        yield f"Columns that are left out: {', '.join(ignored)}."


def _check(line: Line, decimal_mark: str) -> None:
    values = line.values
    if extra := values.pop("extra", ""):
        line.tell(extra)
    for name in ("subject", "visit", "sample_date"):
        if not values[name]:
            line.tell(f"The {name.replace('_', ' ')} is missing.")
    _part_time(values)
    _read(line, "sample_date", lambda text: read_date(text).isoformat())
    _read(line, "sample_time", read_time)
    line.analyte = _known(ANALYTES_BY_NAME, values["analyte"])
    if not line.analyte:
        line.tell(f"Unknown analyte “{values['analyte']}”.")
    _check_result(line, decimal_mark)
    for name, codes in CODES.items():
        if values.get(name):
            code = _known(codes, values[name])
            if not code:
                line.tell(f"“{values[name]}” is none of the answers to {name.replace('_', ' ')}.")
            values[name] = code


def _part_time(values: dict[str, str]) -> None:
    """A spreadsheet keeps day and time in one cell: the time of the day is the sample's, where no column tells it."""
    if parts := DAY_AND_TIME.fullmatch(values["sample_date"]):
        day, time = parts.groups()
        if time in MIDNIGHT or values.get("sample_time", "") in ("", time):
            values["sample_date"] = day
            values["sample_time"] = values.get("sample_time", "") if time in MIDNIGHT else time


def _read(line: Line, name: str, read: Callable[[str], str]) -> None:
    """In place of the text its value; of one that cannot be read nothing, and why."""
    if line.values.get(name):
        try:
            line.values[name] = read(line.values[name])
        except UnreadableValue as error:
            line.tell(str(error))
            line.values[name] = ""


def _check_result(line: Line, decimal_mark: str) -> None:
    values = line.values
    if not values["value"]:
        if not values.get("not_done"):
            line.tell("There is neither a value nor a reason in not_done.")
        return
    try:
        line.result = read_result(values["value"], decimal_mark=decimal_mark)
    except UnreadableValue as error:
        line.tell(str(error))
    if not line.analyte:
        return
    analyte = ANALYTES[line.analyte]
    unit = analyte.unit_named(values["unit"])
    if unit is None:
        known = ", ".join(one.label for one in analyte.units)
        written = f"{analyte.label} is not reported in “{values['unit']}”" if values["unit"] else "The unit is missing"
        line.tell(f"{written}; known: {known}.")
        return
    line.unit = unit.code
    if line.result is not None and (cannot := impossible(line.analyte, line.result, line.unit)):
        line.tell(cannot)


def _stripped(text: str) -> str:
    return plain_text(text).strip(" \t\r\n\u00a0\ufeff")


def _by_name(words: Mapping[str, Any]) -> dict[str, str]:
    """Codes by how people write them: code or label, in any case, with or without spaces."""
    return {plain_name(name): code for code, label in words.items() for name in (code, label)}


def plain_name(name: str) -> str:
    """A name without what people write in different ways: blanks, large letters, the length of a dash."""
    return re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"\s+", "", name)).casefold()


def _known(codes: Mapping[str, str], name: str) -> str:
    return codes.get(plain_name(name), "")


ANALYTES_BY_NAME = _by_name({one.code: one.label for one in ANALYTES.values()})
CODES = {
    "fasting": _by_name(dict(YesNoUnknown.choices)),
    "clinically_significant": _by_name(dict(YesNo.choices)),
    "not_done": _by_name(dict(NoResult.choices)),
}
