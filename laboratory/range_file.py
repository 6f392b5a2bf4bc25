"""The reference ranges of laboratories from a file: lines are added to the lists of the sites, and none is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from accounts.access import Access
from accounts.actor import Actor
from accounts.models import Site
from accounts.planned import Planned
from accounts.roles import Permission
from laboratory.analytes import ANALYTES
from laboratory.models import ReferenceRange
from laboratory.services import add_range, contradictions
from values.dates import read_date, shown_date
from values.numbers import read_number
from values.tables import Line, Table, by_name, decimal_mark, plain_name
from values.unreadable import UnreadableValue, quoted

# The columns, each with an example and what it holds.
COLUMNS = (
    ("site", "101", "by its code"),
    ("analyte", "HGB", "its short name, or its name as on the form"),
    ("unit", "g/dL", "as the laboratory writes it"),
    ("low", "12.0", "lower limit of normal; empty where there is none"),
    ("high", "16.0", "upper limit of normal; empty where there is none"),
    ("valid_from", "1 Jan 2026", "the first day on which the line holds"),
    ("valid_to", "31 Dec 2026", "the last one; empty while it holds"),
    ("sex", "F", "F or M; empty for both"),
    ("age_from", "18", "completed years, included; empty for all"),
    ("age_to", "64", "completed years, included; empty for no end"),
)
NEEDED, OPTIONAL = (tuple(name for name, *_ in part) for part in (COLUMNS[:6], COLUMNS[6:]))
ANALYTE_NAMES = by_name({analyte.code: analyte.label for analyte in ANALYTES.values()})
SEXES = {"": "", "both": "", "all": "", "f": "F", "female": "F", "women": "F", "m": "M", "male": "M", "men": "M"}
OLDEST = 150


@dataclass(frozen=True, slots=True)
class _Held:
    """A line that is there, or stands earlier in the file, with where."""

    values: dict[str, Any]
    where: str
    is_recorded: bool


def plan_ranges(table: Table, access: Access) -> list[Planned]:
    """What each line would do, at sites where the user keeps the ranges. Two statements."""
    allowed = access.limit(Site.objects.all(), Permission.MANAGE_RANGES, site="pk")
    sites = {site.code: site for site in allowed}
    held: dict[tuple[int, str], list[_Held]] = {}
    for stored_range in ReferenceRange.objects.filter(site__in=allowed):
        values = {name: getattr(stored_range, name) for name in _COMPARED}
        held.setdefault((stored_range.site_id, stored_range.analyte), []).append(_Held(values, "here already", True))
    mark = decimal_mark(table.separator, (line.values[end] for line in table.lines for end in ("low", "high")))
    return [_plan(line, mark, sites, held) for line in table.lines]


def _plan(line: Line, mark: str, sites: dict[str, Site], held: dict[tuple[int, str], list[_Held]]) -> Planned:
    line.require("site", "analyte", "unit", "valid_from")
    site, analyte = sites.get(line.values["site"].upper()), ANALYTE_NAMES.get(plain_name(line.values["analyte"]), "")
    if line.values["site"] and site is None:
        line.wrong("site", f"There is no site {quoted(line.values['site'])}: import the sites first.")
    if line.values["analyte"] and not analyte:
        line.wrong("analyte", f"Unknown analyte {quoted(line.values['analyte'])}.")
    values = _values(line, analyte, mark)
    if line.errors or site is None:
        return Planned(line)
    for column, sentence in contradictions(ReferenceRange(site=site, analyte=analyte, **values)):
        line.wrong(column, sentence)
    others = held.setdefault((site.pk, analyte), [])
    if same := next((other for other in others if other.values == values), None):
        return Planned(line, "already exists, left unchanged" if same.is_recorded else "duplicate: imported once")
    if other := next((other for other in others if _overlap(other.values, values)), None):
        says = f"{_period(other.values)}, {other.where}, holds for some of the same people on some of the same days."
        line.wrong("valid_from", f"The line {says}")
    others.append(_Held(values, f"in line {line.number}", False))
    does = f"added: {ANALYTES[analyte].label} at site {site.code}"
    return Planned(line, does, [partial(_add, site, analyte, values)])


def _add(site: Site, analyte: str, values: dict[str, Any], by: Actor, reason: str) -> ReferenceRange:
    return add_range(site=site, analyte=analyte, **values, by=by, reason=reason)


_COMPARED = ("unit", "low", "high", "valid_from", "valid_to", "sex", "age_from", "age_to")


def _values(line: Line, analyte: str, mark: str) -> dict[str, Any]:
    """What the cells mean, by the fields of a range; what cannot be read is said at its column."""
    unit = ANALYTES[analyte].unit_named(line.values["unit"]) if analyte and line.values["unit"] else None
    if analyte and line.values["unit"] and unit is None:
        known = ", ".join(unit.label for unit in ANALYTES[analyte].units)
        written = quoted(line.values["unit"])
        line.wrong("unit", f"{ANALYTES[analyte].label} is not reported in {written}; known: {known}.")
    sex = SEXES.get(plain_name(line.values["sex"]))
    if sex is None:
        line.wrong("sex", f"{quoted(line.values['sex'])} is not one of F, M and empty for both.")
    return {
        "unit": unit.code if unit else "",
        "low": line.read("low", partial(_limit, mark)),
        "high": line.read("high", partial(_limit, mark)),
        "valid_from": line.read("valid_from", _day),
        "valid_to": line.read("valid_to", _day),
        "sex": sex,
        "age_from": line.read("age_from", _age) or 0,
        "age_to": line.read("age_to", _age),
    }


def _limit(mark: str, text: str) -> Decimal:
    number = read_number(text, decimal_mark=mark)
    if number < 0 or number >= 1_000_000 or number != round(number, 4):
        raise UnreadableValue(f"{quoted(text)} is not a limit: from 0 to 999,999 with four decimals at most.")
    return number


def _day(text: str) -> date:
    day, _, time = text.partition(" 00:00")
    return read_date(day if time in ("", ":00") else text)


def _age(text: str) -> int:
    number = read_number(text)
    if number != int(number) or not 0 <= number <= OLDEST:
        raise UnreadableValue(f"{quoted(text)} is not an age: a whole number of years up to {OLDEST}.")
    return int(number)


def _overlap(values: dict[str, Any], other_values: dict[str, Any]) -> bool:
    """As the table's rule: for some of the same people on some of the same days."""
    return (
        ("" in (values["sex"], other_values["sex"]) or values["sex"] == other_values["sex"])
        and _meet(values["age_from"], values["age_to"], other_values["age_from"], other_values["age_to"])
        and _meet(values["valid_from"], values["valid_to"], other_values["valid_from"], other_values["valid_to"])
    )


def _meet(begin: Any, end: Any, other_begin: Any, other_end: Any) -> bool:
    return (end is None or other_begin <= end) and (other_end is None or begin <= other_end)


def _period(values: dict[str, Any]) -> str:
    until = f" to {shown_date(values['valid_to'])}" if values["valid_to"] else ""
    return f"from {shown_date(values['valid_from'])}{until}"


def notes(table: Table) -> Sequence[str]:
    """How the file's numbers are read."""
    mark = decimal_mark(table.separator, (line.values[end] for line in table.lines for end in ("low", "high")))
    says = f"The decimal mark is the {'comma' if mark == ',' else 'point'}." if mark else ""
    return [says or "Which decimal mark the file uses is not sure: a number with three decimals is refused."]
