"""The checks of the protocol with what they have open, and the run of all of them over all records."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from accounts.access import Access, SignedInRequest
from accounts.forms import ReasonForm
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.checks import CHECKS, Check, name_of
from assessments.checks.derived import ITS_DATE
from assessments.items import items_of
from cohorts.asking import ask
from cohorts.services import Refused
from components.pages import posted, require_get_or_post
from protocol import current
from review.models import CheckRun, Query, QueryState, QueryStep
from review.queries.reading import ListedQuery
from review.services import LIVE, NotAllowed
from review.tasks import ask_for_run

# Queries that a run has moved and that its page lists; the list of queries has the others.
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class ListedCheck:
    """A check, and how many of its questions are open or answered at the user's sites."""

    check: Check
    live: int

    @property
    def forms(self) -> list[str]:
        """Titles of the forms of this trial that it asks at; empty for every form."""
        return [CATALOGUE[code].title for code in self.form_codes]

    @property
    def compared(self) -> list[str]:
        """Titles of the other forms that it reads."""
        forms = current().forms()
        return [CATALOGUE[code].title for code in self.check.reads if code not in self.check.at and code in forms]

    @property
    def form_codes(self) -> list[str]:
        return [code for code in self.check.at if code in current().forms()]

    @property
    def compared_codes(self) -> list[str]:
        return [code for code in self.check.reads if code in current().forms()]

    @property
    def items(self) -> list[str]:
        return list(dict.fromkeys(filter(None, map(self._label, self.check.items))))

    @property
    def item_codes(self) -> list[str]:
        """The names of the items that the protocol asks for."""
        return [item for item in self.check.items if not item or self._label(item)]

    def _label(self, item: str) -> str:
        if item == ITS_DATE:
            return "Date"
        types = [CATALOGUE[code] for code in self.check.at or CATALOGUE if code in current().forms()]
        models: Iterable = (model for form_type in types for model in (form_type.record, form_type.rows) if model)
        labels = (field.verbose_name for model in models for field, _ in items_of(model) if field.name == item)
        # What the protocol does not ask for has no words.
        return capfirst(str(next(labels, "")))


def asks_something(check: Check) -> bool:
    """Whether the protocol asks for any item that it asks about; a check that names none asks about any."""
    return not any(check.items) or bool(ListedCheck(check, 0).items)


def listed_checks(access: Access) -> list[ListedCheck]:
    """Those of the forms that the protocol asks for. One statement."""
    queries = access.limit(Query.objects.filter(state__in=LIVE), Permission.VIEW_SUBJECTS, site="subject__site_id")
    counts = queries.exclude(check_id="").order_by().values_list("check_id").annotate(number=Count("pk"))
    live, forms = dict(counts), current().forms()
    return [
        ListedCheck(check, live.get(check.id, 0))
        for check in CHECKS
        if (not check.at or not forms.isdisjoint(check.at)) and asks_something(check)
    ]


@dataclass(frozen=True, slots=True)
class CheckDone:
    """What a run did by one check at the user's sites."""

    check_id: str
    raised: int
    closed: int

    @property
    def name(self) -> str:
        return name_of(self.check_id)


def _last_run(access: Access) -> dict[str, Any]:
    """The last run and, once it has ended, what it did: check by check, and the first queries that it moved. Three
    statements."""
    run = CheckRun.objects.first()
    if run is None or run.finished_at is None:
        return {"run": run}
    steps = access.limit(QueryStep.objects.filter(run=run), Permission.VIEW_SUBJECTS, site="subject__site_id")
    counted = (
        steps.order_by("query__check_id")
        .values_list("query__check_id")
        .annotate(
            raised=Count("pk", filter=~Q(state=QueryState.CLOSED)),
            closed=Count("pk", filter=Q(state=QueryState.CLOSED)),
        )
    )
    first = steps.select_related("query__subject", "query__case_form__visit").order_by("pk")[:MOST_LISTED]
    did = [CheckDone(*line) for line in counted]
    moved = sum(line.raised + line.closed for line in did)
    return {"run": run, "did": did, "moved": moved, "steps": [(step, ListedQuery(step.query)) for step in first]}


@require_safe
def check_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    context = {
        "checks": listed_checks(request.access),
        **_last_run(request.access),
        "may_run": request.access.can(Permission.RUN_CHECKS),
    }
    return render(request, "review/check_list.html", context)


@require_safe
def check_run(request: SignedInRequest) -> HttpResponse:
    """How far the last run is, asked for again while it is under way."""
    request.access.require(Permission.VIEW_SUBJECTS)
    return render(request, "review/check_run.html", _last_run(request.access))


@require_get_or_post
def checks_run(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.RUN_CHECKS)

    def run(reason: str) -> CheckRun:
        try:
            return ask_for_run(reason=reason, by=request.access.actor(permission=Permission.RUN_CHECKS))
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from None

    return ask(
        request,
        ReasonForm(posted(request)),
        run,
        title="Run all checks again?",
        button="Run the checks",
        back=reverse("check_list"),
        message="The checks are being run.",
        why="Over every complete form. Queries are raised and closed as if each form were saved anew.",
    )
