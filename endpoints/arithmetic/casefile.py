"""Cases as statisticians write them: a JSON file of subjects in, records out, with the case id in every complaint.

The format: {"params": {...}, "vectors": [CASE, ...], "lesion_validation": [...]} or a bare list of cases;
docs/statistics.md describes it. A `day` counts from the first dose, which is day 1; the day before it is day -1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, cast

from protocol.schema import AnalysisPlan

from .dates import span
from .lesions import is_node
from .records import Assessment, Contact, Dated, Measurement, NewLesion, NonTarget, Response, SubjectRecords

LARGEST_MM = Decimal(1000)
MOST_DIGITS = 40
_CASE = ("id", "treatment_start", "baseline", "visits", "context", "nodes", "organs")
_ANNOTATIONS = ("title", "expected", "note", "why", "description")
_CONTEXT = ("death", "last_contact", "new_therapy", "clinical_pd", "cut")
_VISIT = ("day", "date", "targets", "non_target", "new_lesion", "investigator", "nodes", "organs")
_EXTRA_DATES = ("finding", "last_procedure")
_NON_TARGETS: dict[str, NonTarget | None] = {
    "CR": "CR", "NONCR": "NONCR", "NON-CR": "NONCR", "NON-CR/NON-PD": "NONCR", "PRESENT": "PRESENT",
    "PD": "PD", "NE": "NE", "NONE": None,
}  # fmt: skip
_NEW_LESIONS: dict[str, NewLesion | None] = {"Y": "Y", "N": "N", "EQUIVOCAL": "EQUIVOCAL", "NE": None}
_RESPONSES: dict[str, Response] = {
    "CR": "CR", "PR": "PR", "SD": "SD", "NON-CR/NON-PD": "NON-CR/NON-PD", "PD": "PD", "NE": "NE",
}  # fmt: skip


class CaseError(ValueError):
    """What is wrong with a case file; the message names the case."""


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    records: SubjectRecords
    cut: date | None
    warnings: tuple[str, ...]


def load(text: str) -> dict[str, Any]:
    """A case file as {"params": ..., "vectors": ..., "lesion_validation": ...}, every number exact."""
    try:
        content = json.loads(
            text,
            parse_float=_exact,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
    except RecursionError as error:
        raise CaseError("the file is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise CaseError(f"not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    if isinstance(content, list):
        content = {"vectors": content}
    if not isinstance(content, dict) or not isinstance(content.get("vectors"), list):
        raise CaseError('expected an object with a list "vectors", or a list of cases')
    if not isinstance(content.get("params") or {}, dict):
        raise CaseError('"params" must be an object')
    if not isinstance(content.get("lesion_validation") or [], list):
        raise CaseError('"lesion_validation" must be a list')
    return content


def _exact(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise CaseError(f"{written[:40]} is beyond any number that can be measured or counted") from error


def _whole(written: str) -> int:
    if len(written) > MOST_DIGITS:
        raise CaseError(f"{written[:20]}..., of {len(written)} digits, is beyond any number that can be counted")
    return int(written)


def _refuse_constant(name: str) -> None:
    raise CaseError(f"{name} is not a number that can be measured or counted")


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        where = f"case {made['id']}: " if "id" in made else ""
        raise CaseError(f"{where}key {twice!r} appears twice in one object")
    return made


def cases(content: Mapping[str, Any], plan: AnalysisPlan) -> Iterator[Case | CaseError]:
    """Each case, or what is wrong with it, so that a file is complained of once and completely."""
    seen: set[str] = set()
    for number, raw in enumerate(content["vectors"], start=1):
        name = raw.get("id") if isinstance(raw, dict) else None
        if not isinstance(name, str) or not name:
            yield CaseError(f"case number {number}: needs an id, a text that is not empty")
        elif name in seen:
            yield CaseError(f"case {name}: this id appears twice")
        else:
            seen.add(name)
            try:
                yield _CaseReader(name, raw, plan).case()
            except ValueError as error:
                yield CaseError(f"case {name}: {error}")


class _CaseReader:
    """Reads one case; collects warnings on the way."""

    def __init__(self, name: str, raw: Mapping[str, Any], plan: AnalysisPlan) -> None:
        self.name, self.raw, self.plan = name, raw, plan
        self.start: date | None = None
        self.warnings: list[str] = []

    def case(self) -> Case:
        self._known(self.raw, _CASE, "the case", _ANNOTATIONS)
        for key in ("treatment_start", "baseline", "visits"):
            if key not in self.raw:
                raise ValueError(f"{key} is missing")
        self.start = self._start()
        context = self.raw.get("context") or {}
        if not isinstance(context, dict):
            raise ValueError("context must be an object")
        self._known(context, [f"{key}_{form}" for key in _CONTEXT for form in ("day", "date")], "context")
        contact = self._when(context, "last_contact")
        cut = self._when(context, "cut")
        if cut and span(cut)[0] != span(cut)[1]:
            raise ValueError("cut_date must be a full date")
        records = SubjectRecords(
            ref=self.name,
            treatment_start=self.start,
            randomisation=self.start,
            treatment_ref="treatment_start",
            baselines=tuple(self._assessments("baseline")),
            assessments=tuple(self._assessments("visits")),
            death=self._dated(context, "death"),
            contacts=(Contact(contact, "last contact", "context.last_contact"),) if contact else (),
            new_therapies=(therapy,) if (therapy := self._dated(context, "new_therapy")) else (),
            clinical_progression=self._dated(context, "clinical_pd"),
        )
        return Case(self.name, records, span(cut)[0] if cut else None, tuple(self.warnings))

    def _known(self, raw: Mapping[str, Any], known: Sequence[str], where: str, silent: Sequence[str] = ()) -> None:
        """An unknown key is a note to the reader, unless it looks like a known one misspelt."""
        for key in raw.keys() - {*known, *silent}:
            meant = get_close_matches(key, known, n=1, cutoff=0.8)
            if meant:
                raise ValueError(f"unknown key {key!r} in {where}; was {meant[0]!r} meant?")
            self.warnings.append(f"case {self.name}: key {key!r} in {where} is not known and not used")

    def _start(self) -> date | None:
        text = self.raw["treatment_start"]
        if text is None:
            return None
        first, last = span(_text(text, "treatment_start"))
        if first != last:
            raise ValueError(f"treatment_start must be a full date, not {text!r}")
        return first

    def _dated(self, context: Mapping[str, Any], key: str) -> Dated | None:
        text = self._when(context, key)
        return Dated(text, f"context.{key}") if text else None

    def _when(self, raw: Mapping[str, Any], key: str = "") -> str | None:
        """The date of KEY_day or KEY_date, as text; both may stand if they agree."""
        day_key, date_key = (f"{key}_day", f"{key}_date") if key else ("day", "date")
        day, text = raw.get(day_key), raw.get(date_key)
        counted = self._day(day, day_key).isoformat() if day is not None else None
        if text is None:
            return counted
        span(_text(text, date_key))
        if counted and counted != text[:10]:
            raise ValueError(f"{day_key} {day} is {counted}, but {date_key} says {text}")
        return cast(str, text)

    def _day(self, day: Any, key: str) -> date:
        if isinstance(day, Decimal) and day == day.to_integral_value():
            day = int(day)
        if isinstance(day, bool) or not isinstance(day, int):
            raise ValueError(f"{key} must be a whole number, not {_shown(day)}")
        if day == 0:
            raise ValueError(f"{key} 0 does not exist: the first dose is day 1, the day before it day -1")
        if self.start is None:
            raise ValueError(f"{key} counts from the first dose, but treatment_start is null")
        try:
            return self.start + timedelta(days=day - 1 if day > 0 else day)
        except OverflowError as error:
            raise ValueError(f"{key} {day} is beyond the calendar") from error

    def _assessments(self, key: str) -> Iterator[Assessment]:
        entries = self.raw[key]
        if entries is None and key == "baseline":
            return
        if not isinstance(entries, list):
            raise ValueError(f"{key} must be a list")
        for number, raw in enumerate(entries, start=1):
            where = f"{key} {number}"
            if not isinstance(raw, dict):
                raise ValueError(f"{where} must be an object")
            self._known(
                raw, [*_VISIT, *(f"{k}_{f}" for k in _EXTRA_DATES for f in ("day", "date"))], where, _ANNOTATIONS
            )
            try:
                yield self._assessment(raw, f"{key}.{number}")
            except ValueError as error:
                raise ValueError(f"{where}: {error}") from error

    def _assessment(self, raw: Mapping[str, Any], ref: str) -> Assessment:
        day = self._when(raw)
        if day is None:
            raise ValueError("has neither a day nor a date")
        return Assessment(
            ref=ref,
            date=day,
            measurements=tuple(self._measurements(raw)),
            non_target=_choice(raw.get("non_target"), _NON_TARGETS, "non_target"),
            new_lesion=_choice(raw.get("new_lesion"), _NEW_LESIONS, "new_lesion"),
            investigator=_choice(raw.get("investigator"), _RESPONSES, "investigator"),
            finding_date=self._when(raw, "finding"),
            last_procedure=self._when(raw, "last_procedure"),
        )

    def _measurements(self, raw: Mapping[str, Any]) -> Iterator[Measurement]:
        targets = raw.get("targets")
        if targets is None:
            return
        if not isinstance(targets, dict):
            raise ValueError("targets must be an object of lesion and size, or null")
        nodes, organs = self._nodes(raw)
        for lesion, value in targets.items():
            organ = organs.get(lesion, "")
            yield self._measurement(lesion, value, lesion in nodes or is_node(organ), organ)

    def _nodes(self, raw: Mapping[str, Any]) -> tuple[set[str], dict[str, str]]:
        nodes, organs = raw.get("nodes", self.raw.get("nodes")) or [], raw.get("organs", self.raw.get("organs")) or {}
        if not isinstance(nodes, list) or not all(isinstance(lesion, str) for lesion in nodes):
            raise ValueError("nodes must be a list of lesions")
        if not isinstance(organs, dict) or not all(isinstance(organ, str) for organ in organs.values()):
            raise ValueError("organs must be an object of lesion and organ")
        return set(nodes), organs

    def _measurement(self, lesion: str, value: Any, node: bool, organ: str) -> Measurement:
        if value is None:
            return Measurement(lesion, node=node, organ=organ)
        if value == "TSTM":
            return Measurement(lesion, too_small=True, node=node, organ=organ)
        fragments = value if isinstance(value, list) else [value]
        if not fragments:
            raise ValueError(f"lesion {lesion} has an empty list of fragments")
        sizes = tuple(self.plan.too_small_mm if part == "TSTM" else _millimetres(part, lesion) for part in fragments)
        return Measurement(lesion, sizes, absent=sum(sizes) == 0, node=node, organ=organ)


def _millimetres(value: Any, lesion: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f'lesion {lesion}: {_shown(value)} is not a size in mm, "TSTM", a list of fragments or null')
    if not 0 <= value <= LARGEST_MM:
        raise ValueError(f"lesion {lesion}: {_shown(value)} mm is not between 0 and {LARGEST_MM}")
    return Decimal(value)


def _choice(value: Any, known: Mapping[str, Any], key: str) -> Any:
    if value is None:
        return None
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{key} {_shown(value)} is not one of {', '.join(known)} or null")
    return known[value]


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f'{key} must be a text such as "2008-05-12", not {_shown(value)}')
    return value


def _shown(value: Any) -> str:
    """A value as the writer of the file knows it, cut short."""
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, default=str)
    return text if len(text) <= 40 else text[:37] + "..."
