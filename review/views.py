"""Pages of queries and locks."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, SignedInRequest
from accounts.forms import ReasonForm
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from cohorts.asking import ask, posted
from cohorts.services import Refused
from cohorts.views import require_get_or_post
from review.forms import QueryFilter, QueryForm, StepForm
from review.models import Query, QueryState
from review.query_reading import LINKED, ListedQuery, found_queries, listed
from review.services import (
    NotAllowed,
    answer_query,
    close_query,
    lock_form,
    raise_query,
    reopen_query,
    unlock_form,
)

PAGE_SIZE = 50
SORTS = {"opened": "opened_at", "subject": "subject__label", "state": "state", "changed": "changed_at"}
# step: (right, service, states from which it goes, button, what is said)
STEPS: dict[str, tuple[Permission, Callable[..., Query], tuple[str, ...], str, str]] = {
    "answer": (Permission.ANSWER_QUERY, answer_query, (QueryState.OPEN,), "Answer", "Answered."),
    "close": (Permission.CLOSE_QUERY, close_query, (QueryState.OPEN, QueryState.ANSWERED), "Close", "Closed."),
    "reopen": (
        Permission.CLOSE_QUERY,
        reopen_query,
        (QueryState.ANSWERED, QueryState.CLOSED),
        "Re-open",
        "Open again.",
    ),
}


@require_safe
def query_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = QueryFilter(request.GET, request.access)
    wanted = form.cleaned_data if form.is_valid() else {"state": "none"}
    sort = request.GET.get("sort", "")
    by = SORTS.get(sort.lstrip("-"), "opened_at")
    found = found_queries(request.access, wanted).order_by(f"-{by}" if sort.startswith("-") else by, "id")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "queries": listed(list(page.object_list)),
        "filter": form,
        "filtered": any(value for name, value in wanted.items() if name != "state") or wanted["state"] != "live",
    }
    return render(request, "review/query_list.html", context)


@require_safe
def query(request: SignedInRequest, pk: int) -> HttpResponse:
    return _query_page(request, _query(request, pk, Permission.VIEW_SUBJECTS), StepForm())


@require_POST
def query_step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    permission, service, _, _, said = STEPS[step]
    found = _query(request, pk, permission)
    form = StepForm(request.POST)
    if form.is_valid():
        by = request.access.actor(found.subject.site_id, permission=permission)
        try:
            service(query=found, text=form.cleaned_data["text"], by=by)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("query", pk)
    return _query_page(request, found, form, status=422)


@require_get_or_post
def query_raise(request: SignedInRequest, pk: int) -> HttpResponse:
    case_form = _case_form(request, pk, Permission.RAISE_QUERY)
    site_id = case_form.subject.site_id
    by = request.access.actor(site_id, permission=Permission.RAISE_QUERY)
    item = request.GET.get("item", "")

    def do(item: str, text: str) -> Query:
        try:
            return raise_query(case_form=case_form, item=item, text=text, by=by)
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from None

    return ask(
        request,
        QueryForm(posted(request), case_form, item),
        do,
        title="Ask the site",
        button="Raise the query",
        back=reverse("form", args=[pk]),
        said="Asked.",
        goes_to=lambda made: ListedQuery(made).field_url,
        subject=case_form.subject,
        why=_of(case_form),
    )


@require_get_or_post
def form_lock(request: SignedInRequest, pk: int) -> HttpResponse:
    why = "Nobody changes it from then on, by any channel, until it is unlocked."
    return _turn(request, pk, lock_form, "Lock", "Locked.", why)


@require_get_or_post
def form_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, unlock_form, "Unlock", "Unlocked.", "It can be changed again, each change with a reason.")


def _turn(
    request: SignedInRequest, pk: int, service: Callable[..., None], verb: str, said: str, why: str
) -> HttpResponse:
    case_form = _case_form(request, pk, Permission.LOCK)
    by = request.access.actor(case_form.subject.site_id, permission=Permission.LOCK)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(service, case_form=case_form, by=by),
        title=f"{verb} this form?",
        button=verb,
        back=reverse("form", args=[pk]),
        said=said,
        subject=case_form.subject,
        why=f"{_of(case_form)} {why}",
    )


def _of(case_form: CaseForm) -> str:
    visit = f", {case_form.visit.label}" if case_form.visit else ""
    return f"{CATALOGUE[case_form.code].title}{visit}."


def _case_form(request: SignedInRequest, pk: int, permission: Permission) -> CaseForm:
    forms = CaseForm.objects.select_related("subject__site", "visit")
    return request.access.load(forms, permission, site="subject.site_id", pk=pk)


def _query(request: SignedInRequest, pk: int, permission: Permission) -> Query:
    return request.access.load(Query.objects.select_related(*LINKED), permission, site="subject.site_id", pk=pk)


def _query_page(request: SignedInRequest, found: Query, form: Form, status: int = 200) -> HttpResponse:
    context = {
        "query": ListedQuery(found),
        "steps": list(found.steps.all()),
        "form": form,
        "may": _steps_open_to(request.access, found),
    }
    return render(request, "review/query.html", context, status=status)


def _steps_open_to(access: Access, found: Query) -> list[dict[str, Any]]:
    return [
        {"step": step, "button": button}
        for step, (permission, _, states, button, _) in STEPS.items()
        if found.state in states and access.can(permission, found.subject.site_id)
    ]
