"""What the database has of each form that a campaign made, as the plan would have it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeVar

from tests.campaign.plan import KeptForm

OURS = "Event "
T = TypeVar("T")


def stored() -> dict[str, list[KeptForm]]:
    """By term; more than one form of a term is one too many."""
    from assessments.models import AdverseEvent

    rows = AdverseEvent.objects.filter(term__startswith=OURS)
    signed, verified, queries, closures = _signed(), _verified(), _queries(), _closures()
    by_term: dict[str, list[KeptForm]] = defaultdict(list)
    for form, term, grade, version in rows.values_list("case_form_id", "term", "grade", "case_form__version"):
        acts = tuple(signed[form]), tuple(verified[form]), tuple(queries[form]), tuple(closures[form])
        by_term[term].append(KeptForm(term, str(grade), version, *acts))
    return by_term


def _signed() -> dict[int, list[int]]:
    from signature.models import Signature

    return _by_form(Signature.objects.order_by("id").values_list("case_form_id", "version"))


def _verified() -> dict[int, list[int]]:
    """Each version as often as the item that was verified most often at it."""
    from sdv.models import Verification

    rows = Counter(Verification.objects.values_list("case_form_id", "version", "item"))
    often: Counter[tuple[int, int]] = Counter()
    for (form, version, _), times in rows.items():
        often[form, version] = max(often[form, version], times)
    return _by_form(sorted(often.elements()))


def _queries() -> dict[int, list[tuple[tuple[str, str], ...]]]:
    """Those that people asked: what a check asks is the system's."""
    from review.models import Origin, Query

    queries = Query.objects.filter(origin=Origin.MANUAL).order_by("id").prefetch_related("steps")
    steps = ((query.case_form_id, query.steps.all()) for query in queries if query.case_form_id is not None)
    return _by_form((form, tuple((step.state, step.text) for step in taken)) for form, taken in steps)


def _closures() -> dict[int, list[tuple[str, str, str]]]:
    from signature.models import Closure

    rows = Closure.objects.exclude(case_form=None).order_by("id")
    shut = rows.values_list("case_form_id", "state", "reason", "reopened_for")
    return _by_form((form, (state, reason, reopened_for)) for form, state, reason, reopened_for in shut)


def _by_form(rows: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    by_form: dict[int, list[T]] = defaultdict(list)
    for form, row in rows:
        by_form[form].append(row)
    return by_form
