"""The rows of a population's outcomes, decoded once a process: the next refresh reads only what was derived since."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from endpoints.analysis_sets import outcomes_of
from endpoints.arithmetic.rows import OutcomeRow
from endpoints.models import Outcome

# Some kilobytes a subject: a worker of a trial of ten thousand keeps some tens of megabytes.
_decoded: dict[int, tuple[str, OutcomeRow]] = {}
# As text, which is compared but never read: ten thousand points in time would cost more than the estimate.
DERIVED = Cast("derived_at", TextField())


class CountedOutcome(NamedTuple):
    """A subject as the estimates count it: a treated one, or by the plan any that was randomised."""

    subject_id: int
    treated: bool
    measurable: bool
    basis: str
    row: OutcomeRow


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
