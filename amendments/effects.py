"""What an amendment would change of each subject, before anything happens: nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property

from django.utils import timezone

from assessments.catalogue import CATALOGUE
from assessments.checks.asking import found_by_all
from assessments.checks.reading import casebooks
from assessments.visits.milestones import milestones_of
from assessments.visits.placing import forms_due
from cohorts.following import judging, read
from cohorts.models import ProtocolVersion, Subject, Visit
from cohorts.planning import Milestones, plan_of, visits_of
from cohorts.versions import Version, VersionTimeline, at_site, timeline
from endpoints.arithmetic.subject import derive
from endpoints.findings import findings_of
from endpoints.records import records_of
from protocol import Protocol, in_force, under
from review.services import CheckFinding
from signature.shut import shut_places


@dataclass(frozen=True)
class Effect:
    """One subject's visits by code: as they are planned now, and as the amendment would have them. `logs` are the codes
    of the forms that are asked for at no visit, now and then; `questions` are what the checks would ask about what is
    recorded, and do not ask today."""

    subject: Subject
    goes_over: date | None
    now: Mapping[str, Visit]
    then: Mapping[str, Visit]
    logs: tuple[Set[str], Set[str]] = (frozenset(), frozenset())
    questions: Sequence[str] = field(default=())

    @cached_property
    def added(self) -> list[Visit]:
        return [visit for code, visit in self.then.items() if code not in self.now]

    @cached_property
    def withdrawn(self) -> list[Visit]:
        return [visit for code, visit in self.now.items() if code not in self.then]

    @cached_property
    def moved(self) -> list[tuple[Visit, Visit]]:
        """(as it is, as it would be) of each visit whose day or window changes."""
        return [(before, after) for before, after in self._both if _days(before) != _days(after)]

    @cached_property
    def asked(self) -> list[tuple[str, list[str], list[str]]]:
        """(where, titles of forms that it would ask for too, of forms that it would ask for no more)."""
        due = [(after.label, {*forms_due(before)}, {*forms_due(after)}) for before, after in self._both]
        due.append(("Forms outside visits", *map(set, self.logs)))
        return [(where, _titles(new - old), _titles(old - new)) for where, old, new in due if new != old]

    @property
    def _both(self) -> list[tuple[Visit, Visit]]:
        return [(self.now[code], visit) for code, visit in self.then.items() if code in self.now]

    @property
    def is_none(self) -> bool:
        return not (self.added or self.withdrawn or self.moved or self.asked or self.questions)


def effects(version: ProtocolVersion, active_from: date, subjects: Sequence[Subject]) -> list[Effect]:
    """Of each subject who is not frozen or locked, if the amendment were active from that day on at every site where it
    is not approved yet. In a number of statements that grows with the sites alone."""
    places, held_at = shut_places(), cache(at_site)
    free = [subject for subject in subjects if not places.state_of(subject.site_id, subject.pk)]
    courses, visits = milestones_of(free), visits_of(free)
    changed, lines = [], {}
    for subject in free:
        held, course = held_at(subject.site_id), courses[subject.pk][0]
        now = timeline(held, course.consents)
        then = timeline(with_amendment(held, version, active_from), course.consents)
        changed.append(_effect(subject, version.pk, course, visits[subject.pk], now, then))
        lines[subject.pk] = now, then
    return _with_questions(changed, lines, read(version.pk))


def with_amendment(held: Sequence[Version], version: ProtocolVersion, active_from: date) -> list[Version]:
    """A site's versions as if this one were active there from that day; as they are where it is already. One that is
    only proposed would come after all others."""
    amended = Version(version.pk, version.version, version.goes_over, active_from)
    if all(held_version.key != version.pk for held_version in held):
        return [*held, amended]
    return [
        amended if held_version.key == version.pk and held_version.active_from is None else held_version
        for held_version in held
    ]


def _effect(
    subject: Subject, key: int, course: Milestones, visits: list[Visit], now: VersionTimeline, then: VersionTimeline
) -> Effect:
    since, last = (
        next((held_version.since for held_version in then.held if held_version.version == key), None),
        course.seen_by(date.max),
    )
    return Effect(
        subject=subject,
        # Who has left the trial by then never does.
        goes_over=since if since is not None and since <= last else None,
        now=_planned(subject, visits, course, now),
        then=_planned(subject, visits, course, then),
        logs=(_log_forms(now.on(last)), _log_forms(then.on(last))),
    )


def _log_forms(version: int | None) -> Set[str]:
    return frozenset(judging(version).log_forms)


def _planned(
    subject: Subject, visits: list[Visit], milestones: Milestones, versions: VersionTimeline
) -> dict[str, Visit]:
    """By code, all visits as they would stand once they were planned by these versions."""
    plan = plan_of(subject, visits, milestones, versions)
    gone = {visit.code for visit in plan.gone}
    return {visit.code: visit for visit in visits if visit.code not in gone} | {
        visit.code: visit for visit in plan.changed
    }


def _with_questions(
    changed: list[Effect], lines: Mapping[int, tuple[VersionTimeline, VersionTimeline]], version: Protocol
) -> list[Effect]:
    """What took place keeps its version, and what is to come says nothing yet. So it can be asked about what was
    recorded at no visit since the subject would have gone over; and about all that figures are derived from, as they go
    by the newest version alone."""
    recorded, derived = _of_records(changed, lines), _of_figures([effect.subject.pk for effect in changed], version)
    return [
        replace(effect, questions=[*recorded.get(effect.subject.pk, ()), *derived.get(effect.subject.pk, ())])
        for effect in changed
    ]


def _of_figures(subjects: Sequence[int], version: Protocol) -> dict[int, list[str]]:
    """What the derivation would ask by the analysis plan of the version, and does not by that of the one in force."""
    if version.analysis == in_force().analysis:
        return {}
    before = {
        (question.case_form_id, question.item, question.check_id)
        for questions in _odd(subjects, in_force()).values()
        for question in questions
    }
    return {
        subject: [
            question.text
            for question in questions
            if (question.case_form_id, question.item, question.check_id) not in before
        ]
        for subject, questions in _odd(subjects, version).items()
    }


def _odd(subjects: Sequence[int], version: Protocol) -> dict[int, list[CheckFinding]]:
    with under(version):
        outcomes = ((pk, derive(records, version.analysis)) for pk, records in records_of(subjects).items())
        return {pk: list(findings_of(outcome)) for pk, outcome in outcomes}


def _of_records(
    changed: list[Effect], lines: Mapping[int, tuple[VersionTimeline, VersionTimeline]]
) -> dict[int, list[str]]:
    today = timezone.localdate()
    over = [effect.subject for effect in changed if effect.goes_over is not None and effect.goes_over <= today]
    books = casebooks({subject.pk: lines[subject.pk][0] for subject in over}, CATALOGUE) if over else {}
    queries = {}
    for subject in over:
        book, (now, then) = books[subject.pk], lines[subject.pk]
        with under(judging(now.on(today))):
            before = {(finding.case_form_id, finding.item, finding.check_id) for finding in found_by_all(book)}
        with under(judging(then.on(today))):
            queries[subject.pk] = [
                finding.text
                for finding in found_by_all(replace(book, versions=then))
                if (finding.case_form_id, finding.item, finding.check_id) not in before
            ]
    return queries


def _days(visit: Visit) -> tuple[date | None, date | None, date | None]:
    return visit.target_date, visit.window_from, visit.window_to


def _titles(codes: Iterable[str]) -> list[str]:
    return sorted(CATALOGUE[code].title for code in codes)
