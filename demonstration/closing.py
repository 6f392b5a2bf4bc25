"""The last visits: sources compared, last questions, a finished subject signed, frozen, locked. No chance in it."""

from collections.abc import Sequence
from datetime import date

from accounts.actor import Actor
from accounts.models import Site, User
from accounts.roles import Role
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, stored_values, typed
from assessments.models import CaseForm, FormState
from assessments.place import Place
from assessments.services import save_form
from cohorts.models import Subject
from demonstration.design import Hospital
from demonstration.people import People
from review.models import Query
from review.queries.assignees import Assignees
from review.services import (
    LIVE,
    answer_query,
    assign_query,
    cancel_query,
    close_query,
    raise_query,
    reopen_query,
)
from sdv.models import MonitoringVisit, Verification
from sdv.services import MOST, FormToVerify, close_visit, open_visit, unverify, verify
from signature.closing import Reach, shut
from signature.models import Closure, ClosureState
from signature.preflight import unsigned
from signature.signing import sign_forms
from staff.models import AccessReview
from staff.services import keep_lines, open_review

# Verified of everybody, besides the one subject that is finished as a whole.
CRITICAL = ("consent",)
# Of the sheet of consent, by which one verification lapses at each hospital.
AMENDED = "2.1"
LINES_KEPT = 6
# Every other hospital has that subject locked, the others have it frozen.
LOCKING = ("101", "103", "105")
ASKED = "The last visit before the database is locked"
# The next ones of these are asked about, each ends in a state of its own.
ASKED_OF = ("end_of_treatment", "tumour_baseline", "history", "demography", "vital_signs")


class Closing:
    """The close-out visit of a hospital. Done again, it does what is left of it."""

    def __init__(self, people: People) -> None:
        self.people = people

    def visit(self, hospital: Hospital, day: date) -> None:
        site, monitor = self.people.sites[hospital.code], self.people.of(Role.MONITOR, hospital.code)
        visit = self._begun(site, day, monitor)
        if visit is None:
            return
        subjects = list(Subject.objects.filter(site=site).order_by("number"))
        finished = next((subject for subject in subjects if not self._has_open_work(subject)), None)
        others = [subject for subject in subjects if subject != finished]
        self._verify(finished, others, monitor)
        self._ask(site, others, monitor)
        if finished:
            self._sign(finished, hospital)
            self._shut(finished, hospital, monitor)
        close_visit(visit=visit, ends_on=day, remarks="Source documents were complete and at hand.", by=monitor)

    def _begun(self, site: Site, day: date, monitor: Actor) -> MonitoringVisit | None:
        """The visit under way; None where it is over."""
        visit = MonitoringVisit.objects.filter(site=site, purpose=ASKED).first()
        if visit is not None:
            return None if visit.closed_at else visit
        return open_visit(
            site=site,
            purpose=ASKED,
            starts_on=day,
            present="The investigator, the coordinator",
            monitor=User.objects.get(pk=monitor.user_id),
            by=monitor,
        )

    def _verify(self, finished: Subject | None, others: Sequence[Subject], monitor: Actor) -> None:
        filled = CaseForm.objects.filter(state__in=(FormState.COMPLETE, FormState.NOT_DONE), locked_at=None)
        rest = filled.filter(subject__in=others, code__in=CRITICAL)
        for forms in (filled.filter(subject=finished), rest):
            verify(chosen=[FormToVerify(form.pk) for form in forms[:MOST]], by=lambda site_id: monitor)
        last = rest.order_by("-pk").first()
        if last and Verification.objects.filter(case_form=last, ended_at=None).exists():
            unverify(case_form=last, reason="The signed sheet was not at hand; to be seen again.", by=monitor)
        first = rest.order_by("pk").first()
        if first and first != last:
            self._correct(first)

    def _correct(self, consent: CaseForm) -> None:
        """The coordinator writes another version of the sheet after the monitor saw it; no outcome rests on it."""
        if Verification.objects.filter(case_form=consent, lapsed=True).exists():
            return
        place = Place(consent.subject, CATALOGUE[consent.code], consent.visit, consent)
        record = stored_values(place.form_type, consent, []).record | {"consent_version": AMENDED}
        entry = Entry(place.form_type, subject=place.subject, case_form=consent, data=typed(record), complete=True)
        if not entry.is_valid():
            raise ValueError(f"{consent.subject} {consent.code}: {entry.errors}")
        save_form(
            place=place,
            values=entry.values(),
            by=self.people.of(Role.COORDINATOR, consent.subject.site.code),
            seen_version=consent.version,
            complete=True,
            reason="The sheet in the file is the amended one",
        )

    def _ask(self, site: Site, subjects: Sequence[Subject], monitor: Actor) -> None:
        """A question in each state, some with somebody's turn."""
        coordinator = self.people.of(Role.COORDINATOR, site.code)
        people = Assignees([site.pk])
        forms = CaseForm.objects.filter(subject__in=subjects, state=FormState.COMPLETE, locked_at=None)
        chosen = [forms.filter(code=code).order_by("pk").first() for code in ASKED_OF]
        questions = [self._question(form, monitor) for form in chosen if form]
        turn = people.named("role:coordinator", site.pk)
        if turn and questions[:1]:
            assign_query(query=questions[0], to=turn, text="Please look this up.", by=monitor)
        for query in questions[1:4]:
            answer_query(query=query, text="A copy is in the file now.", by=coordinator)
        assignee = people.named(coordinator.name, site.pk)
        for query in questions[2:3]:
            reopened = reopen_query(query=query, text="The copy is of another visit.", by=monitor)
            assign_query(query=reopened, to=assignee or turn, text="", by=monitor)  # type: ignore[arg-type]
        for query in questions[3:4]:
            close_query(query=query, text="Seen.", by=monitor)
        for query in questions[4:]:
            cancel_query(query=query, text="Asked at the wrong subject.", by=monitor)
        for subject in subjects[:1]:
            raise_query(subject=subject, text="Where is the subject's file kept from now on?", by=monitor)

    def _question(self, form: CaseForm, monitor: Actor) -> Query:
        return raise_query(case_form=form, text="A certified copy of the source is missing in the file.", by=monitor)

    def _sign(self, subject: Subject, hospital: Hospital) -> None:
        investigator = self.people.of(Role.INVESTIGATOR, hospital.code)
        forms = unsigned(CaseForm.objects.filter(subject=subject, locked_at=None))
        if seen := dict(forms.values_list("pk", "version")):
            sign_forms(seen=seen, signed_by=User.objects.get(pk=investigator.user_id), by=investigator)

    def _shut(self, subject: Subject, hospital: Hospital, monitor: Actor) -> None:
        """The monitor freezes who is finished; at some hospitals the data manager locks then."""
        self._close(subject, ClosureState.FROZEN, "Everything is verified and signed.", monitor)
        if hospital.code in LOCKING:
            manager = self.people.of(Role.DATA_MANAGER)
            self._close(subject, ClosureState.LOCKED, "Finished: the casebook is clean.", manager)

    def _has_open_work(self, subject: Subject) -> bool:
        drafts = CaseForm.objects.filter(subject=subject, state=FormState.DRAFT)
        return drafts.exists() or Query.objects.filter(subject=subject, state__in=LIVE).exists()

    def _close(self, subject: Subject, state: ClosureState, reason: str, by: Actor) -> None:
        if not Closure.objects.filter(subject=subject, scope="subject", state=state, reopened_at=None).exists():
            shut(reach=Reach(subject.site, subject), state=state, reason=reason, by=by)


def review_access(people: People) -> None:
    """The administrator has begun to go through all access: some lines are confirmed, the others wait."""
    if AccessReview.objects.exists():
        return
    by = people.of(Role.ADMINISTRATOR)
    review = open_review(by=by)
    keep_lines(review=review, lines=list(review.lines.order_by("pk").values_list("pk", flat=True)[:LINES_KEPT]), by=by)
