"""The rows of a population's outcomes, decoded once a process: the next refresh reads only what was derived since."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from endpoints.arithmetic.rows import OutcomeRow
from endpoints.models import Outcome

# Some kilobytes a subject: a worker of a trial of ten thousand keeps some tens of megabytes.
_decoded: dict[int, tuple[str, OutcomeRow]] = {}
# As text, which is compared but never read: ten thousand points in time would cost more than the estimate.
DERIVED = Cast("derived_at", TextField())


class Treated(NamedTuple):
    """A treated subject as the estimates count it."""

    subject_id: int
    measurable: bool
    basis: str
    row: OutcomeRow


def treated_rows(cohort_codes: Collection[str]) -> list[Treated]:
    """Each treated subject of these cohorts.

    What was decoded counts for as long as the database has the outcome of that same moment. So a refresh that is undone
    leaves nothing wrong behind, nor does one by another worker.
    """
    treated = Outcome.objects.filter(cohort_code__in=cohort_codes, treated=True)
    there = list(treated.values_list("pk", "measurable", "basis", DERIVED))
    _decode([pk for pk, _, _, derived in there if pk not in _decoded or _decoded[pk][0] != derived])
    return [Treated(pk, measurable, basis, _decoded[pk][1]) for pk, measurable, basis, _ in there]


def _decode(subject_ids: Collection[int]) -> None:
    if subject_ids:
        changed = Outcome.objects.filter(pk__in=subject_ids).values_list("pk", DERIVED, "row")
        _decoded.update({pk: (derived, OutcomeRow.from_json(row)) for pk, derived, row in changed})
