"""What stands between a subject and a slot: the cohorts on offer, and the verdict on each criterion."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assessments.eligibility import verdicts_of
from assessments.models import Eligibility
from assessments.place import screening_of
from assessments.visits.dating import judged
from cohorts.eligibility_rules import CriterionVerdict
from cohorts.following import judging
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, Subject
from cohorts.reading import TAKEN
from cohorts.services import waiting
from protocol import current, in_force


@dataclass(frozen=True, slots=True)
class RandomisedPlan:
    """The groups of a randomisation as they are asked for together: `code` is None, as nobody names one of them."""

    label: str
    phase: str
    planned: int | None
    code: None = None


@dataclass(frozen=True, slots=True)
class CohortOffer:
    """One cohort, or all groups that are randomised: whether it takes subjects now, and how the subject meets the
    criteria of its phase."""

    plan: Any
    is_open: bool
    taken: int
    verdicts: list[CriterionVerdict]
    is_recorded: bool

    @property
    def is_full(self) -> bool:
        return self.plan.planned is not None and self.taken >= self.plan.planned

    @property
    def against(self) -> list[CriterionVerdict]:
        return [verdict for verdict in self.verdicts if verdict.status != "met"]

    @property
    def obstacle(self) -> str:
        """Why no slot can be asked for, in words; "" where one can."""
        if not self.is_open:
            return "closed to enrolment"
        if self.is_full:
            return "full"
        return f"{len(self.against)} criteria not met or not known" if self.against else ""


def cohort_offers(subject: Subject) -> list[CohortOffer]:
    """Each cohort of the trial that the version has which holds for this subject, in three statements: eligibility is
    judged by the version that the screening stands under."""
    values: Any = Eligibility.objects.filter(case_form__subject=subject).values().first()
    with judged(screening_of(subject)):
        verdicts = {phase.code: verdicts_of(values or {}, phase.code) for phase in current().phases}
    held = codes_held(subject)
    cohorts = {cohort.code: cohort for cohort in Cohort.objects.annotate(taken=TAKEN) if cohort.code in held}
    chosen = [
        CohortOffer(
            plan, cohorts[plan.code].is_open, cohorts[plan.code].taken, verdicts[plan.phase], values is not None
        )
        for plan in in_force().cohorts
        if plan.code in cohorts and plan.phase in verdicts and not in_force().is_randomised(plan.code)
    ]
    return [*_randomised(cohorts, verdicts, values is not None), *chosen]


def codes_held(subject: Subject) -> set[str]:
    """The cohorts of the version that holds for the subject: what an amendment adds nobody enters where it is not
    active."""
    return {plan.code for plan in judging(subject.protocol_id).cohorts}


def _randomised(
    cohorts: dict[str, Cohort], verdicts: dict[str, list[CriterionVerdict]], is_recorded: bool
) -> Iterator[CohortOffer]:
    """The offer to be randomised, where the trial does that; a statement more, for those who wait."""
    given = in_force().randomisation
    plans = [in_force().cohort(code) for code in given.cohorts if code in cohorts] if given else []
    if given is None or len(plans) < len(given.cohorts) or plans[0].phase not in verdicts:
        return
    planned = [plan.planned for plan in plans if plan.planned is not None]
    together = RandomisedPlan(
        f"Randomised to {' or '.join(plan.label for plan in plans)}",
        plans[0].phase,
        sum(planned) if len(planned) == len(plans) else None,
    )
    rows = [cohorts[plan.code] for plan in plans]
    taken = sum(row.taken for row in rows) + waiting()  # type: ignore[attr-defined]
    yield CohortOffer(together, all(row.is_open for row in rows), taken, verdicts[together.phase], is_recorded)


def standing_slot(subject: Subject) -> list[str]:
    """That the subject has asked for, or holds, a slot already, in words; empty where it has not."""
    slots = Enrolment.objects.exclude(status=EnrolmentStatus.REFUSED).filter(subject=subject).select_related("cohort")
    return [f"{slot.get_status_display()} already: {slot.place}." for slot in slots]
