"""What is begun from a casebook: a slot in a cohort, and a visit that no schedule foresees."""

from datetime import date

from django.utils import timezone

from accounts.actor import Actor, acting
from assessments.eligibility import criteria_obstacles
from assessments.place import screening_of
from assessments.sequence import enrolment_obstacles
from assessments.strata import stratum_of
from assessments.visits.dating import judged
from assessments.visits.milestones import consent_date, follow_the_record
from casebook.enrolment import codes_held
from cohorts.following import judging
from cohorts.models import Cohort, Enrolment, Subject, Visit
from cohorts.services import Refused, add_visit, give_slot, lock_subject, reserve_slot
from protocol import in_force
from randomisation.services import give_next, refuse_chosen
from values.dates import shown_date


def request_enrolment(*, subject: Subject, cohort: Cohort | None = None, by: Actor) -> Enrolment:
    """Ask for a slot, or without a cohort for the subject to be randomised, once consent and screening are complete and
    every criterion of the phase is met."""
    with acting(by):
        _refuse_not_active(lock_subject(subject), cohort)
        if cohort:
            refuse_chosen(cohort)
        _refuse_ineligible(Enrolment(subject=subject, cohort=cohort), "cohort")
        if cohort is None:
            stratum_of(subject)
        return reserve_slot(subject=subject, cohort=cohort, by=by)


def approve_enrolment(*, enrolment: Enrolment, on: date, by: Actor) -> Enrolment:
    """Give the slot that was asked for, if the subject is eligible still: forms may have changed since. Who waits to be
    randomised is given the next number of the list, once nothing else stands against it."""

    def next_group(subject: Subject) -> int:
        _refuse_ineligible(enrolment, "")
        return give_next(subject=subject, stratum=stratum_of(subject))

    with acting(by):
        subject = lock_subject(enrolment.subject)
        _refuse_day(subject, on)
        given = give_slot(enrolment=enrolment, on=on, by=by, next_group=next_group)
        if enrolment.cohort_id is not None:
            _refuse_ineligible(given, "")
        else:
            # From the day of randomisation some protocols count the assessments.
            follow_the_record(subject)
    return given


def add_unscheduled_visit(*, subject: Subject, on: date, label: str = "", by: Actor) -> Visit:
    """A visit that the schedule does not foresee, on a day after consent that has come."""
    with acting(by):
        _refuse_day(lock_subject(subject), on)
        return add_visit(subject=subject, on=on, label=label, by=by)


def _refuse_not_active(subject: Subject, cohort: Cohort | None) -> None:
    given = in_force().randomisation
    codes = [cohort.code] if cohort else given.cohorts if given else []
    if not set(codes) <= codes_held(subject):
        held = judging(subject.protocol_id).version
        raise Refused(f"It is of a later version of the protocol than {held}, which holds for {subject}.", "cohort")


def _refuse_day(subject: Subject, on: date) -> None:
    consented = consent_date(subject)
    if on > timezone.localdate():
        raise Refused("This date is in the future.", "on")
    if consented and on < consented:
        raise Refused(f"The subject gave consent later: on {shown_date(consented)}.", "on")


def _refuse_ineligible(enrolment: Enrolment, field: str) -> None:
    subject = enrolment.subject
    with judged(screening_of(subject)):
        against = enrolment_obstacles(subject) or criteria_obstacles(subject, enrolment.phase)
    if against:
        raise Refused(" ".join(against), field)
