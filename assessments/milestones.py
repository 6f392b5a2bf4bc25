"""What a saved form moves elsewhere: first dose, the subject's status, the visits that follow."""

from datetime import date
from typing import Any

from django.db.models import Min, QuerySet

from assessments.models import (
    Consent,
    Death,
    EndOfTreatment,
    EverolimusInterval,
    ExposureInterval,
    FormState,
    InfusionVisit,
    TumourAssessment,
)
from cohorts.models import Subject, SubjectStatus, Visit
from cohorts.services import Milestones, plan_visits

MOVING = ("consent", "eligibility", "everolimus", "infusion", "exposure", "end_of_treatment", "follow_up", "death")


def moves_milestones(subject: Subject, code: str, record: dict[str, Any], *, visit: Visit | None, new: bool) -> bool:
    """Whether a save of this form can move a milestone. The commonest cannot: a new assessment without progression,
    and a new infusion within a cycle."""
    if code == "tumour":
        return not new or record["overall_response"] == "PD"
    if code == "infusion" and new and visit and visit.cycle and not visit.code.endswith("D1"):
        day = record["infusion_date"]
        return subject.first_dose_date is None or day is None or day < subject.first_dose_date
    return code in MOVING


def follow_the_record(subject: Subject) -> None:
    """Bring first dose, status and planned visits in line with the record."""
    found = milestones(subject)
    status = _status(subject, found)
    if (found.first_dose, status) != (subject.first_dose_date, subject.status):
        subject.first_dose_date, subject.status = found.first_dose, status
        subject.save(update_fields=["first_dose_date", "status"])
    plan_visits(subject=subject, milestones=found)


def milestones(subject: Subject) -> Milestones:
    own = {"case_form__subject": subject, "case_form__state": FormState.COMPLETE}
    progressed = TumourAssessment.objects.filter(overall_response="PD", **own)
    return Milestones(
        consent_date=_first(Consent.objects.filter(consent_given="Y", **own), "consent_date"),
        first_dose=first_dose(subject),
        cycle_starts=_cycle_starts(subject),
        end_of_treatment=_first(EndOfTreatment.objects.filter(**own), "end_date"),
        progression=_whole(_first(progressed.exclude(assessment_date=""), "assessment_date")),
        death=_whole(_first(Death.objects.filter(**own).exclude(death_date=""), "death_date")),
    )


def first_dose(subject: Subject) -> date | None:
    """The first dose of any study drug that was really given, by a complete form."""
    own = {"case_form__subject": subject, "case_form__state": FormState.COMPLETE}
    tablets = EverolimusInterval.objects.filter(**own, struck_out=False, dose_mg__gt=0)
    others = ExposureInterval.objects.filter(**own, struck_out=False, given="Y")
    infusions = InfusionVisit.objects.filter(**own)
    given = infusions.filter(paclitaxel_given="Y") | infusions.filter(trastuzumab_given="Y")
    days = [_first(tablets, "start_date"), _first(given, "infusion_date"), _first(others, "start_date")]
    return min((day for day in days if day), default=None)


def _first(rows: QuerySet, name: str) -> date | None:
    found: date | None = rows.aggregate(first=Min(name))["first"]
    return found


def _whole(day: date | str | None) -> date | None:
    """A partial date as the first day that it can be: good enough to plan visits by, never used to analyse."""
    if not day or isinstance(day, date):
        return day or None
    return date.fromisoformat(f"{day}-01-01"[:10])


def _cycle_starts(subject: Subject) -> dict[int, date]:
    visits = subject.visits.filter(kind="cycle", visit_date__isnull=False, code__endswith="D1")
    return {cycle: day for cycle, day in visits.values_list("cycle", "visit_date") if cycle}


def _status(subject: Subject, found: Milestones) -> str:
    if found.death:
        return SubjectStatus.DIED
    if EndOfTreatment.objects.filter(case_form__subject=subject, reason="WITHDRAWAL OF CONSENT").exists():
        return SubjectStatus.WITHDRAWN
    if found.end_of_treatment:
        return SubjectStatus.FOLLOW_UP if found.first_dose else SubjectStatus.SCREEN_FAILURE
    if found.first_dose:
        return SubjectStatus.ON_TREATMENT
    return subject.status if subject.status == SubjectStatus.ENROLLED else SubjectStatus.SCREENING
