"""Reads a laboratory's file of results, or cells pasted from a spreadsheet: one line a result, each with what is wrong
with it in itself.

The format is described in docs/laboratory.md. Nothing here asks the database.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from assessments.codelists import NoResult, YesNo, YesNoUnknown
from laboratory.analytes import ANALYTES
from laboratory.results import impossible
from values import UnreadableValue
from values.dates import read_date
from values.numbers import Result, read_result
from values.tables import Table, by_name, decimal_mark, plain_name, read_table
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
DAY_AND_TIME = re.compile(r"(.*[0-9])[T\s]+([0-9]{1,2}[:hH][0-9]{2})(?::[0-9]{2}(?:\.0+)?)?")
# What a spreadsheet adds to a day without a time.
MIDNIGHT = ("0:00", "00:00")


@dataclass
class ResultLine:
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

    lines: list[ResultLine]
    notes: list[str]


def read_file(content: bytes | str) -> LaboratoryFile:
    """Raises UnreadableValue for a file that is no such table; what is wrong with one line stands at that line."""
    table = read_table(content, needed=NEEDED, optional=OPTIONAL, of="results", most_lines=MOST_LINES)
    lines = [
        ResultLine(line.number, line.values, shown=line.values["value"], errors=line.errors) for line in table.lines
    ]
    mark = decimal_mark(table.separator, [line.values["value"] for line in lines])
    for line in lines:
        _check(line, mark)
    return LaboratoryFile(lines, list(_notes(table, mark)))


def _notes(table: Table, mark: str) -> Iterator[str]:
    yield from table.notes()
    if mark:
        yield f"The decimal mark is the {'comma' if mark == ',' else 'point'}."
    else:
        yield "Which decimal mark the file uses is not sure: a number with three decimals is refused."


def _check(line: ResultLine, decimal_mark: str) -> None:
    values = line.values
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
                line.tell(f"“{values[name]}” is not one of the answers to {name.replace('_', ' ')}.")
            values[name] = code


def _part_time(values: dict[str, str]) -> None:
    """A spreadsheet keeps day and time in one cell: the time of the day is the sample's, where no column tells it."""
    if parts := DAY_AND_TIME.fullmatch(values["sample_date"]):
        day, time = parts.groups()
        if time in MIDNIGHT or values.get("sample_time", "") in ("", time):
            values["sample_date"] = day
            values["sample_time"] = values.get("sample_time", "") if time in MIDNIGHT else time


def _read(line: ResultLine, name: str, read: Callable[[str], str]) -> None:
    """In place of the text its value; of one that cannot be read nothing, and why."""
    if line.values.get(name):
        try:
            line.values[name] = read(line.values[name])
        except UnreadableValue as error:
            line.tell(str(error))
            line.values[name] = ""


def _check_result(line: ResultLine, decimal_mark: str) -> None:
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
        known = ", ".join(unit.label for unit in analyte.units)
        written = f"{analyte.label} is not reported in “{values['unit']}”" if values["unit"] else "The unit is missing"
        line.tell(f"{written}; known: {known}.")
        return
    line.unit = unit.code
    if line.result is not None and (cannot := impossible(line.analyte, line.result, line.unit)):
        line.tell(cannot)


def _known(codes: Mapping[str, str], name: str) -> str:
    return codes.get(plain_name(name), "")


ANALYTES_BY_NAME = by_name({analyte.code: analyte.label for analyte in ANALYTES.values()})
CODES = {
    "fasting": by_name(dict(YesNoUnknown.choices)),
    "clinically_significant": by_name(dict(YesNo.choices)),
    "not_done": by_name(dict(NoResult.choices)),
}
