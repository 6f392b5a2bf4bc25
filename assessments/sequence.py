"""The order in which a trial allows things: nothing before consent, no dose before eligibility and enrolment."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from assessments.catalogue import CATALOGUE, FormType
from assessments.models import CaseForm, Consent, EndOfTreatment, FormState
from cohorts.models import Enrolment, EnrolmentStatus, Subject

AFTER_WITHDRAWAL = ("end_of_treatment", "follow_up", "death")
FOR_ENROLMENT = ("consent", "demography", "eligibility", "history", "tumour_baseline")


@dataclass(frozen=True)
class Standing:
    """How far a subject has come: its complete forms, consent, enrolment."""

    complete: frozenset[str]
    consented: bool
    enrolled: bool
    withdrawn: bool


def standing(subject: Subject) -> Standing:
    """One statement."""
    own = {"case_form__subject": OuterRef("pk")}
    done = CaseForm.objects.filter(subject=OuterRef("pk"), state=FormState.COMPLETE)
    found = (
        Subject.objects.filter(pk=subject.pk)
        .values_list(
            ArraySubquery(done.values("code").distinct()),
            Exists(Consent.objects.filter(**own, consent_given="Y")),
            Exists(Enrolment.objects.filter(subject=OuterRef("pk"), status=EnrolmentStatus.APPROVED)),
            Exists(EndOfTreatment.objects.filter(**own, reason="WITHDRAWAL OF CONSENT")),
        )
        .get()
    )
    return Standing(frozenset(found[0]), *found[1:])


def obstacles(subject: Subject, form_type: FormType) -> list[str]:
    """Why this form may not be begun for the subject now, in words; empty where nothing stands against it."""
    now = standing(subject)
    found = _incomplete(form_type.needs, now)
    if form_type.needs and "consent" in now.complete and not now.consented:
        found.append("The subject has not given consent.")
    if form_type.dosing and not now.enrolled:
        found.append("The subject must be enrolled into a cohort before any dose.")
    if form_type.code not in AFTER_WITHDRAWAL and now.withdrawn:
        found.append("Consent was withdrawn: only the agreed follow-up may be entered.")
    return found


def enrolment_obstacles(subject: Subject) -> list[str]:
    """Which forms an enrolment still waits for (the criteria themselves: assessments.eligibility)."""
    now = standing(subject)
    found = _incomplete(FOR_ENROLMENT, now)
    if "consent" in now.complete and not now.consented:
        found.append("The subject has not given consent.")
    return found


def _incomplete(codes: tuple[str, ...], now: Standing) -> list[str]:
    return [f"{CATALOGUE[code].title} must be complete first." for code in codes if code not in now.complete]
