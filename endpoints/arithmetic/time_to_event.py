"""Time to event: each endpoint is a list of named events and a last resort, each result says which of them decided.

Days = date - origin + 1; a date before the origin counts as the origin. Sources of the censoring rules: FDA guidance
"Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics" (2018), tables of PFS censoring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialsite.protocol.schema import AnalysisPlan

from .best_response import Course
from .dates import Timeline
from .outcomes import BestResponse, TimeToEvent
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
    if plan.clinical_pd_is_event and dates.clinical_progression and records.clinical_progression:
        words = "Progression claimed by the investigator without RECIST progression"
        refs = (records.clinical_progression.ref,)
        events.append(Sighting(dates.clinical_progression, "investigator-claimed progression", words, refs))
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
    therapy = dates.new_therapy if plan.nact_censors else None
    if therapy and records.new_therapy and (event is None or event.day > therapy):
        words = f"New anticancer therapy on {therapy}; last adequate assessment before it"
        before = last_adequate(course, therapy)
        refs = (*before.refs, records.new_therapy.ref)
        return timed(replace(before, reason="new anticancer therapy", words=words, refs=refs), course.start, False)
    if event is None:
        return timed(last_adequate(course), course.start, False)
    before = last_adequate(course, event.day)
    allowed = 2 * plan.assessment_interval_days + plan.assessment_window_days
    if plan.missed_censors and (event.day - max(before.day, course.start)).days > allowed:
        words = f"{event.words} on {event.day}, more than {allowed} days after the last adequate assessment"
        missed = replace(
            before, reason="event after >=2 missed assessments", words=words, refs=before.refs + event.refs
        )
        return timed(missed, course.start, False)
    return timed(event, course.start, True)


def overall_survival(records: SubjectRecords, course: Course, dates: Timeline) -> TimeToEvent:
    """Overall survival: death, else the last date on which the subject was known to be alive."""
    event = earliest(death_events(records, dates))
    return timed(event, course.start, True) if event else timed(last_alive(records, course, dates), course.start, False)


def last_alive(records: SubjectRecords, course: Course, dates: Timeline) -> Sighting:
    """The latest of all that shows the subject alive; of several on one day the first in the order written here."""
    seen = [(day, f"Known alive: {source}", ref) for day, source, ref in dates.contacts]
    seen += [(entry.day, "Known alive: tumour assessment", entry.record.ref) for entry in dates.assessments]
    seen += [(entry.day, "Known alive: baseline assessment", entry.record.ref) for entry in dates.baselines]
    if dates.clinical_progression and records.clinical_progression:
        seen.append((dates.clinical_progression, "Known alive: clinical progression", records.clinical_progression.ref))
    if dates.new_therapy and records.new_therapy:
        seen.append((dates.new_therapy, "Known alive: new anticancer therapy", records.new_therapy.ref))
    seen.append((course.start, "Known alive: first dose", records.treatment_ref))
    latest = max(day for day, _, _ in seen)
    words, ref = min((words, ref) for day, words, ref in seen if day == latest)
    return Sighting(latest, "last date known alive", words, (ref,))


def duration_of_response(best: BestResponse, course: Course, pfs: TimeToEvent) -> TimeToEvent | None:
    """From the first complete or partial response of a responder to the end of progression-free survival."""
    first = first_response(best, course)
    if first is None:
        return None
    end = Sighting(pfs.date, pfs.reason, pfs.words, first.refs + pfs.refs)
    return replace(timed(end, first.day, pfs.event), words=f"{first.words}, {first.day}. {pfs.words}")


def time_to_response(best: BestResponse, course: Course) -> TimeToEvent | None:
    """From the first dose to the first complete or partial response, of responders only."""
    first = first_response(best, course)
    return timed(first, course.start, True) if first else None


def first_response(best: BestResponse, course: Course) -> Sighting | None:
    if not best.responder:
        return None
    step = next(step for step in course.steps if step.response in ("CR", "PR"))
    return Sighting(step.day, "response", f"First response: {step.response}", (step.ref,))


def follow_up(survival: TimeToEvent) -> TimeToEvent:
    """Reversed survival: being alive at last contact is the event, death censors (Schemper and Smith 1996)."""
    return replace(survival, event=not survival.event)


def earliest(events: Sequence[Sighting]) -> Sighting | None:
    return min(events, key=lambda event: event.day, default=None)


def timed(sighting: Sighting, origin: date, event: bool) -> TimeToEvent:
    """A sighting in days from the origin."""
    day = max(sighting.day, origin)
    words = sighting.words if sighting.day == origin and not event else f"{sighting.words}, {day}"
    refs = tuple(ref for ref in dict.fromkeys(sighting.refs) if ref)
    return TimeToEvent((day - origin).days + 1, event, day, sighting.reason, f"{words}.", refs)
