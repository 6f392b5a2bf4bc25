"""Tumour assessments of one subject by one reader, from TU, TR and RS."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.codelists import LesionKind, LesionState
from endpoints.arithmetic.lesions import measurable
from endpoints.records import NON_TARGET, non_target_of
from protocol import current
from sdtm import dates, terms
from sdtm.criteria import of_protocol
from sdtm.filled import FilledForm, Occasion
from sdtm.fragments import MERGED, SPLIT, parent_of, parts_of, whole
from sdtm.keys import bare
from sdtm.ledger import Ledger
from sdtm.lesions import CONTRADICTS_NOT_DONE, KnownLesions, SdtmFinding, identified, millimetres
from sdtm.occasions import AssessedOccasion, Key, Placing, occasions
from sdtm.reading import Row


class TumourCourse:
    """The forms of one subject's tumour course. `name` is told the label of each lesion once it was saved."""

    def __init__(self, tu: Sequence[Row], tr: Sequence[Row], rs: Sequence[Row], ledger: Ledger) -> None:
        self.ledger, self.plan = ledger, current().analysis
        self.version = self.plan.recist_version
        self.known = self._known([row for row in tu if row.test not in (*SPLIT, *MERGED)])
        self.changed = self._split_or_merged([row for row in tu if row.test in (*SPLIT, *MERGED)])
        rs = of_protocol(rs, self.version, ledger)
        self.placing = Placing([*tu, *tr, *rs])
        self.occasions = occasions(tr, rs, self.placing, ledger)
        self.first = self._baseline_key()
        self._add_sights()

    def _known(self, tu: Sequence[Row]) -> dict[str, KnownLesions]:
        known: dict[str, KnownLesions] = {}
        for row in tu:
            lesion = identified(row, self.ledger)
            if lesion and lesion.link in known:
                self.ledger.refuse(row, f"lesion {lesion.link} was identified before: what it is, is told once")
            elif lesion:
                known[lesion.link] = lesion
        return known

    def _split_or_merged(self, tu: Sequence[Row]) -> dict[str, Row]:
        """The rows that say of what lesions a link is a fragment, or the sum."""
        rows: dict[str, Row] = {}
        for row in tu:
            if row.link in rows or not self._lesions_at(row.link):
                unknown = f"{row.link or 'no TULNKID'} names no lesion that was identified"
                self.ledger.refuse(row, "it was told before" if row.link in rows else unknown)
            else:
                rows[row.link] = row
        return rows

    def _lesions_at(self, link: str) -> list[str]:
        """The lesions that a link stands for: itself, that of which it is a fragment, those that merged."""
        if link in self.known:
            return [link]
        lesions = parts_of(link, self.known) or [parent_of(link, self.known) or self._spelled_otherwise(link)]
        return [lesion for lesion in lesions if lesion]

    def _spelled_otherwise(self, link: str) -> str:
        """The lesion that is meant by `T1` or `T-01` where T01 was identified, and nothing else could be."""
        alike = [known for known in self.known if bare(known) == bare(link)]
        return alike[0] if link and len(alike) == 1 else ""

    def _baseline_key(self) -> Key | None:
        """The occasion on which target and non-target lesions were chosen; else the earliest one."""
        chosen = Counter(
            self.placing.key(lesion.row)
            for lesion in self.known.values()
            if lesion.row and lesion.kind != LesionKind.NEW
        )
        if chosen:
            return min(chosen, key=lambda key: (-chosen[key], key or ()))
        earliest = min(self.occasions.values(), key=_by_day, default=None)
        return earliest.key if earliest and not earliest.responses else None

    def _add_sights(self) -> None:
        """A new lesion stands where TU saw it, also where TR has no finding of it."""
        for lesion in self.known.values():
            if lesion.kind != LesionKind.NEW or lesion.row is None:
                continue
            key = self.placing.key(lesion.row)
            if key is None or key == ("", "") or key == self.first:
                continue
            occasion = self.occasions.setdefault(key, AssessedOccasion(key))
            if all(lesion.link not in self._lesions_at(row.link) for row in occasion.results):
                occasion.sights.append(lesion)
                self.ledger.remark(lesion.row, "TR has no finding of this new lesion here: it stands by TU alone")

    def baseline(self) -> FilledForm | None:
        occasion = self.occasions.pop(self.first, None) if self.first else None
        lesions = [lesion for lesion in self.known.values() if lesion.kind != LesionKind.NEW]
        if not lesions:
            self.ledger.refuse(occasion.rows if occasion else [], "no lesion is identified in TU")
            return None
        occasion = occasion or AssessedOccasion(self.first or ())
        self.ledger.refuse(occasion.responses, "there is no response at baseline")
        rows, behind = self._rows(occasion, sorted(lesions, key=_in_order))
        on = occasion.day or next((lesion.row.day().on for lesion in lesions if lesion.row and lesion.row.day()), "")
        record = {"assessment_date": on, "disease_measurable": self._measurable(rows)}
        return FilledForm("tumour_baseline", record, rows, behind, _visit("screening", "Baseline", occasion, on))

    def _measurable(self, rows: Iterable[dict[str, Any]]) -> str:
        sizes = [(_total(row), row) for row in rows if row["kind"] == LesionKind.TARGET and row.get("diameters_mm")]
        is_measurable = any(
            measurable(version=self.version, method=row["method"], mm=mm, node="LYMPH NODE" in row["location"])
            for mm, row in sizes
        )
        return "Y" if is_measurable else "N"

    def assessments(self) -> Iterator[FilledForm]:
        """After the baseline, by date. The labels of the lesions must be known by then."""
        for occasion in sorted(self.occasions.values(), key=_by_day):
            yield self._assessment(occasion)

    def _assessment(self, occasion: AssessedOccasion) -> FilledForm:
        record, stated = self._responses(occasion)
        equivocal = record.get("new_lesions") == "EQUIVOCAL"
        rows, behind = self._rows(occasion, sorted(self._found(occasion), key=_in_order), equivocal=equivocal)
        record["new_lesions"] = record.get("new_lesions") or _new_lesions(rows)
        record["non_target_response"] = record.get("non_target_response") or self._non_target(rows)
        record["assessment_date"] = occasion.day
        visit = _visit("tumour", "Tumour assessment", occasion, occasion.day)
        return FilledForm("tumour", record, rows, behind | stated, visit)

    def _found(self, occasion: AssessedOccasion) -> list[KnownLesions]:
        links = {lesion.link for lesion in occasion.sights}
        for row in occasion.results:
            lesions = self._lesions_at(row.link)
            links.update(lesions)
            if row.link and not lesions:
                self.ledger.refuse(row, f"lesion {row['TRLNKID']} is not identified in TU")
        return [lesion for link, lesion in self.known.items() if link in links]

    def _rows(
        self, occasion: AssessedOccasion, lesions: Sequence[KnownLesions], *, equivocal: bool = False
    ) -> tuple[list[dict[str, Any]], dict[str, list[Row]]]:
        of_lesion: dict[str, list[Row]] = {}
        for row in occasion.results:
            # What merged stands at the first of the lesions.
            of_lesion.setdefault(next(iter(self._lesions_at(row.link)), row.link), []).append(row)
        rows, behind = [], {}
        for number, lesion in enumerate(lesions):
            if lesion in occasion.sights:
                finding = _seen_by_tu(lesion, equivocal=equivocal)
            else:
                finding = self._finding(lesion, of_lesion.get(lesion.link, []), occasion)
            rows.append(lesion.told() | finding.told() | {"method": finding.method or lesion.method})
            identifying = [lesion.row] if lesion.row and not lesion.label else []
            behind[f"rows-{number}"] = [*identifying, *finding.behind, *self._changes(finding)]
        self._check_sums(of_lesion.get("", []), rows)
        return rows, behind

    def _finding(self, lesion: KnownLesions, rows: Sequence[Row], occasion: AssessedOccasion) -> SdtmFinding:
        merged = [row for row in occasion.results if lesion.link in parts_of(row.link, self.known)[1:]]
        if merged and not rows:
            text = f"{merged[0].link} were measured as one: the size stands at the first, {lesion.link} adds 0 mm to it"
            self.ledger.remark(merged[0], text)
            return SdtmFinding(LesionState.ABSENT, [], merged[0].day().on, lesion.method, [merged[0]])
        for row in rows:
            if row.link != lesion.link and row.link not in self.changed and bare(row.link) != bare(lesion.link):
                self.ledger.remark(row, f"TU does not name {row.link}: read as a part of {lesion.link}")
        return whole(lesion, rows, self.version, self.ledger, self.plan.too_small_mm)

    def _changes(self, finding: SdtmFinding) -> list[Row]:
        """The rows of TU that tell of the fragments, or of the merging, which were measured here."""
        links = {row.link for row in finding.behind}
        return [row for link, row in self.changed.items() if link in links]

    def _check_sums(self, rows: Iterable[Row], lesions: Iterable[dict[str, Any]]) -> None:
        """A sum is computed here, never stored: one that agrees needs no word."""
        targets = (row for row in lesions if row["kind"] == LesionKind.TARGET)
        total = sum((_total(row) for row in targets), Decimal(0))
        for row in rows:
            if not row.test.startswith("SUM"):
                self.ledger.refuse(row, f"{row.test} belongs to no lesion, or is derived here")
            elif row.term("TRSTAT") != terms.NOT_DONE and millimetres(row) != total:
                self.ledger.refuse(row, "the sum is not that of the diameters, which are what counts")
            else:
                self.ledger.take([row])

    def _responses(self, occasion: AssessedOccasion) -> tuple[dict[str, str], dict[str, list[Row]]]:
        record: dict[str, str] = {}
        behind: dict[str, list[Row]] = {}
        for row in occasion.responses:
            item, terms_of = RESPONSES.get(row.test, ("", {}))
            stated = row.term("RSSTRESC") or row.term("RSORRES")
            value = "NE" if _not_evaluated(row) else terms_of.get(stated, "")
            if not item:
                self.ledger.refuse(row, f"{row.test} is derived here, or has no form")
            elif not value:
                self.ledger.refuse(row, f"{stated or 'no value'} is no {row['RSTEST'].lower() or 'response'} of RECIST")
            elif item in record and record[item] != value:
                self.ledger.refuse(
                    row, f"{row.test} says otherwise than another row, of which {record[item]} was taken"
                )
            else:
                record[item] = value
                behind.setdefault(item, []).append(row)
                if _not_evaluated(row) and terms_of.get(stated) != "NE":
                    self.ledger.remark(row, f"{row.test} was not done: kept as not evaluable")
                if _not_evaluated(row) and terms_of.get(stated, "NE") != "NE":
                    self.ledger.refuse_value(row, "RSSTRESC", CONTRADICTS_NOT_DONE.format("RSSTAT"))
        return record, behind

    def _non_target(self, rows: Iterable[dict[str, Any]]) -> str:
        """What the findings give where no response is stated; "none" for a subject of whose lesions none is such a one,
        and not evaluable where nothing is told of them."""
        if self.known and all(lesion.kind != LesionKind.NON_TARGET for lesion in self.known.values()):
            return "NA"
        response = non_target_of({"lesion__kind": row["kind"], "state": row.get("state")} for row in rows)
        return next((value for value, meant in NON_TARGET.items() if meant == response), "NE")

    def name(self, labels: Sequence[str], filled: FilledForm) -> None:
        """Take over the labels that the lesions of a saved form were given, in the order of its rows."""
        links = {row.link for rows in filled.behind.values() for row in rows if row.domain == "TU"} & set(self.known)
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
    return row.term("RSSTAT") == terms.NOT_DONE and row.test in ("OVRLRESP", "TRGRESP", "NTRGRESP")


def _new_lesions(rows: Iterable[dict[str, Any]]) -> str:
    """By the new lesions' own findings. Where nothing is said of any, nobody knows: SDTM has no row of what is not."""
    states = {row.get("state") for row in rows if row["kind"] == LesionKind.NEW}
    if states & {LesionState.UNEQUIVOCAL, LesionState.MEASURED}:
        return "Y"
    return "EQUIVOCAL" if LesionState.EQUIVOCAL in states else "UNKNOWN"


def _seen_by_tu(lesion: KnownLesions, *, equivocal: bool) -> SdtmFinding:
    """TU names a lesion new; RS may say that it is not certain."""
    assert lesion.row is not None
    state = LesionState.EQUIVOCAL if equivocal else LesionState.UNEQUIVOCAL
    return SdtmFinding(state, [], lesion.row.day().on, lesion.method, [lesion.row])


def _total(row: dict[str, Any]) -> Decimal:
    """The diameters of a row together, those of the fragments of a split lesion among them, in mm."""
    return sum((Decimal(size) for size in (row.get("diameters_mm") or "").split(" + ") if size), Decimal(0))


def _in_order(lesion: KnownLesions) -> tuple[int, str]:
    return list(LesionKind).index(lesion.kind), lesion.link


def _by_day(occasion: AssessedOccasion) -> tuple[date, Key]:
    return dates.place(occasion.day), occasion.key


def _visit(kind: str, label: str, occasion: AssessedOccasion, on: str) -> Occasion:
    named = next((row["VISIT"] for row in occasion.rows if row["VISIT"]), "")
    return Occasion(kind, (named.capitalize() or label)[:80], on)
