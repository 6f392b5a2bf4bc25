"""A table as people bring it: CSV or tab-separated text, as a file or as cells pasted from a spreadsheet, read line by
line under the names of its columns."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from values.text_files import TextFile, read_text
from values.texts import plain_text
from values.unreadable import UnreadableValue, quoted

Read = TypeVar("Read")
MOST_BYTES = 1_000_000
# Of our own, as the limit of the csv module is everybody's: scipy lifts it for a whole process.
LONGEST_CELL = 100_000
CELL_TOO_LONG = "A cell is far too long"
# How a cell begins that a spreadsheet works out.
FORMULA = ("=", "+", "-", "@")
SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
# What Excel writes in front of a file, so that it opens it again in columns.
EXCEL_SEPARATOR = re.compile(r"sep=(.)", re.IGNORECASE)
WITH_COMMA, WITH_POINT = (re.compile(rf"[<>]?\s*[+-]?[0-9]*\{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})") for mark in ",.")


@dataclass
class Line:
    """A line of the table: `values` by column, "" for what is not there, and what is wrong with it.

    `number` is that of the line in the file.
    """

    number: int
    values: dict[str, str]
    errors: list[str] = field(default_factory=list)

    def wrong(self, column: str, sentence: str) -> None:
        """Say what is wrong in a column."""
        self.errors.append(f"{column}: {sentence}")

    def read(self, column: str, reader: Callable[[str], Read]) -> Read | None:
        """What the cell says by a reader of values; None where it is empty, or cannot be read, which is said."""
        if not self.values[column]:
            return None
        try:
            return reader(self.values[column])
        except UnreadableValue as error:
            self.wrong(column, str(error))
            return None

    def require(self, *columns: str) -> None:
        for column in columns:
            if not self.values[column]:
                self.wrong(column, "is missing.")

    def refuse_line_breaks(self, *columns: str) -> None:
        """Texts that stand on one line wherever they are shown."""
        for column in columns:
            if len(self.values[column].splitlines()) > 1:
                self.wrong(column, "has a line break within: write it on one line.")

    def refuse_formulas(self, *columns: str) -> None:
        """Texts that a spreadsheet would work out: what was meant is not in the file."""
        for column in columns:
            if self.values[column].startswith(FORMULA):
                cell = quoted(self.values[column])
                self.wrong(column, f"{cell} begins as a formula of a spreadsheet does: save the values of the cells.")


@dataclass(frozen=True)
class Table:
    """`ignored` are the columns that nobody asked for, as they are called."""

    lines: list[Line]
    file: TextFile
    separator: str
    ignored: list[str]

    def notes(self) -> Iterator[str]:
        """How it was read, in sentences: what was guessed, and what was left out."""
        guessed = " as it is not UTF-8: look whether umlauts and µ are right" if self.file.is_guessed else ""
        if self.file.encoding:
            yield f"Read as {self.file.encoding}{guessed}."
        yield f"The columns are separated by {SEPARATORS[self.separator]}."
        if self.ignored:
            yield f"Columns that are left out: {', '.join(self.ignored)}."


def read_table(
    content: bytes | str,
    *,
    needed: Sequence[str],
    optional: Sequence[str],
    of: str,
    most_lines: int = 2000,
) -> Table:
    """The lines under the names of the columns, in any order; names are taken in any case, with blanks or dashes for
    `_`. Each line has each column that was asked for.

    `of` is what the lines are, in the plural. Raises UnreadableValue for a file that is no such table; what is wrong
    with one line stands at that line.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableValue("The file is larger than 1 MB: split it.")
    file = _text(content)
    separator, rows = _separated(file.text)
    _, names = next(rows, (0, []))
    columns = _columns(names, needed, optional)
    blank = dict.fromkeys((*needed, *optional), "")
    lines = [_line(number, cells, columns, blank) for number, cells in rows if any(map(stripped, cells))]
    if not lines:
        raise UnreadableValue(f"The file has no {of}: no line stands under the names of the columns.")
    if len(lines) > most_lines:
        raise UnreadableValue(f"The file has more than {most_lines} {of}: split it.")
    ignored = [stripped(name) for name, column in zip(names, columns, strict=True) if not column]
    return Table(lines, file, separator, ignored)


def decimal_mark(separator: str, written: Iterable[str]) -> str:
    """The decimal mark of a file: "" where its values contradict what its separator says, or say nothing."""
    texts = list(written)
    seen = {mark for mark, form in ((",", WITH_COMMA), (".", WITH_POINT)) if any(map(form.fullmatch, texts))}
    usual = {";": ",", ",": "."}.get(separator)
    if usual:
        return usual if seen <= {usual} else ""
    return seen.pop() if len(seen) == 1 else ""


def plain_name(name: str) -> str:
    """A name without what people write in different ways: blanks, large letters, the length of a dash."""
    return re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"\s+", "", name)).casefold()


def by_name(words: Mapping[str, object]) -> dict[str, str]:
    """Codes by how people write them: code or label, in any case, with or without spaces."""
    return {plain_name(str(name)): code for code, label in words.items() for name in (code, label)}


def stripped(text: str) -> str:
    return plain_text(text).strip(" \t\r\n\u00a0\ufeff")


def _text(content: bytes | str) -> TextFile:
    if isinstance(content, bytes):
        return read_text(content)
    return replace(read_text(content.encode(errors="replace")), encoding="")


def _separated(text: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The separator, and the rows that are not empty, each with the number of its line in the file."""
    lines = text.split("\n")
    begun = next((number for number, line in enumerate(lines) if stripped(line)), 0)
    separator = EXCEL_SEPARATOR.fullmatch(stripped(lines[begun]))
    if separator:
        begun = next((number for number, line in enumerate(lines) if number > begun and stripped(line)), begun)
    by_count = sorted(SEPARATORS, key=lambda mark: lines[begun].count(mark), reverse=True)
    mark = separator[1] if separator else by_count[0]
    if mark not in SEPARATORS:
        raise UnreadableValue(f"The columns are separated by “{mark}”: write commas, semicolons or tabs.")
    return mark, _rows("\n".join(lines[begun:]), mark, begun)


def _rows(text: str, separator: str, before: int) -> Iterator[tuple[int, list[str]]]:
    table = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(table, None)
        except csv.Error as error:
            raise UnreadableValue(f"{_fault(str(error))}, in line {before + begins} or after it.") from None
        if cells is None:
            return
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise UnreadableValue(f"{CELL_TOO_LONG}, in line {before + begins} or after it.")
        if cells:
            yield before + begins, cells
        begins = table.line_num + 1


def _fault(of_csv: str) -> str:
    if "field larger" in of_csv:
        return CELL_TOO_LONG
    return "A quotation mark is opened and not closed as it should be"


def _columns(names: list[str], needed: Sequence[str], optional: Sequence[str]) -> list[str]:
    """The columns as they are known here, in the order of the file; "" for one that is left out, its place for one that
    has no name."""
    if not any(map(stripped, names)):
        raise UnreadableValue("The file is empty.")
    head = [re.sub(r"[\s\-]+", "_", stripped(name)).lower() for name in names]
    if missing := [name for name in needed if name not in head]:
        raise UnreadableValue(f"The first line must name the columns; missing: {', '.join(missing)}.")
    if twice := sorted({name for name in head if name and head.count(name) > 1}):
        raise UnreadableValue(f"A column is named twice: {', '.join(twice)}.")
    known = (*needed, *optional)
    return [name if name in known else "" if name else str(place) for place, name in enumerate(head, start=1)]


def _line(number: int, cells: list[str], columns: list[str], blank: dict[str, str]) -> Line:
    """The values by column, those that are missing at the end of the line empty."""
    cells = [stripped(cell) for cell in cells]
    values = blank | dict(zip(columns, cells, strict=False))
    values.pop("", None)
    errors = []
    for place in [name for name in values if name.isdecimal()]:
        if held := values.pop(place):
            errors = [f"Column {place} has no name in the first line, and holds “{held}”."]
    extra = len(cells) - len(columns)
    if extra > 0 and any(cells[len(columns) :]):
        quoting = "A value with a comma needs quotation marks in a file with commas."
        errors = [f"{len(cells)} columns instead of {len(columns)}. {quoting}"]
    return Line(number, values, errors)
