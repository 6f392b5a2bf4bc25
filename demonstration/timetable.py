"""The course of every subject as steps in the order of the calendar: who types what, when. Still plain data."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from demonstration.assessing import InventedAssessment
from demonstration.casebook import casebook
from demonstration.course import InventedCourse, own_chance, simulate
from demonstration.design import CLOSE_OUT, HOSPITALS, LEVELS, slots
from demonstration.dosing import TAKEN, Infusion, Tablets, everolimus, infusions
from demonstration.screening import screening
from demonstration.slips import slip
from demonstration.steps import (
    Add,
    CloseLevel,
    CloseOut,
    Decide,
    Enrol,
    Fill,
    GoesLive,
    MarkNotDone,
    MonitorComes,
    OpenLevel,
    RangeStep,
    Step,
)

BETWEEN_VISITS_OF_THE_MONITOR = 130


def trial(seed: int, subjects: int, *, light: bool = False) -> Iterator[Step]:
    """Every step of a trial. Light: of the infusions the first one only, nothing else of the casebook, no monitor."""
    courses = [simulate(seed, slot) for slot in slots(seed, subjects)]
    planned = [step for course in courses for step in steps_of(course, seed, light=light)]
    planned += [*going_live(), *([] if light else monitoring())]
    # Sorting is stable: what one person does on one day stays in order.
    yield from sorted([*levels(light=light), *planned], key=lambda step: step.day)


def levels(*, light: bool) -> Iterator[Step]:
    for level in LEVELS:
        before = level.opened - timedelta(1)
        decided = level.phase == "I" and level.opened > LEVELS[0].opened and not light
        yield Decide(before, level.cohort, level.why) if decided else OpenLevel(before, level.cohort, level.why)
        # The last to consent is enrolled up to three weeks later.
        yield CloseLevel(level.closed + timedelta(30), level.cohort)


def going_live() -> Iterator[Step]:
    for hospital in HOSPITALS:
        yield RangeStep(LEVELS[0].opened - timedelta(30), hospital)
        yield GoesLive(LEVELS[0].opened - timedelta(14), hospital)


def monitoring() -> Iterator[Step]:
    for number, hospital in enumerate(HOSPITALS):
        day = LEVELS[0].opened + timedelta(60 + 11 * number)
        while day < CLOSE_OUT + timedelta(60):
            yield MonitorComes(day, hospital)
            day += timedelta(BETWEEN_VISITS_OF_THE_MONITOR)
        yield CloseOut(CLOSE_OUT + timedelta(90 + number), hospital)


def steps_of(course: InventedCourse, seed: int, *, light: bool = False) -> Iterator[Step]:
    """One subject, from the first contact to the last, slips of the pen and their corrections included."""
    rng = own_chance(seed, course.slot, "typing")
    yield from _as_typed(_treatment(course, seed, light=light), rng, light=light)
    if not light:
        yield from casebook(course, seed)
    yield from _as_typed(_ended(course), rng, light=light)


def _as_typed(steps: Iterable[Step], rng: Random, *, light: bool) -> Iterator[Step]:
    for step in steps:
        yield from slip(step, rng) if isinstance(step, Fill) and not light else (step,)


def _treatment(course: InventedCourse, seed: int, *, light: bool) -> Iterator[Step]:
    yield from _screened(course, seed)
    given = infusions(course, seed)
    yield from _treated(course, given[:1] if light else given)
    if not light:
        yield from _tablets(course, everolimus(course, seed))
    yield from _assessed(course)


def _screened(course: InventedCourse, seed: int) -> Iterator[Step]:
    slot = course.slot
    yield Add(slot.consent, slot)
    days = {"eligibility": course.baseline_day, "tumour_baseline": course.baseline_day}
    for code, (record, rows) in screening(course, seed).items():
        yield Fill(days.get(code, slot.consent), slot, code, "SCR", record, rows)
    yield Enrol(max(course.baseline_day, course.first_dose - timedelta(3)), slot)


def _treated(course: InventedCourse, given: Iterable[Infusion]) -> Iterator[Step]:
    for infusion in given:
        yield Fill(infusion.day, course.slot, "infusion", infusion.visit, infusion.record())


def _tablets(course: InventedCourse, intervals: list[Tablets]) -> Iterator[Step]:
    """A log: begun with the first tablet, kept as a draft, complete when treatment has ended."""
    if not intervals:
        return
    begun = replace(intervals[0], end=None)
    yield Fill(course.first_dose, course.slot, "everolimus", None, TAKEN, [begun.row()], complete=False)
    rows = [interval.row() | {"row": str(number)} for number, interval in enumerate(intervals, 1)]
    # Where treatment was interrupted the log was complete before.
    reason = "Treatment has ended" if len(intervals) > 1 else ""
    yield Fill(course.end, course.slot, "everolimus", None, TAKEN, rows, again=True, reason=reason)


def _assessed(course: InventedCourse) -> Iterator[Step]:
    done = {assessed.number: assessed for assessed in course.assessments}
    for number in range(1, max(done, default=0) + 1):
        visit = f"TA{number:02d}"
        if number in done:
            yield Fill(done[number].day, course.slot, "tumour", visit, *_tumour(course, done[number]))
        else:
            day = course.first_dose + timedelta(56 * number + 12)
            yield MarkNotDone(day, course.slot, "tumour", visit, "The subject could not come for the scan.")


def _tumour(course: InventedCourse, assessed: InventedAssessment) -> tuple[dict[str, str], list[dict[str, str]]]:
    record = {
        "assessment_date": assessed.day.isoformat(),
        "non_target_response": assessed.non_target,
        "new_lesions": assessed.new_lesions,
        "target_response": assessed.target,
        "overall_response": assessed.overall,
    }
    rows = [{"label": label, **_found(finding)} for label, finding in assessed.sizes.items()]
    rows += [{"label": label, "state": state} for label, state in assessed.states.items()]
    if assessed.new:
        new = assessed.new
        rows.append({"kind": "NEW", "location": new.organ, "method": new.method, "state": new.state})
    return record, rows


def _found(finding: Any) -> dict[str, str]:
    return {"state": finding} if isinstance(finding, str) else {"diameters_mm": str(finding)}


def _ended(course: InventedCourse) -> Iterator[Step]:
    record = {
        "end_date": course.end.isoformat(),
        "reason": course.end_reason,
        "clinical_progression_date": course.clinical_progression,
    }
    yield Fill(course.end, course.slot, "end_of_treatment", "EOT", record)
    for contact in course.contacts:
        record = {
            "contact_date": contact.day.isoformat(),
            "contact_mode": contact.mode,
            "vital_status": "ALIVE",
            "new_therapy_given": "Y" if contact.therapy else "N",
            "new_therapy_name": contact.therapy,
            "new_therapy_date": contact.therapy_started,
        }
        yield Fill(contact.day, course.slot, "follow_up", f"FU{contact.number:02d}", record)
    if course.death:
        record = {"death_date": course.death, "cause": course.death_cause, "cause_detail": ""}
        record["cause_detail"] = "Stroke" if course.death_cause == "OTHER" else ""
        yield Fill(course.last_day, course.slot, "death", None, record)
