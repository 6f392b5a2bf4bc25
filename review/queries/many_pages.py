"""One step at many queries: chosen in the list, looked at with their count, then taken."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import Access, SignedInRequest
from accounts.actor import Actor
from accounts.roles import Permission
from review.forms import AssigneeField, QueryFilter, StepForm, clean_address
from review.models import Query
from review.queries.assignees import Assignees
from review.queries.at_once import MOST, SortedQueries, sorted_out, step_at_once
from review.queries.pages import wanted_queries
from review.queries.steps import ALL_STEPS, NamedStep
from review.services import ASSIGN, NotAllowed, QueryMove
from values.numbers import read_keys


class ManyForm(StepForm):
    """Words that stand in each thread; with an assignment they may be left out."""

    to = AssigneeField(label="Assigned to", required=False)
    field_order = ("to", "text")

    def __init__(self, data: Any, step: NamedStep, site_ids: set[int]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        if step.step is ASSIGN:
            fields["text"].required = False
            fields["to"].offer(Assignees(site_ids))
        else:
            del fields["to"]


def role_at(access: Access, right: Permission, site_id: int, *, channel: str = "screen") -> Actor | None:
    """The user in the role that gives the right at this site; None where none does."""
    return access.actor(site_id, channel, right) if access.can(right, site_id) else None


def role_for(access: Access, step: QueryMove, site_id: int, *, channel: str = "screen") -> Actor | None:
    """The user in the role by which the step may be taken at this site; None where none of theirs may."""
    return role_at(access, step.right_of(access, site_id), site_id, channel=channel)


def keys_in(text: str) -> list[int]:
    """The keys in a list of numbers; what is none is left out."""
    return read_keys(part.strip() for part in text.split(","))


def queries_at(access: Access, keys: list[int]) -> QuerySet[Query]:
    """Those of them that the user may see."""
    return access.limit(Query.objects.filter(pk__in=keys), Permission.VIEW_SUBJECTS, site="subject__site_id")


@require_POST
def queries_at_once(request: SignedInRequest, step: str) -> HttpResponse:
    named = ALL_STEPS[step]
    right = named.step.right_of(request.access)
    request.access.require(right)
    queries = _chosen(request)
    number = queries.count()
    by = partial(role_for, request.access, named.step)
    outcome = sorted_out(queries, named.step, by) if number <= MOST else SortedQueries()
    doing = request.POST if "do" in request.POST else None
    form = ManyForm(doing, named, {query.subject.site_id for query in outcome.fitting})
    if not 0 < number <= MOST:
        too_many = f"These are {number:,} queries: at most {MOST:,} at once. Narrow the filter."
        return _page(request, step, outcome, form, problem=too_many if number else "Choose at least one query.")
    if doing is not None and form.is_valid():
        try:
            outcome = step_at_once(queries=queries, step=named.step, by=by, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            _tell(request, named, outcome)
            return redirect(_back(request))
    return _page(request, step, outcome, form)


def _chosen(request: SignedInRequest) -> QuerySet[Query]:
    """All that the filter shows, or those that were ticked."""
    if request.POST.get("all"):
        form = QueryFilter(QueryDict(clean_address(request.POST.get("address", ""))), request.access)
        return wanted_queries(request.access, form, "")
    return queries_at(request.access, keys_in(",".join(request.POST.getlist("query"))))


def _tell(request: SignedInRequest, named: NamedStep, outcome: SortedQueries) -> None:
    number = len(outcome.fitting)
    messages.success(request, f"{number} quer{pluralize(number, 'y,ies')} {named.past}.")
    for why, left in outcome.reasons:
        messages.warning(request, f"{len(left)} left out: {why}")


def _back(request: SignedInRequest) -> str:
    address = clean_address(request.POST.get("address", ""))
    return reverse("query_list") + (f"?{address}" if address else "")


def _page(
    request: SignedInRequest, step: str, outcome: SortedQueries, form: forms.Form, problem: str = ""
) -> HttpResponse:
    context = {
        "step": step,
        "named": ALL_STEPS[step],
        "found": outcome,
        "keys": ",".join(str(query.pk) for query in outcome.fitting),
        "form": form,
        "problem": problem,
        "address": clean_address(request.POST.get("address", "")),
        "back": _back(request),
    }
    return render(request, "review/queries_at_once.html", context, status=422 if problem or form.errors else 200)
