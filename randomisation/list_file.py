"""Reads a list of allocations: a line a number, in the order in which the numbers are given. Asks no database."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from trialsite.protocol.fault import unknown
from trialsite.protocol.randomisation import Randomisation
from values import UnreadableValue
from values.text_files import read_text

MOST_BYTES = 1_000_000
MOST_LINES = 10_000
LONGEST_NUMBER = 20
SEPARATORS = ",;\t"


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why."""


@dataclass
class Line:
    """One number, in line `at` of the file: its stratum as Randomisation.key calls it, and the code of its group."""

    at: int
    number: str = ""
    stratum: str = ""
    group: str = ""
    errors: list[str] = field(default_factory=list)


def read_list(content: bytes | str, randomisation: Randomisation, sites: Collection[str]) -> list[Line]:
    """Each line with what is wrong with it. Raises Unreadable for a file that is no such table."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MB.")
    try:
        text = content if isinstance(content, str) else read_text(content).text
    except UnreadableValue as error:
        raise Unreadable(str(error)) from None
    rows = _rows(text)
    head = [name.strip().lower() for name in next(rows, (0, []))[1]]
    _refuse_columns(head, randomisation.columns)
    lines = [_Reader(randomisation, sites).line(at, dict(zip(head, cells, strict=False))) for at, cells in rows]
    if not lines:
        raise Unreadable("The file has no numbers: no line stands under the names of the columns.")
    if len(lines) > MOST_LINES:
        raise Unreadable(f"The file has {len(lines)} lines, and {MOST_LINES} at most are taken at once.")
    times = Counter(line.number for line in lines)
    for line in lines:
        if line.number and times[line.number] > 1:
            line.errors.append(f"The number {line.number} is there {times[line.number]} times.")
    return lines


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, each with its line in the file."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    table = csv.reader(io.StringIO(text), delimiter=max(SEPARATORS, key=first.count), strict=True)
    try:
        for cells in table:
            if any(cell.strip() for cell in cells):
                yield table.line_num, cells
    except csv.Error as error:
        raise Unreadable(f"The table cannot be read in line {table.line_num}: {error}.") from None


def _refuse_columns(head: Sequence[str], needed: Sequence[str]) -> None:
    left, more = [name for name in needed if name not in head], [name for name in head if name not in needed]
    if left or more or len(set(head)) < len(head):
        without = f" Missing: {', '.join(left)}." if left else ""
        beside = f" Not known: {', '.join(map(repr, more))}." if more else ""
        raise Unreadable(f"The columns are {', '.join(needed)}, each once.{without}{beside}")


class _Reader:
    def __init__(self, randomisation: Randomisation, sites: Collection[str]) -> None:
        self.randomisation, self.sites = randomisation, sites

    def line(self, at: int, cells: dict[str, str]) -> Line:
        values = {name: value.strip() for name, value in cells.items()}
        line = Line(at, number=values.get("number", ""))
        if not 0 < len(line.number) <= LONGEST_NUMBER:
            line.errors.append(f"A number has 1 to {LONGEST_NUMBER} characters.")
        line.group = self._one_of(line, "group", values, self.randomisation.cohorts)
        site = self._one_of(line, "site", values, self.sites) if self.randomisation.by_site else ""
        levels = {one.item: self._one_of(line, one.item, values, one.names) for one in self.randomisation.strata}
        line.stratum = self.randomisation.key(site, levels)
        return line

    @staticmethod
    def _one_of(line: Line, name: str, values: dict[str, str], known: Collection[str]) -> str:
        """The value as it is known; what is wrong with it goes to the line."""
        value = values.get(name, "")
        meant = next((one for one in known if one.lower() == value.lower()), "")
        if not value:
            line.errors.append(f"{name} is empty.")
        elif not meant:
            line.errors.append(f"{unknown(name, value, known).capitalize()}.".replace("?.", "?"))
        return meant
