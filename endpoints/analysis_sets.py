"""Who counts: which subjects of a population its estimates take, and in which analysis set."""

from collections.abc import Collection
from typing import TypeVar

from django.db.models import QuerySet

from endpoints.models import Derived, Outcome
from protocol import current

Kept = TypeVar("Kept", bound=Derived)

ALL = {"treated": True, "measurable": True}


def counts(*, treated: bool, randomised: bool) -> bool:
    """Whether an enrolled subject counts in any set: where times begin with randomisation, each whom a list gave its
    group, and nobody whose cohort was chosen before an amendment had it randomised."""
    return randomised if current().analysis.origin == "randomisation" else treated


def is_in(analysis_set: str, *, treated: bool, measurable: bool) -> bool:
    """Whether a subject that counts belongs to a set."""
    return {"measurable": measurable, "all_treated": treated, "all_randomised": True}[analysis_set]


def outcomes_of(cohort_codes: Collection[str], analysis_set: str = "") -> QuerySet[Outcome]:
    """The outcomes that count of these cohorts, in one set where it is named: as `counts` and `is_in` say of one."""
    return of_set(Outcome.objects.filter(cohort_code__in=cohort_codes), analysis_set)


def of_set(outcomes: QuerySet[Kept], analysis_set: str) -> QuerySet[Kept]:
    """Those that count, in one set where it is named."""
    by_list = current().analysis.origin == "randomisation"
    in_set = outcomes.filter(subject__allocation__isnull=False) if by_list else outcomes.filter(treated=True)
    needed = [name for name in ALL if analysis_set and not is_in(analysis_set, **{**ALL, name: False})]
    return in_set.filter(**dict.fromkeys(needed, True))
