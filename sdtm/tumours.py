"""Tumour assessments of one subject by one reader, from TU, TR and RS."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.codelists import LesionKind, LesionState
from endpoints.arithmetic.lesions import measurable
from endpoints.records import NON_TARGET, non_target_of
from sdtm import terms
from sdtm.filled import Filled, Occasion
from sdtm.ledger import Ledger
from sdtm.lesions import Known, finding, identified, millimetres
from sdtm.reading import Row
from trialsite.protocol import current

Key = tuple[str, ...]


@dataclass
class Assessed:
    """Everything that was found on one occasion."""

    key: Key
    results: list[Row] = field(default_factory=list)
    responses: list[Row] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        return self.results + self.responses

    @property
    def day(self) -> str:
        """The date of the overall response, else the latest date of a procedure, a whole one before a partial one."""
        stated = [terms.day(row["RSDTC"]) for row in self.responses if row["RSTESTCD"] == "OVRLRESP"]
        days = [terms.day(row.own("DTC")) for row in self.rows]
        return max(stated, default="") or max(days, key=lambda on: (len(on), on), default="")


class Course:
    """The forms of one subject's tumour course. `name` is told the label of each lesion once it was saved."""

    def __init__(self, tu: Sequence[Row], tr: Sequence[Row], rs: Sequence[Row], ledger: Ledger) -> None:
        self.ledger, self.version = ledger, current().analysis.recist_version
        self.known = self._known(tu)
        self.occasions = _occasions(tr, rs, ledger)
        self.first = self._baseline_key()

    def _known(self, tu: Sequence[Row]) -> dict[str, Known]:
        known: dict[str, Known] = {}
        for row in tu:
            lesion = identified(row, self.ledger)
            if lesion and lesion.link in known:
                self.ledger.refuse(row, f"lesion {lesion.link} was identified before: what it is, is told once")
            elif lesion:
                known[lesion.link] = lesion
        return known

    def _baseline_key(self) -> Key | None:
        """The occasion on which target and non-target lesions were chosen; else the earliest one."""
        chosen = Counter(
            visit_of(lesion.row) for lesion in self.known.values() if lesion.row and lesion.kind != LesionKind.NEW
        )
        if chosen:
            return chosen.most_common(1)[0][0]
        earliest = min(self.occasions.values(), key=lambda one: one.day or "9", default=None)
        return earliest.key if earliest and not earliest.responses else None

    def baseline(self) -> Filled | None:
        occasion = self.occasions.pop(self.first, None) if self.first else None
        lesions = [lesion for lesion in self.known.values() if lesion.kind != LesionKind.NEW]
        if not lesions:
            self.ledger.refuse(occasion.rows if occasion else [], "no lesion is identified in TU")
            return None
        occasion = occasion or Assessed(self.first or ())
        self.ledger.refuse(occasion.responses, "there is no response at baseline")
        rows, behind = self._rows(occasion, sorted(lesions, key=_in_order))
        on = occasion.day or terms.day(next((lesion.row["TUDTC"] for lesion in lesions if lesion.row), ""))
        record = {"assessment_date": on, "disease_measurable": self._measurable(rows)}
        return Filled("tumour_baseline", record, rows, behind, _visit("screening", "Baseline", occasion, on))

    def _measurable(self, rows: Iterable[dict[str, Any]]) -> str:
        sizes = [
            (Decimal(row["diameters_mm"]), row)
            for row in rows
            if row["kind"] == LesionKind.TARGET and row.get("diameters_mm")
        ]
        found = any(
            measurable(version=self.version, method=row["method"], mm=mm, node="LYMPH NODE" in row["location"])
            for mm, row in sizes
        )
        return "Y" if found else "N"

    def assessments(self) -> Iterator[Filled]:
        """After the baseline, by date. The labels of the lesions must be known by then."""
        for occasion in sorted(self.occasions.values(), key=lambda one: one.day or "9"):
            yield self._assessment(occasion)

    def _assessment(self, occasion: Assessed) -> Filled:
        rows, behind = self._rows(occasion, sorted(self._found(occasion), key=_in_order))
        record, stated = self._responses(occasion)
        record["new_lesions"] = record.get("new_lesions") or _new_lesions(rows)
        record["non_target_response"] = record.get("non_target_response") or self._non_target(rows)
        record["assessment_date"] = occasion.day
        visit = _visit("tumour", "Tumour assessment", occasion, occasion.day)
        return Filled("tumour", record, rows, behind | stated, visit)

    def _found(self, occasion: Assessed) -> list[Known]:
        links = {row["TRLNKID"] for row in occasion.results if row["TRLNKID"]}
        for row in occasion.results:
            if row["TRLNKID"] and row["TRLNKID"] not in self.known:
                self.ledger.refuse(row, f"lesion {row['TRLNKID']} is not identified in TU")
        return [lesion for link, lesion in self.known.items() if link in links]

    def _rows(self, occasion: Assessed, lesions: Sequence[Known]) -> tuple[list[dict[str, Any]], dict[str, list[Row]]]:
        of_link: dict[str, list[Row]] = {}
        for row in occasion.results:
            of_link.setdefault(row["TRLNKID"], []).append(row)
        rows, behind = [], {}
        for number, lesion in enumerate(lesions):
            told, sources = finding(lesion, of_link.get(lesion.link, []), self.version, self.ledger)
            rows.append(told)
            identifying = [lesion.row] if lesion.row and not lesion.label else []
            behind[f"rows-{number}"] = identifying + sources
        self._check_sums(of_link.get("", []), rows)
        return rows, behind

    def _check_sums(self, rows: Iterable[Row], lesions: Iterable[dict[str, Any]]) -> None:
        """A sum is computed here, never stored: one that agrees needs no word."""
        total = sum(
            (Decimal(row["diameters_mm"]) for row in lesions if row.get("diameters_mm") and row["kind"] == "TARGET"),
            Decimal(0),
        )
        for row in rows:
            if not row["TRTESTCD"].startswith("SUM"):
                self.ledger.refuse(row, f"{row['TRTESTCD']} belongs to no lesion, or is derived here")
            elif row["TRSTAT"].upper() != terms.NOT_DONE and millimetres(row) != total:
                self.ledger.refuse(row, "the sum is not that of the diameters, which are what counts")

    def _responses(self, occasion: Assessed) -> tuple[dict[str, str], dict[str, list[Row]]]:
        record: dict[str, str] = {}
        behind: dict[str, list[Row]] = {}
        for row in occasion.responses:
            item, terms_of = RESPONSES.get(row["RSTESTCD"], ("", {}))
            value = "NE" if _not_evaluated(row) else terms_of.get(row["RSSTRESC"].upper(), "")
            if not item:
                self.ledger.refuse(row, f"{row['RSTESTCD']} is derived here, or has no form")
            elif not value:
                self.ledger.refuse(row, f"{row['RSSTRESC']} is no {row['RSTEST'].lower() or 'response'} of RECIST")
            elif item in record:
                self.ledger.refuse(row, f"a second {row['RSTESTCD']} of the same assessment")
            else:
                record[item], behind[item] = value, [row]
        return record, behind

    def _non_target(self, rows: Iterable[dict[str, Any]]) -> str:
        """What the findings give where no response is stated; "none" for a subject without such lesions."""
        if all(lesion.kind != LesionKind.NON_TARGET for lesion in self.known.values()):
            return "NA"
        told = non_target_of({"lesion__kind": row["kind"], "state": row.get("state")} for row in rows)
        return next((value for value, meant in NON_TARGET.items() if meant == told), "")

    def name(self, labels: Sequence[str], filled: Filled) -> None:
        """Take over the labels that the lesions of a saved form were given, in the order of its rows."""
        links = {row.own("LNKID") for rows in filled.behind.values() for row in rows if row.domain == "TU"}
        unnamed = sorted((self.known[link] for link in links if not self.known[link].label), key=_in_order)
        for lesion, label in zip(unnamed, labels, strict=True):
            lesion.label = label


RESPONSES: dict[str, tuple[str, dict[str, Any]]] = {
    "OVRLRESP": ("overall_response", terms.RESPONSES),
    "TRGRESP": ("target_response", terms.RESPONSES),
    "NTRGRESP": ("non_target_response", terms.NON_TARGET_RESPONSES),
    "NEWLPROG": ("new_lesions", terms.NEW_LESIONS),
    "NEWLIND": ("new_lesions", terms.NEW_LESIONS),
}


def _not_evaluated(row: Row) -> bool:
    return row["RSSTAT"].upper() == terms.NOT_DONE and row["RSTESTCD"] in ("OVRLRESP", "TRGRESP", "NTRGRESP")


def _new_lesions(rows: Iterable[dict[str, Any]]) -> str:
    """By the new lesions' own findings: SDTM has no row where there is none."""
    states = {row.get("state") for row in rows if row["kind"] == LesionKind.NEW}
    if states & {LesionState.UNEQUIVOCAL, LesionState.MEASURED}:
        return "Y"
    return "EQUIVOCAL" if LesionState.EQUIVOCAL in states else "N"


def _in_order(lesion: Known) -> tuple[int, str]:
    return list(LesionKind).index(lesion.kind), lesion.link


def _visit(kind: str, label: str, occasion: Assessed, on: str) -> Occasion:
    named = next((row["VISIT"] for row in occasion.rows if row["VISIT"]), "")
    return Occasion(kind, (named.capitalize() or label)[:80], on)


def visit_of(row: Row) -> Key:
    """What makes rows one occasion: the visit, or the day where the data name no visit."""
    return (row["VISITNUM"] or row["VISIT"],) if row["VISITNUM"] or row["VISIT"] else ("", terms.day(row.own("DTC")))


def _occasions(tr: Sequence[Row], rs: Sequence[Row], ledger: Ledger) -> dict[Key, Assessed]:
    """Rows by visit; a visit that has the same test twice on different days is as many occasions as days."""
    apart = _visits_on_several_days([*tr, *rs])
    found: dict[Key, Assessed] = {}
    seen: set[tuple[str, ...]] = set()
    for row in [*tr, *rs]:
        key = visit_of(row)
        key = (*key, terms.day(row.own("DTC"))) if key in apart else key
        test = (*key, row.domain, row.own("TESTCD"), row.own("LNKID"))
        if test in seen:
            ledger.refuse(row, "the same test of the same assessment came before")
            continue
        seen.add(test)
        occasion = found.setdefault(key, Assessed(key))
        (occasion.results if row.domain == "TR" else occasion.responses).append(row)
    return found


def _visits_on_several_days(rows: Iterable[Row]) -> set[Key]:
    days: dict[tuple[Key, str, str], set[str]] = {}
    for row in rows:
        days.setdefault((visit_of(row), row.own("TESTCD"), row.own("LNKID")), set()).add(terms.day(row.own("DTC")))
    return {key for (key, _, _), of_test in days.items() if len(of_test) > 1}
