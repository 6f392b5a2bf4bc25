"""What the pages and the API list of subjects and cohorts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, Prefetch, QuerySet, Value

from accounts.access import Access
from accounts.roles import Permission
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, Subject, Visit
from cohorts.services import slots_taken
from database.prepared import Prepared
from protocol import current
from values.numbers import written

# How many hold or ask for a slot of a cohort, at whatever site: as slots_taken, in a list of cohorts.
TAKEN = Func(F("pk"), Value(None), function="edc.slots_taken", output_field=IntegerField())
# A subject with its site; a visit of a subject.
SUBJECT = Prepared(lambda pk: Subject.objects.select_related("site").filter(pk=pk).order_by())
VISIT = Prepared(lambda subject, pk: Visit.objects.filter(subject=subject, pk=pk).order_by())


NO_SUBJECT = "number of a subject that you see"


def is_subject(number: str) -> bool:
    """The database shows no other than those that the user sees."""
    return Subject.objects.filter(label__iexact=number.strip()).exists()


def found_subjects(access: Access, filters: Mapping[str, Any]) -> QuerySet[Subject]:
    """The subjects that the user may see and asked for: `q` in the number, `site`, `cohort` code, `status`."""
    subjects = access.limit(Subject.objects.all(), Permission.VIEW_SUBJECTS)
    if filters.get("q"):
        subjects = subjects.filter(label__icontains=filters["q"].strip())
    if filters.get("site"):
        subjects = subjects.filter(site=filters["site"])
    if filters.get("cohort"):
        standing = Enrolment.objects.exclude(status=EnrolmentStatus.REFUSED)
        subjects = subjects.filter(enrolment__in=standing.filter(cohort__code=filters["cohort"]))
    if filters.get("status"):
        subjects = subjects.filter(status=filters["status"])
    return subjects.select_related("site", "enrolment__cohort").order_by("label")


@dataclass(frozen=True, slots=True)
class CohortState:
    """A cohort of the protocol: its row, and who holds or asks for its slots, as far as the user sees them."""

    plan: Any
    cohort: Cohort
    taken: int
    requested: list[Enrolment]
    enrolled: list[Enrolment]

    @property
    def own_doses(self) -> list[tuple[str, str]]:
        """(drug, dose) of what the protocol plans for it alone, in words."""
        often = f" {self.plan.schedule}" if self.plan.schedule else ""
        doses = current().own_doses(self.plan)
        return [(drug.label, f"{written(dose)} {drug.unit}{often}") for drug, dose in doses]

    @property
    def doses(self) -> list[dict[str, Any]]:
        """The full dose of each drug that it gets, by the protocol."""
        return [
            {
                "drug": drug.code,
                "label": drug.label,
                "dose": current().full_dose(drug, self.plan.code),
                "unit": drug.unit,
            }
            for drug in current().drugs_of(self.plan.code)
        ]

    @property
    def slots(self) -> str:
        return f"{self.taken} of {self.plan.planned}" if self.plan.planned is not None else str(self.taken)

    @property
    def is_full(self) -> bool:
        return self.plan.planned is not None and self.taken >= self.plan.planned


def why_nobody_is_taken(cohort: Cohort) -> str:
    """What to know before opening a cohort whose slots are all taken; "" where there is room."""
    taken, planned = slots_taken(cohort), cohort.plan.planned
    if planned is None or taken < planned:
        return ""
    return f"All slots are taken: {taken} of {planned} in use. Even when open, it accepts no subject until one is free."


def cohort_states(access: Access) -> list[CohortState]:
    """Each cohort in the order of the protocol. Slots count everybody, names only the user's own sites."""
    visible = access.site_ids(Permission.VIEW_SUBJECTS)
    standing = Enrolment.objects.exclude(status=EnrolmentStatus.REFUSED)
    standing = standing.select_related("subject__site", "subject__allocation")
    cohorts = Cohort.objects.annotate(taken=TAKEN).prefetch_related(
        Prefetch("enrolments", standing.order_by("enrolled_on", "subject__label"), to_attr="standing")
    )
    by_code = {cohort.code: cohort for cohort in cohorts}
    return [
        _state(
            plan,
            by_code[plan.code],
            [enrolment for enrolment in by_code[plan.code].standing if _shows(enrolment, visible)],
        )
        for plan in current().cohorts
        if plan.code in by_code
    ]


def waiting_to_be_randomised(access: Access) -> list[Enrolment]:
    """Who asked for no cohort in particular, as far as the user sees them; no statement where nobody is randomised."""
    if current().randomisation is None:
        return []
    waiting = Enrolment.objects.filter(cohort=None, status=EnrolmentStatus.REQUESTED).select_related("subject__site")
    return list(access.limit(waiting, Permission.VIEW_SUBJECTS, site="subject__site_id").order_by("pk"))


def _shows(enrolment: Enrolment, visible: frozenset[int] | None) -> bool:
    return visible is None or enrolment.subject.site_id in visible


def _state(plan: Any, cohort: Any, shown: list[Enrolment]) -> CohortState:
    return CohortState(
        plan=plan,
        cohort=cohort,
        taken=cohort.taken,
        requested=[enrolment for enrolment in shown if enrolment.status == EnrolmentStatus.REQUESTED],
        enrolled=[enrolment for enrolment in shown if enrolment.status == EnrolmentStatus.APPROVED],
    )
