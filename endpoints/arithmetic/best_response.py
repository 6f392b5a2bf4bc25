"""Best overall response, unconfirmed and confirmed, and clinical benefit.

Rules in order, each with a last fall-through, so that nobody leaves the denominator. Source of the confirmation rule:
RECIST (see recist.py); no partial response may follow a complete one within the confirmation period. Where a response
begins: FDA, "Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics" (2018), by the criteria first met
for the response that is later confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from protocol.schema import AnalysisPlan
from values.counts import counted
from values.dates import shown_date

from .outcomes import WORST_FIRST, AssessmentResult, BestResponse, Flag
from .records import Response
from .words import RESPONSES

ADEQUATE: frozenset[Response] = frozenset(("CR", "PR", "SD", "NON-CR/NON-PD"))
CONTROLLED: tuple[Response, ...] = ("CR", "PR", "SD")


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One date of the course and the response that counts on it."""

    day: date
    response: Response
    ref: str


@dataclass(frozen=True, slots=True)
class Course:
    """What counts of a treated subject: the steps before the first progression, by date, and that progression.

    `ended` is the day of the new anticancer therapy after which nothing counts for the response, None without one.
    """

    start: date
    steps: tuple[CourseStep, ...]
    progression: CourseStep | None
    ended: date | None = None

    @property
    def assessed(self) -> bool:
        """Whether any assessment counts."""
        return bool(self.steps or self.progression)

    @property
    def adequate(self) -> tuple[CourseStep, ...]:
        """The steps that can carry a censoring: evaluable, before progression."""
        return tuple(step for step in self.steps if step.response in ADEQUATE)

    def late(self, days: int) -> tuple[CourseStep, ...]:
        """The steps at least so many days after the start."""
        return tuple(step for step in self.steps if (step.day - self.start).days >= days)


def course_of(results: Iterable[AssessmentResult], start: date, *, until: date | None = None) -> Course:
    """Order the results by date, one a date, up to the first progression.

    What is dated before the start of treatment is no response to it, and no progression under it. `until` is the last
    day on which anything is assessed that counts: a lesion proven new after it does not count for its first sight.
    """
    results = [result for result in results if until is None or result.assessed_on(start) <= until]
    progressions = [
        CourseStep(result.pd_date, "PD", result.ref)
        for result in results
        if result.pd_date is not None and result.pd_date >= start
    ]
    progression = min(progressions, key=lambda step: (step.day, step.ref), default=None)
    one_a_day: dict[date, CourseStep] = {}
    for result in results:
        day = result.date or start
        if result.overall == "PD" or day < start or (progression and day >= progression.day):
            continue
        step = CourseStep(day, result.overall, result.ref)
        one_a_day[day] = min(one_a_day.get(day, step), step, key=_worst)
    steps = tuple(one_a_day[day] for day in sorted(one_a_day))
    return Course(start=start, steps=steps, progression=progression, ended=until)


def _worst(step: CourseStep) -> tuple[int, str]:
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
        return _best("CR", f"{_said(complete[0])}, confirmed on {shown_date(complete[1].day)}.", *complete)
    partial = _pair(course.steps, "PR", plan)
    if partial:
        return _best("PR", f"{_said(partial[0])}, confirmed on {shown_date(partial[1].day)}.", *partial)
    response = _first(course.steps, ("CR", "PR"))
    why = f"{_said(response)}, not confirmed. " if response else ""
    return _stable_or_less(course, plan, ("SD", "PR", "CR"), why)


def _stable_or_less(course: Course, plan: AnalysisPlan, stable: Sequence[Response], why: str) -> BestResponse:
    late = course.late(plan.sd_min_days)
    step = _first(late, stable)
    if step:
        return _best("SD", f"{why}No progression by {shown_date(step.day)}, day {_day(course, step)}.", step)
    step = _first(late, ("NON-CR/NON-PD",))
    if step:
        return _best("NON-CR/NON-PD", f"{why}{_said(step)}.", step)
    if course.progression:
        return _best("PD", f"{why}{_said(course.progression)}.", course.progression)
    if not course.assessed:
        return BestResponse(
            "NE", f"Not assessed: no assessment after baseline{_before_therapy(course)}.", assessed=False
        )
    step = _first(course.steps, tuple(ADEQUATE))
    if step:
        early = f"nothing evaluable from day {plan.sd_min_days + 1} on{_before_therapy(course)}"
        return BestResponse("NE", f"{why}{_said(step)}, then {early}: too early to count as stable.", refs=(step.ref,))
    why = f"No assessment{_before_therapy(course)} was evaluable."
    return BestResponse("NE", why, refs=tuple(step.ref for step in course.steps))


def response_of(best: BestResponse, course: Course, plan: AnalysisPlan, *, is_confirmed: bool) -> CourseStep | None:
    """Where the response of a responder begins: at its first CR or PR, of a confirmed one at the first that a later
    assessment confirms. None for a non-responder."""
    if not best.responder:
        return None
    for index, step in enumerate(course.steps):
        if step.response in ("CR", "PR") and (not is_confirmed or _confirming(step, course.steps[index + 1 :], plan)):
            return step
    return None


def _pair(steps: Sequence[CourseStep], response: Response, plan: AnalysisPlan) -> tuple[CourseStep, CourseStep] | None:
    """The first response and the assessment that confirms it, if any."""
    for index, first in enumerate(steps):
        if first.response == response:
            second = _confirming(first, steps[index + 1 :], plan)
            if second:
                return first, second
    return None


def _confirming(first: CourseStep, later: Iterable[CourseStep], plan: AnalysisPlan) -> CourseStep | None:
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
    step = _first(course.late(plan.clinical_benefit_days), _benefits(plan))
    if step:
        return Flag(True, f"{_said(step)}, day {_day(course, step)}.", (step.ref,))
    late = f"from day {plan.clinical_benefit_days + 1} on{_before_therapy(course)}"
    return Flag(False, f"No response, nor {_named(_benefits(plan))} {late}.", best.refs)


def benefit_by_duration(best: BestResponse, course: Course, plan: AnalysisPlan) -> Flag:
    """cb_B: a response, or SD that lasts the minimum duration, to progression or the last adequate assessment."""
    if best.responder:
        return Flag(True, best.reason, best.refs)
    last = course.progression or (course.adequate[-1] if course.adequate else None)
    if best.value not in _benefits(plan) or last is None:
        return Flag(False, f"Neither a response nor stable disease{_before_therapy(course)}.", best.refs)
    lasted = (last.day - course.start).days
    value = lasted >= plan.clinical_benefit_days
    return Flag(
        value, f"Stable disease for {counted(lasted, 'day')}; {plan.clinical_benefit_days} are asked.", (last.ref,)
    )


def _benefits(plan: AnalysisPlan) -> tuple[Response, ...]:
    """The responses that an assessment can have for clinical benefit."""
    return ("CR", "PR", "SD", "NON-CR/NON-PD") if plan.benefit_non_cr_non_pd else ("CR", "PR", "SD")


def _named(responses: Sequence[Response]) -> str:
    names = ["Non-CR/Non-PD" if response == "NON-CR/NON-PD" else response for response in responses]
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _before_therapy(course: Course) -> str:
    return f" before new anticancer therapy on {shown_date(course.ended)}" if course.ended else ""


def without_origin(plan: AnalysisPlan) -> BestResponse:
    """The best response of a subject who was never treated, or randomised where the plan counts from there."""
    why = "Not treated: no dose was given." if plan.origin == "first_dose" else "Not randomised."
    return BestResponse(value="NE", reason=why, assessed=False)


def _best(value: Response, reason: str, *steps: CourseStep) -> BestResponse:
    return BestResponse(value=value, reason=reason, date=steps[0].day, refs=tuple(step.ref for step in steps))


def _first(steps: Iterable[CourseStep], responses: Sequence[Response]) -> CourseStep | None:
    return next((step for step in steps if step.response in responses), None)


def _said(step: CourseStep) -> str:
    text = RESPONSES[step.response]
    return f"{text[0].upper()}{text[1:]} on {shown_date(step.day)}"


def _day(course: Course, step: CourseStep) -> int:
    return (step.day - course.start).days + 1
