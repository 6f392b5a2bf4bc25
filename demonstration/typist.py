"""Types the steps of a trial through the same services as the pages, each by the user whose work it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from accounts.actor import Actor
from accounts.roles import Role
from assessments.api.posted import exact
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import CaseForm, FormState
from assessments.place import Place
from assessments.services import mark_not_done, save_form
from assessments.visits.dating import judged
from assessments.withdrawing import withdraw
from casebook.services import approve_enrolment, request_enrolment
from cohorts.models import Cohort, Enrolment, Subject, Visit
from cohorts.services import (
    add_subject,
    add_visit,
    begin_end_of_treatment,
    begin_treatment,
    close_cohort,
    open_cohort,
)
from demonstration.closing import Closing
from demonstration.design import PlannedSubject
from demonstration.going_live import take_live
from demonstration.monitoring import Monitoring
from demonstration.people import People
from demonstration.reference import lines
from demonstration.safety import open_by_decision, report_in_its_time
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
    Withdraw,
)
from laboratory.models import ReferenceRange
from laboratory.services import add_range
from values.dates import shown_date


class CannotType(Exception):
    """A form of the synthetic trial was not accepted: the generator and the forms do not fit each other."""


@dataclass
class Typist:
    """Performs the steps of the trial `name` in order. `subjects` are those added so far, by their number in it;
    `resumed` if an interrupted run did a part of the steps already."""

    name: str
    people: People
    rng: Random
    subjects: dict[int, Subject] = field(default_factory=dict)
    resumed: bool = False

    def __post_init__(self) -> None:
        self.cohorts = {cohort.code: cohort for cohort in Cohort.objects.all()}
        self.monitoring = Monitoring(self.people, self.rng)

    def perform(self, step: Step) -> None:
        PERFORM[type(step)](self, step)

    def add(self, step: Add) -> None:
        self.subjects[step.slot.number] = add_subject(
            site=self.people.sites[step.slot.hospital.code],
            source_id=f"{self.name} {step.slot.number}",
            by=self._coordinator(step.slot),
        )

    def fill(self, step: Fill) -> None:
        place = self._place(step)
        with judged(place, step.record):
            self._fill(step, place)

    def _fill(self, step: Fill, place: Place) -> None:
        entry = Entry(
            place.form_type,
            subject=place.subject,
            case_form=place.case_form,
            data=typed(*exact(place.form_type, step.record, step.rows)),
            complete=step.complete,
            visit=place.visit,
        )
        if not entry.is_valid():
            raise CannotType(f"{place.subject} {step.code} {step.visit or ''}: {entry.errors}")
        saved = save_form(
            place=place,
            values=entry.values(),
            by=self._coordinator(step.slot),
            seen_version=place.case_form.version if place.case_form else None,
            complete=step.complete,
            reason=step.reason or _reason_at_resumption(place.case_form),
        )
        if step.code == "adverse_event" and step.record.get("serious") == "Y" and step.complete:
            # A chance of its own: what monitors draw stays as it is.
            chance = Random(f"reports of event {step.entry} of {step.slot.number}")  # noqa: S311  a synthetic trial
            report_in_its_time(saved, step.day, chance, self.people)

    def leave_undone(self, step: MarkNotDone) -> None:
        place = self._place(step)
        mark_not_done(place=place, why=step.why, by=self._coordinator(step.slot))

    def withdraw(self, step: Withdraw) -> None:
        entries = CaseForm.every.filter(subject=self.subjects[step.slot.number], code=step.code).order_by("id")
        case_form = entries[step.entry - 1]
        # A run that was killed may have come so far.
        if case_form.state != FormState.IN_ERROR:
            by = self._coordinator(step.slot)
            withdraw(case_form=case_form, why=step.why, by=by, seen_version=case_form.version)

    def enrol(self, step: Enrol) -> None:
        subject = self.subjects[step.slot.number]
        enrolment = Enrolment.objects.filter(subject=subject).first() or request_enrolment(
            subject=subject,
            cohort=self.cohorts[step.slot.level.cohort],
            by=self.people.of(Role.INVESTIGATOR, step.slot.hospital.code),
        )
        approve_enrolment(enrolment=enrolment, on=step.day, by=self.people.of(Role.DATA_MANAGER))
        subject.refresh_from_db()

    def open_level(self, step: OpenLevel) -> None:
        open_cohort(
            cohort=self.cohorts[step.cohort],
            reason=f"Opened on {shown_date(step.day)}: {step.why}",
            by=self.people.of(Role.DATA_MANAGER),
        )

    def close_level(self, step: CloseLevel) -> None:
        close_cohort(
            cohort=self.cohorts[step.cohort],
            reason=f"Closed on {shown_date(step.day)}: all slots are taken.",
            by=self.people.of(Role.DATA_MANAGER),
        )

    def monitor(self, step: MonitorComes) -> None:
        self.monitoring.visit(step.hospital)

    def close_out(self, step: CloseOut) -> None:
        Closing(self.people).visit(step.hospital, step.day)

    def keep_ranges(self, step: RangeStep) -> None:
        site, by = self.people.sites[step.hospital.code], self.people.of(Role.DATA_MANAGER)
        held = set(ReferenceRange.objects.filter(site=site).values_list("analyte", "sex", "valid_from"))
        for line in lines(step.hospital):
            if (line.analyte, line.sex, line.valid_from) not in held:
                add_range(site=site, by=by, **vars(line))

    def go_live(self, step: GoesLive) -> None:
        take_live(self.people.sites[step.hospital.code], step.day, self.people)

    def decide(self, step: Decide) -> None:
        open_by_decision(self.cohorts[step.cohort], step.day, step.why, by=self.people.of(Role.DATA_MANAGER))

    def _coordinator(self, slot: PlannedSubject) -> Actor:
        return self.people.of(Role.COORDINATOR, slot.hospital.code)

    def _place(self, step: Fill | MarkNotDone) -> Place:
        subject = self.subjects[step.slot.number]
        at = self._visit(step.slot, step.visit, step.day) if step.visit else None
        return Place(subject, CATALOGUE[step.code], at, self._filled(step, subject, at))

    def _visit(self, slot: PlannedSubject, code: str, on: date) -> Visit:
        subject, by = self.subjects[slot.number], self._coordinator(slot)
        planned = Visit.objects.filter(subject=subject, code=code).first()
        # Where no schedule foresees it; or nothing was heard for so long that the plan had stopped.
        return planned or BEGIN.get(code, add_visit)(subject=subject, on=on, by=by)

    def _filled(self, step: Fill | MarkNotDone, subject: Subject, at: Visit | None) -> CaseForm | None:
        """The form that was typed before; looked for only where it can be."""
        again, entry = isinstance(step, Fill) and step.again, step.entry if isinstance(step, Fill) else 0
        if not (again or self.resumed):
            return None
        # Entries are counted with those that were withdrawn.
        forms = CaseForm.every.filter(subject=subject, code=step.code, visit=at).order_by("id")
        return next(iter(forms[entry - 1 : entry] if entry else forms[:1]), None)


def _reason_at_resumption(case_form: CaseForm | None) -> str:
    """A run that was killed after this save and before the next does the save twice."""
    return "Typed again after an interruption" if case_form and case_form.first_completed_at else ""


# Visits that no schedule foresees: treatment starts, and treatment ends.
BEGIN: dict[str, Callable[..., Visit]] = {"C1D1": begin_treatment, "EOT": begin_end_of_treatment}

PERFORM: dict[type[Step], Callable[[Typist, Any], None]] = {
    Add: Typist.add,
    Fill: Typist.fill,
    MarkNotDone: Typist.leave_undone,
    Withdraw: Typist.withdraw,
    Enrol: Typist.enrol,
    OpenLevel: Typist.open_level,
    CloseLevel: Typist.close_level,
    MonitorComes: Typist.monitor,
    CloseOut: Typist.close_out,
    RangeStep: Typist.keep_ranges,
    GoesLive: Typist.go_live,
    Decide: Typist.decide,
}
