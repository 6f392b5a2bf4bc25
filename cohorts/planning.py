"""A subject's planned visits: brought to what the protocol asks for, by the versions that hold for the subject."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import Count
from django.utils import timezone

from cohorts.following import judging
from cohorts.models import Subject, Visit
from cohorts.schedule import PlannedVisit, planned_under, planned_visits
from cohorts.versions import Consented, VersionTimeline, at_site, timeline
from protocol.visits import UNSCHEDULED

SILENCE = timedelta(120)
# What a plan may change of a visit that is there: its label stays what it was called.
MOVED = ("target_date", "window_from", "window_to", "protocol_id")


@dataclass(frozen=True)
class Milestones:
    """The dates of a subject that visits are counted from, None for what has not happened; whether its cohort is
    evaluated for dose-limiting toxicity, and whether it does not agree to be asked about survival."""

    consent_date: date | None = None
    first_dose: date | None = None
    cycle_starts: Mapping[int, date] = field(default_factory=dict)
    end_of_treatment: date | None = None
    progression: date | None = None
    death: date | None = None
    withdrawal: date | None = None
    dlt_evaluated: bool = False
    follow_up_refused: bool = False
    consents: tuple[Consented, ...] = ()
    randomisation: date | None = None

    def seen_by(self, today: date) -> date:
        """Today, but no later than the subject's death, or withdrawal from the trial: no amendment is for whoever
        has left it by then."""
        return min([today, *(day for day in (self.death, self.withdrawal) if day is not None)])

    @property
    def course(self) -> dict[str, Any]:
        """What visits are counted from, by the names of `planned_visits`."""
        return {name: value for name, value in vars(self).items() if name != "consents"}


@dataclass(frozen=True)
class Plan:
    """What is to be written: visits that are new, or whose day, window or version changes; and those that go."""

    changed: list[Visit]
    gone: list[Visit]


def plan_visits(*, subject: Subject, milestones: Milestones, today: date | None = None) -> None:
    """Bring the subject's planned visits to what the protocol and these milestones ask for, as seen on `today`.

    Runs in the transaction of the save that moved a milestone. A save plans from the last contact on; the night gives
    `today`, and what was passed over by then goes.
    """
    plan_subjects([(subject, milestones)], today)


def plan_subjects(courses: Sequence[tuple[Subject, Milestones]], today: date | None = None) -> None:
    """The same of several subjects, in a number of statements that grows with their sites and versions alone."""
    visits, held_at = visits_of([subject for subject, _ in courses]), cache(at_site)
    plans, now_by = [], defaultdict(list)
    for subject, milestones in courses:
        versions = timeline(held_at(subject.site_id), milestones.consents)
        plans.append(plan_of(subject, visits[subject.pk], milestones, versions, today))
        now = versions.on(milestones.seen_by(timezone.localdate()))
        if subject.protocol_id != now:
            subject.protocol_id = now
            now_by[now].append(subject.pk)
    Visit.objects.bulk_create(
        [visit for plan in plans for visit in plan.changed],
        update_conflicts=True,
        unique_fields=["subject", "code"],
        update_fields=[*MOVED[:3], "protocol"],
    )
    if gone := [visit.pk for plan in plans for visit in plan.gone]:
        Visit.objects.filter(pk__in=gone).delete()
    for version, subjects in now_by.items():
        Subject.objects.filter(pk__in=subjects).update(protocol=version)


def visits_of(subjects: Sequence[Subject]) -> dict[int, list[Visit]]:
    """Those of each subject by its key, each with the number of its forms: `filled`. One statement."""
    visits: dict[int, list[Visit]] = {subject.pk: [] for subject in subjects}
    for visit in Visit.objects.filter(subject__in=subjects).annotate(filled=Count("forms")):
        visits[visit.subject_id].append(visit)
    return visits


def plan_of(
    subject: Subject,
    visits: list[Visit],
    milestones: Milestones,
    versions: VersionTimeline,
    today: date | None = None,
) -> Plan:
    """What the plan changes of these visits; nothing is read or written.

    A visit that took place, or that has a form, stays as it is, and so does one made by hand; one that nobody came to
    and that is planned no longer goes. Screening alone keeps following: its window is known only once consent and first
    dose are, by when its forms are filled, and is that of the version it was held under. Nor does an amendment move
    what is overdue.
    """
    untouched = {visit.code: visit for visit in visits if _moves(visit)}
    settled = {visit.code: visit.visit_date for visit in visits if visit.code not in untouched}
    seen = max((day for day in (milestones.first_dose, *settled.values()) if day), default=None)
    now = today or timezone.localdate()
    course = {"today": _horizon(now, seen), "seen": today or seen, **milestones.course}
    plan = {visit.code: (visit, versions.on(visit.target)) for visit in planned_under(versions.plans, **course)}
    plan |= _screening_held(visits, course)
    stays = {visit.code for visit in untouched.values() if _is_overdue(visit, now) and _goes_over(visit, versions)}
    planned = [_as_planned(subject, *plan[code]) for code in plan.keys() - settled.keys() - stays]
    changed = [visit for visit in planned if _differs(untouched.get(visit.code), visit)]
    left = [visit for code, visit in untouched.items() if code not in {*plan, *stays}]
    gone = [visit for visit in left if visit.kind != "screening" and not _waits_for_first_dose(visit, milestones)]
    return Plan(sorted(changed, key=lambda visit: (visit.target_date, visit.code)), gone)


def _screening_held(visits: list[Visit], course: Mapping[str, Any]) -> dict[str, tuple[PlannedVisit, int | None]]:
    """By its code, the screening that took place, as the version that it was held under plans it, and that version."""
    held = {visit.code: visit.protocol_id for visit in visits if visit.kind == "screening" and visit.visit_date}
    return {
        visit.code: (visit, version)
        for code, version in held.items()
        for visit in planned_visits(judging(version), **course)
        if visit.code == code
    }


def _moves(visit: Visit) -> bool:
    if visit.kind == "screening":
        return True
    return visit.visit_date is None and not visit.filled and not visit.code.startswith(UNSCHEDULED)  # type: ignore[attr-defined]


def _waits_for_first_dose(visit: Visit, milestones: Milestones) -> bool:
    """Begun for the first dose, which is still to be recorded."""
    return milestones.first_dose is None and visit.cycle == 1 and visit.code.endswith("D1")


def _horizon(today: date, seen: date | None) -> date:
    """Today, but no further than SILENCE after the subject was last seen: a record typed years later, or one that
    stopped, is not planned on week by week until today."""
    return today if seen is None else min(today, seen + SILENCE)


def _is_overdue(visit: Visit, now: date) -> bool:
    return visit.window_to is not None and visit.window_to < now


def _goes_over(visit: Visit, versions: VersionTimeline) -> bool:
    """Whether another version than the one that planned it holds on its day by now."""
    assert visit.target_date is not None
    return visit.protocol_id is not None and visit.protocol_id != versions.on(visit.target_date)


def _as_planned(subject: Subject, visit: PlannedVisit, version: int | None) -> Visit:
    return Visit(
        subject=subject,
        code=visit.code,
        label=visit.label,
        kind=visit.kind,
        cycle=visit.cycle,
        target_date=visit.target,
        window_from=visit.window_from,
        window_to=visit.window_to,
        protocol_id=version,
    )


def _differs(untouched: Visit | None, planned: Visit) -> bool:
    return untouched is None or any(getattr(untouched, name) != getattr(planned, name) for name in MOVED)
