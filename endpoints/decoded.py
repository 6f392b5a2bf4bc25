"""The rows of a population's outcomes, decoded once a process: the next refresh reads only what was derived since."""

from collections.abc import Collection
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from endpoints.arithmetic.rows import OutcomeRow
from endpoints.models import Derived, Outcome
from protocol import current

Kept = TypeVar("Kept", bound=Derived)

# Some kilobytes a subject: a worker of a trial of ten thousand keeps some tens of megabytes.
_decoded: dict[int, tuple[str, OutcomeRow]] = {}
ALL = {"treated": True, "measurable": True}
# As text, which is compared but never read: ten thousand points in time would cost more than the estimate.
DERIVED = Cast("derived_at", TextField())


class CountedOutcome(NamedTuple):
    """A subject as the estimates count it: a treated one, or by the plan any that was randomised."""

    subject_id: int
    treated: bool
    measurable: bool
    basis: str
    row: OutcomeRow


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


def counted_rows(cohort_codes: Collection[str]) -> list[CountedOutcome]:
    """Each subject of these cohorts that counts.

    What was decoded counts for as long as the database has the outcome of that same moment. So a refresh that is undone
    leaves nothing wrong behind, nor does one by another worker.
    """
    stored = list(outcomes_of(cohort_codes).values_list("pk", DERIVED, "treated", "measurable", "basis"))
    _decode([pk for pk, derived, *_ in stored if pk not in _decoded or _decoded[pk][0] != derived])
    return [CountedOutcome(pk, *known, _decoded[pk][1]) for pk, _, *known in stored]


def _decode(subject_ids: Collection[int]) -> None:
    if subject_ids:
        changed = Outcome.objects.filter(pk__in=subject_ids).values_list("pk", DERIVED, "row")
        _decoded.update({pk: (derived, OutcomeRow.from_json(row)) for pk, derived, row in changed})
