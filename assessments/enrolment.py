"""What stands between a subject and a slot: the cohorts on offer, and the verdict on each criterion."""

from dataclasses import dataclass
from typing import Any

from assessments.eligibility import verdicts_of
from assessments.models import Eligibility
from assessments.services import screening_of
from cohorts.eligibility_rules import Verdict
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, Subject
from cohorts.reading import TAKEN
from trialsite.protocol import current, in_force


@dataclass(frozen=True, slots=True)
class Offer:
    """One cohort: whether it takes subjects now, and how the subject meets the criteria of its phase."""

    plan: Any
    is_open: bool
    taken: int
    verdicts: list[Verdict]
    is_recorded: bool

    @property
    def is_full(self) -> bool:
        return self.plan.planned is not None and self.taken >= self.plan.planned

    @property
    def against(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.status != "met"]

    @property
    def obstacle(self) -> str:
        """Why no slot can be asked for, in words; "" where one can."""
        if not self.is_open:
            return "closed to enrolment"
        if self.is_full:
            return "full"
        return f"{len(self.against)} criteria not met or not known" if self.against else ""


def cohort_offers(subject: Subject) -> list[Offer]:
    """Each cohort of the trial as it stands for this subject, in three statements: eligibility is judged by the version
    that the screening stands under."""
    values: Any = Eligibility.objects.filter(case_form__subject=subject).values().first()
    with screening_of(subject).judged():
        found = {phase.code: verdicts_of(values or {}, phase.code) for phase in current().phases}
    cohorts = {cohort.code: cohort for cohort in Cohort.objects.annotate(taken=TAKEN)}
    return [
        Offer(plan, cohorts[plan.code].is_open, cohorts[plan.code].taken, found[plan.phase], values is not None)
        for plan in in_force().cohorts
        if plan.code in cohorts and plan.phase in found
    ]


def standing_slot(subject: Subject) -> list[str]:
    """That the subject has asked for, or holds, a slot already, in words; empty where it has not."""
    slots = Enrolment.objects.exclude(status=EnrolmentStatus.REFUSED).filter(subject=subject).select_related("cohort")
    return [f"{slot.get_status_display()} already: {slot.cohort}." for slot in slots]
