"""Which rows of TU, TR and RS were one assessment: those of a visit, or of a day where the data name no visit."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sdtm import dates
from sdtm.ledger import Ledger
from sdtm.lesions import KnownLesions
from sdtm.reading import Row

Key = tuple[str, ...]
NUMBERED = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass
class AssessedOccasion:
    """Everything that was found on one occasion. `sights` are lesions that TU alone tells of here."""

    key: Key
    results: list[Row] = field(default_factory=list)
    responses: list[Row] = field(default_factory=list)
    sights: list[KnownLesions] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        return self.results + self.responses + [lesion.row for lesion in self.sights if lesion.row]

    @property
    def day(self) -> str:
        """The date of the overall response, else the latest date of a procedure, a whole one before a partial one.

        A partial date of the response is the latest whole one of the procedures that it may be.
        """
        stated = max((row.day().on for row in self.responses if row.test == "OVRLRESP"), default="")
        days = [on for row in self.rows if (on := row.day().on) and (not stated or dates.agree(on, stated))]
        return max(days, key=lambda on: (len(on), on), default="")


class Placing:
    """Where each row belongs. A visit that has the same test on several days is as many occasions as days."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.days = _days_of_visits(rows)
        self.visits_on: dict[str, set[str]] = {}
        for row in rows:
            if row.visit and row.day().whole:
                self.visits_on.setdefault(row.day().on, set()).add(row.visit)

    def key(self, row: Row) -> Key | None:
        """None for a row that may belong to more than one day of its visit."""
        on = row.day().on
        visit = self._visit(row, on)
        if not visit:
            return ("", on)
        if visit not in self.days:
            return (visit,)
        days = [day for day in self.days[visit] if dates.agree(day, on)]
        return (visit, days[0]) if len(days) == 1 else None

    def _visit(self, row: Row, on: str) -> str:
        """Its own where it has a number; else the only one that has, of that day: `Week-8` may be the WEEK 8 of it."""
        if NUMBERED.fullmatch(row.visit):
            return row.visit
        on_that_day = self.visits_on.get(on, set())
        numbered = {visit for visit in on_that_day if NUMBERED.fullmatch(visit)}
        visits = numbered or (on_that_day if not row.visit else set())
        return next(iter(visits)) if len(visits) == 1 else row.visit


def _days_of_visits(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Of each visit that took place on several days these days; those that are told in part only are no other days."""
    tested: dict[tuple[str, str, str, str], set[str]] = {}
    for row in rows:
        if row.visit and row.day() and row.domain != "TU":
            tested.setdefault((row.visit, row.domain, row.test, row.link), set()).add(row.day().on)
    by_visit: dict[str, set[str]] = {}
    for (visit, *_), days in tested.items():
        if len(_apart(days)) > 1:
            by_visit.setdefault(visit, set()).update(days)
    return {visit: _apart({*days, *_days_at(visit, rows)}) for visit, days in by_visit.items()}


def _days_at(visit: str, rows: Iterable[Row]) -> set[str]:
    return {row.day().on for row in rows if row.visit == visit and row.day()}


def _apart(days: set[str]) -> list[str]:
    return sorted(day for day in days if not any(other != day and other.startswith(day) for other in days))


def occasions(tr: Sequence[Row], rs: Sequence[Row], placing: Placing, ledger: Ledger) -> dict[Key, AssessedOccasion]:
    """The rows by occasion, in their order; of two for one test of one lesion the first counts."""
    by_key: dict[Key, AssessedOccasion] = {}
    first: dict[tuple[str, ...], Row] = {}
    for row in [*tr, *rs]:
        key = placing.key(row)
        if key is None:
            ledger.refuse(row, f"visit {row['VISIT'] or row.visit} has several days, and this row tells none of them")
            continue
        before = first.setdefault((*key, row.domain, row.test, row.link), row)
        if before is not row:
            ledger.refuse(row, _second(row, before))
            continue
        occasion = by_key.setdefault(key, AssessedOccasion(key))
        (occasion.results if row.domain == "TR" else occasion.responses).append(row)
    return by_key


def _second(row: Row, first: Row) -> str:
    what = f"the same {row.test} of the same assessment as row {first.number}"
    if _result(row) == _result(first):
        return what
    return f"{what}, which says otherwise: {_result(first) or 'not done'} was taken"


def _result(row: Row) -> str:
    return row.own("STRESC") or row.own("STRESN") or row.own("ORRES")
