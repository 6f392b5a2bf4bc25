"""Reads a list of allocations: a line a number, in the order in which the numbers are given. Asks no database."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from protocol.fault import unknown
from protocol.randomisation import Randomisation
from values import UnreadableValue, tables
from values.tables import read_table

MOST_LINES = 10_000
LONGEST_NUMBER = 20


@dataclass
class AllocationLine:
    """One number, in line `at` of the file: its stratum as Randomisation.key calls it, and the code of its group."""

    at: int
    number: str
    stratum: str = ""
    group: str = ""
    errors: list[str] = field(default_factory=list)


def read_list(content: bytes | str, randomisation: Randomisation, sites: Collection[str]) -> list[AllocationLine]:
    """Each line with what is wrong with it. Raises UnreadableValue for a file that is no such table."""
    table = read_table(content, needed=randomisation.columns, optional=(), of="numbers", most_lines=MOST_LINES)
    if table.ignored:
        # It may be a stratum that the protocol file does not know.
        raise UnreadableValue(f"Columns that the list may not have: {', '.join(table.ignored)}.")
    lines = [_line(line, randomisation, sites) for line in table.lines]
    times = Counter(line.number for line in lines)
    for line in lines:
        if line.number and times[line.number] > 1:
            line.errors.append(f"The number {line.number} is there {times[line.number]} times.")
    return lines


def _line(read: tables.Line, randomisation: Randomisation, sites: Collection[str]) -> AllocationLine:
    line = AllocationLine(read.number, read.values["number"], errors=list(read.errors))
    if not 0 < len(line.number) <= LONGEST_NUMBER:
        line.errors.append(f"A number has 1 to {LONGEST_NUMBER} characters.")
    line.group = _one_of(line, "group", read.values, randomisation.cohorts)
    site = _one_of(line, "site", read.values, sites) if randomisation.by_site else ""
    levels = {stratum.item: _one_of(line, stratum.item, read.values, stratum.names) for stratum in randomisation.strata}
    line.stratum = randomisation.key(site, levels)
    return line


def _one_of(line: AllocationLine, name: str, values: dict[str, str], known: Collection[str]) -> str:
    """The value as it is known; what is wrong with it goes to the line."""
    value = values[name]
    meant = next((known_name for known_name in known if known_name.lower() == value.lower()), "")
    if not value:
        line.errors.append(f"{name} is empty.")
    elif not meant:
        line.errors.append(f"{unknown(name, value, known).capitalize()}.".replace("?.", "?"))
    return meant
