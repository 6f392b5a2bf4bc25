"""Best overall response, unconfirmed and confirmed, and clinical benefit.

Rules in order, each with a last fall-through, so that nobody leaves the denominator. Source of the confirmation rule:
RECIST (see recist.py); no partial response may follow a complete one within the confirmation period.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from trialsite.protocol.schema import AnalysisPlan

from .outcomes import WORST_FIRST, AssessmentResult, BestResponse, Flag
from .records import Response
from .words import RESPONSES

ADEQUATE: frozenset[Response] = frozenset(("CR", "PR", "SD", "NON-CR/NON-PD"))
CONTROLLED: frozenset[Response] = frozenset(("CR", "PR", "SD"))


@dataclass(frozen=True, slots=True)
class Step:
    """One date of the course and the response that counts on it."""

    day: date
    response: Response
    ref: str


@dataclass(frozen=True, slots=True)
class Course:
    """What counts of a treated subject: the steps before the first progression, by date, and that progression."""

    start: date
    steps: tuple[Step, ...]
    progression: Step | None
    assessed: bool

    @property
    def adequate(self) -> tuple[Step, ...]:
        """The steps that can carry a censoring: evaluable, before progression."""
        return tuple(step for step in self.steps if step.response in ADEQUATE)

    def late(self, days: int) -> tuple[Step, ...]:
        """The steps at least so many days after the start."""
        return tuple(step for step in self.steps if (step.day - self.start).days >= days)


def course_of(results: Sequence[AssessmentResult], start: date) -> Course:
    """Order the results by date, one a date, up to the first progression.

    What is dated before the start of treatment is no response to it; a progression so dated counts as at the start.
    """
    progressions = [
        Step(max(result.pd_date, start), "PD", result.ref) for result in results if result.pd_date is not None
    ]
    progression = min(progressions, key=lambda step: (step.day, step.ref), default=None)
    one_a_day: dict[date, Step] = {}
    for result in results:
        day = result.date or start
        if result.overall == "PD" or day < start or (progression and day >= progression.day):
            continue
        step = Step(day, result.overall, result.ref)
        one_a_day[day] = min(one_a_day.get(day, step), step, key=_worst)
    steps = tuple(one_a_day[day] for day in sorted(one_a_day))
    return Course(start=start, steps=steps, progression=progression, assessed=bool(steps or progression))


def _worst(step: Step) -> tuple[int, str]:
    return WORST_FIRST.index(step.response), step.ref


def unconfirmed(course: Course, plan: AnalysisPlan) -> BestResponse:
    """The best single assessment; SD only from its minimum duration on."""
    for response in ("CR", "PR"):
        first = _first(course.steps, (response,))
        if first:
            return _best(response, f"{_said(first)}.", first)
    return _stable_or_less(course, plan, ("SD",), "")


def confirmed(course: Course, plan: AnalysisPlan) -> BestResponse:
    """The best response that a later assessment confirms; else SD, PD or NE, with why it was not confirmed."""
    complete = _pair(course.steps, "CR", plan)
    if complete:
        return _best("CR", f"{_said(complete[0])}, confirmed on {complete[1].day}.", *complete)
    partial = _pair(course.steps, "PR", plan)
    if partial:
        return _best("PR", f"{_said(partial[0])}, confirmed on {partial[1].day}.", *partial)
    response = _first(course.steps, ("CR", "PR"))
    why = f"{_said(response)}, not confirmed. " if response else ""
    return _stable_or_less(course, plan, ("SD", "PR", "CR"), why)


def _stable_or_less(course: Course, plan: AnalysisPlan, stable: Sequence[Response], why: str) -> BestResponse:
    late = course.late(plan.sd_min_days)
    step = _first(late, stable)
    if step:
        return _best("SD", f"{why}No progression by {step.day}, day {_day(course, step)}.", step)
    step = _first(late, ("NON-CR/NON-PD",))
    if step:
        return _best("NON-CR/NON-PD", f"{why}{_said(step)}.", step)
    if course.progression:
        return _best("PD", f"{why}{_said(course.progression)}.", course.progression)
    if not course.assessed:
        return BestResponse("NE", "Not assessed: no assessment after baseline.", assessed=False)
    step = _first(course.steps, tuple(ADEQUATE))
    if step:
        early = f"nothing evaluable from day {plan.sd_min_days + 1} on"
        return BestResponse("NE", f"{why}{_said(step)}, then {early}: too early to count as stable.", refs=(step.ref,))
    return BestResponse("NE", "No assessment was evaluable.", refs=tuple(step.ref for step in course.steps))


def _pair(steps: Sequence[Step], response: Response, plan: AnalysisPlan) -> tuple[Step, Step] | None:
    """The first response and the assessment that confirms it, if any."""
    for index, first in enumerate(steps):
        if first.response == response:
            second = _confirming(first, steps[index + 1 :], plan)
            if second:
                return first, second
    return None


def _confirming(first: Step, later: Iterable[Step], plan: AnalysisPlan) -> Step | None:
    accepted = ("CR",) if first.response == "CR" else ("CR", "PR")
    not_evaluable, complete_seen = 0, False
    for step in later:
        if step.response in accepted:
            if step.response == "PR" and complete_seen:
                return None
            if (step.day - first.day).days >= plan.confirmation_days:
                return step
            complete_seen = complete_seen or step.response == "CR"
        elif step.response == "NE":
            not_evaluable += 1
            if not_evaluable > plan.ne_between:
                return None
        elif not (step.response == "SD" and first.response == "PR" and plan.accept_sd_between):
            return None
    return None


def benefit_by_assessment(best: BestResponse, course: Course, plan: AnalysisPlan) -> Flag:
    """cb_A: a response, or CR, PR or SD dated at or after the minimum duration and before progression."""
    if best.responder:
        return Flag(True, best.reason, best.refs)
    step = _first(course.late(plan.clinical_benefit_days), tuple(CONTROLLED))
    if step:
        return Flag(True, f"{_said(step)}, day {_day(course, step)}.", (step.ref,))
    return Flag(False, f"No response, nor CR, PR or SD from day {plan.clinical_benefit_days + 1} on.", best.refs)


def benefit_by_duration(best: BestResponse, course: Course, plan: AnalysisPlan) -> Flag:
    """cb_B: a response, or SD that lasts the minimum duration, to progression or the last adequate assessment."""
    if best.responder:
        return Flag(True, best.reason, best.refs)
    last = course.progression or (course.adequate[-1] if course.adequate else None)
    if best.value != "SD" or last is None:
        return Flag(False, "Neither a response nor stable disease.", best.refs)
    lasted = (last.day - course.start).days
    value = lasted >= plan.clinical_benefit_days
    return Flag(value, f"Stable disease for {lasted} days; {plan.clinical_benefit_days} are asked.", (last.ref,))


def without_treatment() -> BestResponse:
    """The best response of a subject who was never treated: still in the denominator of the enrolled."""
    return BestResponse(value="NE", reason="Not treated: no dose was given.", assessed=False)


def _best(value: Response, reason: str, *steps: Step) -> BestResponse:
    return BestResponse(value=value, reason=reason, date=steps[0].day, refs=tuple(step.ref for step in steps))


def _first(steps: Iterable[Step], responses: Sequence[Response]) -> Step | None:
    return next((step for step in steps if step.response in responses), None)


def _said(step: Step) -> str:
    text = RESPONSES[step.response]
    return f"{text[0].upper()}{text[1:]} on {step.day}"


def _day(course: Course, step: Step) -> int:
    return (step.day - course.start).days + 1
