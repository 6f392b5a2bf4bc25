"""Which visits are due when: a pure reading of the protocol's visit plan against a subject's own dates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, takewhile
from types import MappingProxyType
from typing import Any, Literal

from protocol.design import add_months
from protocol.schema import Protocol
from protocol.visits import (
    CycleVisit,
    DltVisit,
    EndOfTreatmentVisit,
    FollowUpVisit,
    ScreeningVisit,
    TumourVisit,
    VisitKind,
)

# Kinds of visits that repeat without an end, and are numbered.
NUMBERED = ("tumour", "follow_up")
VisitState = Literal["planned", "due", "overdue", "done"]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit that the protocol asks for. The window includes both of its days."""

    code: str
    label: str
    kind: VisitKind
    target: date
    window_from: date
    window_to: date
    forms: tuple[str, ...]
    cycle: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class WindowStatus:
    """Days outside the window: negative early, positive late, 0 within."""

    days: int

    @property
    def within(self) -> bool:
        return self.days == 0

    def __str__(self) -> str:
        if self.within:
            return "within the window"
        days = abs(self.days)
        return f"{days} {'day' if days == 1 else 'days'} {'early' if self.days < 0 else 'late'}"


@dataclass(frozen=True, slots=True)
class _Course:
    """The dates of one subject that its visits are counted from, None for what has not happened."""

    consent_date: date | None
    first_dose: date | None
    today: date
    cycle_starts: Mapping[int, date]
    end_of_treatment: date | None
    progression: date | None
    death: date | None
    withdrawal: date | None
    seen: date
    dlt_evaluated: bool
    follow_up_refused: bool
    passed: Mapping[str, int]
    randomisation: date | None
    cycle_lengths: Sequence[tuple[date, int]]


def planned_under(plans: Sequence[tuple[date, Protocol]], **course: Any) -> list[PlannedVisit]:
    """As `planned_visits`, where one version holds from its day on until the next one does, in rising order: a visit
    is planned by the version of its target date. Assessments and follow-ups are numbered on from version to version;
    a cycle is as long as the version says that holds on its first day."""
    planned: list[PlannedVisit] = []
    passed: dict[str, int] = {}
    late: list[PlannedVisit] = []
    course["cycle_lengths"] = [(since, protocol.regimen.cycle_days) for since, protocol in plans]
    for place, (since, protocol) in enumerate(plans):
        until = plans[place + 1][0] if place + 1 < len(plans) else date.max
        course["passed"] = {kind: number - _before(protocol, kind, since, course) for kind, number in passed.items()}
        visits = planned_visits(protocol, **course)
        # This version had it before it held, the one before only now: it is neither lost nor due in the past.
        early = {visit.code for visit in visits if visit.target < since} - {visit.code for visit in planned}
        planned += [visit for visit in late if visit.code in early]
        planned += [visit for visit in visits if since <= visit.target < until]
        late = [visit for visit in visits if visit.target >= until and visit.kind not in NUMBERED]
        passed = {kind: course["passed"].get(kind, 0) + _before(protocol, kind, until, course) for kind in NUMBERED}
    return sorted(planned, key=lambda visit: visit.target)


def _before(protocol: Protocol, kind: str, day: date, course: Mapping[str, Any]) -> int:
    """How many assessments, or follow-ups, this version alone would have planned before that day."""
    visit = next((visit for visit in protocol.visits if visit.kind == kind), None)
    begin = course[visit.counted_from] if isinstance(visit, TumourVisit) else course["end_of_treatment"]
    if visit is None or begin is None or day == date.max:
        return 0
    return sum(1 for _ in takewhile(lambda target: target < day, _targets(visit, begin)))


def planned_visits(
    protocol: Protocol,
    *,
    consent_date: date | None,
    first_dose: date | None,
    today: date,
    cycle_starts: Mapping[int, date],
    end_of_treatment: date | None,
    progression: date | None,
    death: date | None,
    withdrawal: date | None = None,
    seen: date | None = None,
    dlt_evaluated: bool = False,
    follow_up_refused: bool = False,
    passed: Mapping[str, int] = MappingProxyType({}),
    randomisation: date | None = None,
    cycle_lengths: Sequence[tuple[date, int]] = (),
) -> list[PlannedVisit]:
    """Every visit of a subject, by target date: all of the past and those that begin within one interval of today.

    `cycle_starts` holds the actual day 1 of each cycle that began; a late one moves the visits after it, while the day
    1 itself keeps its target, so that the delay shows. Cycles 1 and 2 and the first tumour assessment are there from
    the first dose on. The end-of-treatment visit is there once treatment ended or disease progressed. `seen` is the day
    of the last contact (None: today): see TumourVisit; `dlt_evaluated` whether the subject's cohort is evaluated for
    dose-limiting toxicity, `follow_up_refused` whether the subject does not agree to be asked about survival;
    `randomisation` the day of it, from which some protocols count assessments; `passed` by how much the numbers of a
    kind of visit run ahead, after earlier versions; `cycle_lengths` from which day on a cycle is how many days long, in
    rising order (none: by this protocol). Empty for a protocol that does not enforce its visits.
    """
    if not protocol.visits_enforced:
        return []
    ends = (end_of_treatment, progression, death, withdrawal)
    course_facts: dict[str, Any] = {"dlt_evaluated": dlt_evaluated, "follow_up_refused": follow_up_refused}
    course_facts |= {"seen": seen or today, "passed": passed, "randomisation": randomisation}
    course_facts["cycle_lengths"] = cycle_lengths
    course = _Course(consent_date, first_dose, today, cycle_starts, *ends, **course_facts)
    planned = [visit for planner in _PLANNERS for visit in planner(protocol, course)]
    return sorted(planned, key=lambda visit: visit.target)


def window_status(planned: PlannedVisit, actual: date) -> WindowStatus:
    """How far the day on which a visit took place lies outside its window."""
    return outside(actual, planned.window_from, planned.window_to)


def outside(actual: date, first: date, last: date) -> WindowStatus:
    """How far a day lies outside a span that includes both of its ends."""
    return WindowStatus(min((actual - first).days, 0) + max((actual - last).days, 0))


def visit_state(planned: PlannedVisit, actual: date | None, today: date) -> VisitState:
    """Done once it took place; else planned before its window, due within, overdue after."""
    if actual is not None:
        return "done"
    if today < planned.window_from:
        return "planned"
    return "due" if today <= planned.window_to else "overdue"


def _screening(protocol: Protocol, course: _Course) -> Iterator[PlannedVisit]:
    for visit in protocol.visits:
        if isinstance(visit, ScreeningVisit):
            span = timedelta(visit.days_before)
            begin = course.consent_date or course.today
            last = course.first_dose or begin + span
            # Of a consent long before treatment only the last days before the first dose give a valid baseline.
            begin = min(max(begin, last - span), last)
            yield PlannedVisit(visit.code, visit.label, visit.kind, begin, begin, last, visit.forms)


def _cycles(protocol: Protocol, course: _Course) -> Iterator[PlannedVisit]:
    days = [visit for visit in protocol.visits if isinstance(visit, CycleVisit)]
    stop = min(_known(course.end_of_treatment, course.death), default=None)
    for cycle, due, began in _cycle_days(protocol, course):
        over = began + _length(protocol, course, began)
        for visit in days:
            target = due if visit.day == 1 else began + timedelta(visit.day - 1)
            # One that began under a version of shorter cycles has no later days.
            if target < over and visit.forms_in(cycle) and (stop is None or target <= stop):
                yield _in_cycle(visit, cycle, target)


def _cycle_days(protocol: Protocol, course: _Course) -> Iterator[tuple[int, date, date]]:
    """(cycle, day on which it was due to start, day from which its other days are counted) up to the horizon."""
    if course.first_dose is None:
        return
    last_begun = max(course.cycle_starts, default=1)
    due = course.first_dose
    for cycle in count(1):
        if cycle > max(2, last_begun) and due > course.today + _length(protocol, course, due):
            return
        began = course.cycle_starts.get(cycle, due)
        yield cycle, due, began
        due = began + _length(protocol, course, began)


def _length(protocol: Protocol, course: _Course, began: date) -> timedelta:
    """Of a cycle that begins on that day."""
    held = (days for since, days in reversed(course.cycle_lengths) if since <= began)
    return timedelta(next(held, protocol.regimen.cycle_days))


def _in_cycle(visit: CycleVisit, cycle: int, target: date) -> PlannedVisit:
    return PlannedVisit(
        code=f"C{cycle}{visit.code}",
        label=f"Cycle {cycle}, {visit.label.lower()}",
        kind=visit.kind,
        target=target,
        window_from=target - timedelta(visit.early_days),
        window_to=target + timedelta(visit.late_days),
        forms=visit.forms_in(cycle),
        cycle=cycle,
        day=visit.day,
    )


def _tumour_assessments(protocol: Protocol, course: _Course) -> Iterator[PlannedVisit]:
    for visit in protocol.visits:
        first = _assessed_from(visit, course) if isinstance(visit, TumourVisit) else None
        if isinstance(visit, TumourVisit) and first is not None:
            ahead = timedelta(visit.interval_on((course.today - first).days))
            horizon = max(course.today + ahead, first + timedelta(visit.every_days))
            passed_over = course.seen + 2 * timedelta(visit.interval_on((course.seen - first).days))
            stop = min(_known(*_ends_assessments(visit, course)), default=None)
            for planned in _numbered(visit, _targets(visit, first), horizon, course):
                # One that could have taken place before, and did not, was missed; the one that found the progression
                # is recorded, and needs no plan.
                if stop is not None and planned.window_to >= stop:
                    return
                after = course.end_of_treatment is not None and planned.target > course.end_of_treatment
                if after and planned.target > passed_over:
                    return
                if not after or planned.window_to >= course.seen:
                    yield planned


def _assessed_from(visit: TumourVisit, course: _Course) -> date | None:
    return course.first_dose if visit.counted_from == "first_dose" else course.randomisation


def _ends_assessments(visit: TumourVisit, course: _Course) -> tuple[date | None, ...]:
    ended = course.end_of_treatment if visit.until == "end_of_treatment" else None
    return course.progression, course.death, course.withdrawal, ended


def _dlt_evaluation(protocol: Protocol, course: _Course) -> Iterator[PlannedVisit]:
    for visit in protocol.visits:
        evaluated = course.dlt_evaluated and course.first_dose is not None and course.withdrawal is None
        if isinstance(visit, DltVisit) and protocol.dlt is not None and evaluated:
            assert course.first_dose is not None
            cycle = protocol.dlt.cycle
            over = course.first_dose
            for _ in range(cycle):
                over += _length(protocol, course, over)
            last = over + timedelta(visit.late_days)
            label = f"Cycle {cycle}, {visit.label.lower()}"
            yield PlannedVisit(f"C{cycle}{visit.code}", label, visit.kind, over, over, last, visit.forms, cycle=cycle)


def _end_of_treatment(protocol: Protocol, course: _Course) -> Iterator[PlannedVisit]:
    for visit in protocol.visits:
        if isinstance(visit, EndOfTreatmentVisit) and course.first_dose is not None:
            ended = course.end_of_treatment or min(_known(course.progression, course.death), default=None)
            if ended is not None:
                last = ended + timedelta(visit.late_days)
                yield PlannedVisit(visit.code, visit.label, visit.kind, ended, ended, last, visit.forms)


def _follow_up(protocol: Protocol, course: _Course) -> Iterator[PlannedVisit]:
    for visit in protocol.visits:
        if isinstance(visit, FollowUpVisit) and course.end_of_treatment is not None and not course.follow_up_refused:
            ended, months = course.end_of_treatment, visit.every_months
            horizon = max(add_months(course.today, months), add_months(ended, months))
            for planned in _numbered(visit, _targets(visit, ended), horizon, course):
                if course.death is None or planned.target <= course.death:
                    yield planned


def _targets(visit: TumourVisit | FollowUpVisit, begin: date) -> Iterator[date]:
    """Every day on which such a visit is planned, without an end."""
    if isinstance(visit, TumourVisit):
        return (begin + timedelta(day) for day in visit.days())
    return (add_months(begin, visit.every_months * number) for number in count(1))


def _numbered(
    visit: TumourVisit | FollowUpVisit, targets: Iterable[date], horizon: date, course: _Course
) -> Iterator[PlannedVisit]:
    first = 1 + course.passed.get(visit.kind, 0)
    for number, target in enumerate(takewhile(lambda target: target <= horizon, targets), start=first):
        yield PlannedVisit(
            code=f"{visit.code}{number:02d}",
            label=f"{visit.label} {number}",
            kind=visit.kind,
            target=target,
            window_from=target - timedelta(visit.early_days),
            window_to=target + timedelta(visit.late_days),
            forms=visit.forms,
        )


def _known(*days: date | None) -> list[date]:
    return [day for day in days if day is not None]


_PLANNERS = (_screening, _cycles, _tumour_assessments, _dlt_evaluation, _end_of_treatment, _follow_up)
