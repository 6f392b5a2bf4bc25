"""Time to event: each endpoint is a list of named events and a last resort, each result says which of them decided.

Days = date - origin + 1; a date before the origin counts as the origin. Sources of the censoring rules: FDA guidance
"Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics" (2018), tables of PFS censoring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from protocol.schema import AnalysisPlan
from values.dates import shown_date

from .best_response import Course, CourseStep
from .dates import Timeline
from .outcomes import TimeToEvent
from .records import SubjectRecords


@dataclass(frozen=True, slots=True)
class Sighting:
    """A day on which a source says that something happened, or was still known not to have."""

    day: date
    reason: str
    words: str
    refs: tuple[str, ...] = ()


def progression_events(records: SubjectRecords, course: Course, dates: Timeline, plan: AnalysisPlan) -> list[Sighting]:
    """The events of progression-free survival; of two on one day the first named counts."""
    events = []
    if course.progression:
        events.append(Sighting(course.progression.day, "PD", "Progression", (course.progression.ref,)))
    if plan.clinical_pd_is_event and dates.clinical_progression:
        words = "Progression claimed by the investigator without RECIST progression"
        day, ref = dates.clinical_progression
        events.append(Sighting(day, "investigator-claimed progression", words, (ref,)))
    return events + death_events(records, dates)


def death_events(records: SubjectRecords, dates: Timeline) -> list[Sighting]:
    if dates.death is None or records.death is None:
        return []
    return [Sighting(max(dates.death, dates.start or dates.death), "death", "Death", (records.death.ref,))]


def last_adequate(course: Course, until: date | None = None) -> Sighting:
    """The last evaluable assessment before progression (and not after `until`); without one, day 1."""
    steps = [step for step in course.adequate if until is None or step.day <= until]
    if not steps:
        return Sighting(course.start, "no adequate assessment", "No adequate assessment: censored on day 1")
    return Sighting(steps[-1].day, "last adequate assessment", "Last adequate assessment", (steps[-1].ref,))


def progression_free(records: SubjectRecords, course: Course, dates: Timeline, plan: AnalysisPlan) -> TimeToEvent:
    """Progression-free survival: the earlier of progression and death, else the last adequate assessment."""
    event = earliest(progression_events(records, course, dates, plan))
    if plan.nact_censors and dates.new_therapy and (event is None or event.day > dates.new_therapy[0]):
        return timed(_censored_at_therapy(course, *dates.new_therapy), course.start, False)
    if event is None:
        return timed(last_adequate(course), course.start, False)
    before = last_adequate(course, event.day)
    since = max(before.day, course.start)
    allowed = plan.two_missed((since - course.start).days)
    if plan.missed_censors and (event.day - since).days > allowed:
        day = shown_date(event.day)
        words = f"{event.words} on {day}, more than {allowed} days after the last adequate assessment"
        missed = replace(
            before, reason="event after >=2 missed assessments", words=words, refs=before.refs + event.refs
        )
        return timed(missed, course.start, False)
    return timed(event, course.start, True)


def _censored_at_therapy(course: Course, therapy: date, ref: str) -> Sighting:
    before = last_adequate(course, therapy)
    last = "last adequate assessment before it" if before.refs else "no adequate assessment before it, so day 1"
    words = f"New anticancer therapy on {shown_date(therapy)}; {last}"
    return replace(before, reason="new anticancer therapy", words=words, refs=(*before.refs, ref))


def overall_survival(records: SubjectRecords, course: Course, dates: Timeline) -> TimeToEvent:
    """Overall survival: death, else the last date on which the subject was known to be alive."""
    event = earliest(death_events(records, dates))
    return timed(event, course.start, True) if event else timed(last_alive(records, dates), course.start, False)


def last_alive(records: SubjectRecords, dates: Timeline) -> Sighting:
    """The latest of all that shows the subject alive; of several on one day the first in the order written here."""
    seen = [(day, f"Known alive: {source}", ref) for day, source, ref in dates.alive]
    seen += [(entry.day, "Known alive: tumour assessment", entry.record.ref) for entry in dates.assessments]
    seen += [(entry.day, "Known alive: baseline assessment", entry.record.ref) for entry in dates.baselines]
    if dates.clinical_progression:
        day, ref = dates.clinical_progression
        seen.append((day, "Known alive: clinical progression", ref))
    seen += [(day, "Known alive: new anticancer therapy", ref) for day, ref in dates.new_therapies]
    if dates.first_dose:
        seen.append((dates.first_dose, "Known alive: first dose", records.treatment_ref))
    if records.randomisation:
        seen.append((records.randomisation, "Known alive: randomisation", ""))
    latest = max(day for day, _, _ in seen)
    words, ref = min((words, ref) for day, words, ref in seen if day == latest)
    return Sighting(latest, "last date known alive", words, (ref,))


def duration_of_response(first: CourseStep | None, pfs: TimeToEvent) -> TimeToEvent | None:
    """From the begin of a response (best_response.response_of) to where progression-free survival ends.

    `pfs` is the one that counts for the response: ended by new anticancer therapy, where that ends the response. A
    response that begins after the day of censoring says nothing of its duration, and is censored at once.
    """
    if first is None:
        return None
    begin = _begin(first)
    end = Sighting(pfs.date, pfs.reason, pfs.words, begin.refs + pfs.refs)
    return replace(timed(end, first.day, pfs.event), words=f"{begin.words}, {shown_date(first.day)}. {pfs.words}")


def time_to_response(first: CourseStep | None, course: Course) -> TimeToEvent | None:
    """From the origin to the begin of a response, of responders only."""
    return timed(_begin(first), course.start, True) if first else None


def _begin(first: CourseStep) -> Sighting:
    return Sighting(first.day, "response", f"First response: {first.response}", (first.ref,))


def follow_up(survival: TimeToEvent) -> TimeToEvent:
    """Reversed survival: being alive at last contact is the event, death censors (Schemper and Smith 1996)."""
    return replace(survival, event=not survival.event)


def earliest(events: Sequence[Sighting]) -> Sighting | None:
    return min(events, key=lambda event: event.day, default=None)


def timed(sighting: Sighting, origin: date, event: bool) -> TimeToEvent:
    """A sighting in days from the origin."""
    day = max(sighting.day, origin)
    words = sighting.words if sighting.day == origin and not event else f"{sighting.words}, {shown_date(day)}"
    refs = tuple(ref for ref in dict.fromkeys(sighting.refs) if ref)
    return TimeToEvent((day - origin).days + 1, event, day, sighting.reason, f"{words}.", refs)
