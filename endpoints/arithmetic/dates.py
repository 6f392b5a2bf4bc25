"""Partial dates: what a recorded date can mean, and the one day that the plan takes for it.

A full date is never moved. A partial one becomes day 15 (month unknown: 1 July) or, by the plan, the last day that
it can be; then it is held between the start of treatment and death or last contact, as far as the recorded part
leaves room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from protocol.plan import Origin
from protocol.schema import AnalysisPlan
from values.dates import middle_of, span_of

from .records import Assessment, Dated, SubjectRecords


@dataclass(frozen=True, slots=True)
class DatedAssessment:
    """An assessment with its days: `day` places it; progression is proven by the target lesions on `target`, by
    non-target lesions that are back on `non_target`, by anything else on `finding`; the new lesion proven here was
    first seen on `first_seen`."""

    record: Assessment
    day: date
    finding: date
    target: date
    non_target: date
    first_seen: date | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every date of one subject, resolved. `alive` are (day, source, ref) of each day on which it was known to live.

    `start` is day 1 of all times, by the plan's `origin` the first dose or randomisation; `first_dose` is that dose.
    `new_therapies`, the earliest first, and `clinical_progression` are (day, ref), on that day or later: what is dated
    before stands in `too_early` as (what, day, ref).
    """

    start: date | None
    baselines: tuple[DatedAssessment, ...]
    assessments: tuple[DatedAssessment, ...]
    death: date | None
    alive: tuple[tuple[date, str, str], ...]
    new_therapies: tuple[tuple[date, str], ...]
    clinical_progression: tuple[date, str] | None
    treatment_end: date | None = None
    too_early: tuple[tuple[str, date, str], ...] = ()
    first_dose: date | None = None
    origin: Origin = "first_dose"

    @property
    def new_therapy(self) -> tuple[date, str] | None:
        """The first new anticancer therapy."""
        return self.new_therapies[0] if self.new_therapies else None


@lru_cache(maxsize=65536)
def span(text: str) -> tuple[date, date]:
    """First and last day that a recorded date can mean. Raises ValueError for anything but YYYY[-MM[-DD]]."""
    return span_of(text.partition("T")[0])


def resolve(
    text: str, plan: AnalysisPlan, *, floor: date | None = None, ceilings: tuple[date | None, ...] = ()
) -> date:
    """The day taken for a recorded date. A bound outside what the record can mean is left to the findings."""
    first, last = span(text)
    if first == last:
        return first
    day = last if plan.partial_day == "last" else middle_of(text.partition("T")[0])
    if floor is not None and floor <= last:
        day = max(day, floor)
    for ceiling in ceilings:
        if ceiling is not None and ceiling >= first:
            day = min(day, ceiling)
    return day


def is_full(text: str) -> bool:
    first, last = span(text)
    return first == last


def timeline(records: SubjectRecords, plan: AnalysisPlan, cut: date | None = None) -> Timeline:
    """Resolve every date of a subject. With a data cut, what is dated after it is left out first."""
    start = records.origin(plan)
    if cut is not None:
        records = _until(records, plan, cut)
        start = start if start is not None and start <= cut else None
    death = _death(records, plan)
    seen_alive = (*records.contacts, *records.signs_of_life)
    surely = max((span(seen.date)[0] for seen in seen_alive if is_full(seen.date)), default=None)
    alive = tuple(
        (resolve(seen.date, plan, floor=start, ceilings=(death, surely)), seen.source, seen.ref) for seen in seen_alive
    )
    bounds = (death, max((day for day, _, _ in alive), default=None))

    def taken(happened: Dated) -> tuple[date, str]:
        return resolve(happened.date, plan, floor=start, ceilings=bounds), happened.ref

    end = records.treatment_end
    therapies = sorted(taken(therapy) for therapy in _told_once(records.new_therapies))
    clinical = [taken(records.clinical_progression)] if records.clinical_progression else []

    def in_time(dated: list[tuple[date, str]]) -> tuple[tuple[date, str], ...]:
        return tuple(entry for entry in dated if start is None or entry[0] >= start)

    return Timeline(
        start=start,
        origin=plan.origin,
        first_dose=records.treatment_start,
        baselines=tuple(placed(record, plan, ceilings=(start,)) for record in records.baselines),
        assessments=tuple(placed(record, plan, floor=start, ceilings=bounds) for record in records.assessments),
        death=death,
        alive=alive,
        new_therapies=in_time(therapies),
        clinical_progression=next(iter(in_time(clinical)), None),
        too_early=tuple(
            (what, day, ref)
            for what, events in (("therapy", therapies), ("clinical", clinical))
            for day, ref in events
            if start is not None and day < start
        ),
        treatment_end=resolve(end.date, plan, floor=start, ceilings=(death,)) if end else None,
    )


def _told_once(dated: tuple[Dated, ...]) -> Iterator[Dated]:
    """Without those known by month or year alone where another entry tells a day in it: the same, known better."""
    days = [span(entry.date)[0] for entry in dated if is_full(entry.date)]
    for entry in dated:
        first, last = span(entry.date)
        if is_full(entry.date) or not any(first <= day <= last for day in days):
            yield entry


def _death(records: SubjectRecords, plan: AnalysisPlan) -> date | None:
    """Death is never resolved before a day on which the subject is fully recorded to have been alive."""
    if records.death is None:
        return None
    alive = [seen.date for seen in (*records.contacts, *records.signs_of_life)]
    alive += [record.last_procedure or record.date for record in records.assessments]
    alive += [happened.date for happened in _happened(records)]
    floors = [span(text)[0] for text in alive if is_full(text)]
    floors += [day for day in (records.treatment_start, records.randomisation) if day]
    floors = [day for day in floors if day <= span(records.death.date)[1]]
    return resolve(records.death.date, plan, floor=max(floors, default=None))


def _happened(records: SubjectRecords) -> tuple[Dated, ...]:
    """What only a living person has beside contacts and assessments."""
    clinical = records.clinical_progression
    return (*records.new_therapies, *((clinical,) if clinical else ()))


def placed(
    record: Assessment, plan: AnalysisPlan, *, floor: date | None = None, ceilings: tuple[date | None, ...] = ()
) -> DatedAssessment:
    """An assessment on its days."""

    def taken(text: str) -> date:
        return resolve(text, plan, floor=floor, ceilings=ceilings)

    day = taken(record.last_procedure or record.date)
    finding = taken(record.finding_date or record.date)
    target = taken(record.target_date) if record.target_date else finding
    non_target = taken(record.non_target_date or record.date)
    return DatedAssessment(
        record=record,
        day=day,
        finding=min(finding, day),
        target=min(target, day),
        non_target=min(non_target, day),
        first_seen=taken(record.first_seen) if record.first_seen else None,
    )


def _until(records: SubjectRecords, plan: AnalysisPlan, cut: date) -> SubjectRecords:
    def by_then(*texts: str | None) -> bool:
        return all(resolve(text, plan, floor=records.origin(plan)) <= cut for text in texts if text)

    death, clinical, end = records.death, records.clinical_progression, records.treatment_end
    dosed, randomised = records.treatment_start, records.randomisation
    return SubjectRecords(
        ref=records.ref,
        treatment_start=dosed if dosed and dosed <= cut else None,
        treatment_ref=records.treatment_ref,
        randomisation=randomised if randomised and randomised <= cut else None,
        baselines=tuple(record for record in records.baselines if by_then(record.date, record.last_procedure)),
        assessments=tuple(record for record in records.assessments if by_then(record.date, record.last_procedure)),
        death=death if death and by_then(death.date) else None,
        contacts=tuple(contact for contact in records.contacts if by_then(contact.date)),
        signs_of_life=tuple(seen for seen in records.signs_of_life if by_then(seen.date)),
        new_therapies=tuple(therapy for therapy in records.new_therapies if by_then(therapy.date)),
        clinical_progression=clinical if clinical and by_then(clinical.date) else None,
        treatment_end=end if end and by_then(end.date) else None,
    )
