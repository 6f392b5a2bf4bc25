"""The list of queries, the thread of one, and raising one at a form or a subject."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Access, SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from cohorts.asking import ask
from cohorts.models import Subject
from cohorts.services import Refused
from components.emptiness import Emptiness
from components.filtering import wanted_of
from components.pages import posted, require_get_or_post
from review.forms import AssignForm, KeptFilterForm, QueryFilter, QueryForm, StepForm, SubjectQueryForm
from review.models import KeptFilter, Query
from review.queries.assignees import Assignee, Assignees, name_of
from review.queries.at_once import MOST
from review.queries.point import landing_of, point_of
from review.queries.reading import LINKED, ListedQuery, found_queries, listed
from review.queries.reading import LIVE as LIVE_ONES
from review.queries.steps import ALL_STEPS, STEPS, NamedStep, steps_open_to
from review.services import NotAllowed, assign_query, raise_query, take_step
from signature.reading import why_locked
from values.counts import counted

PAGE_SIZE = 50
CLOSES = Permission.CLOSE_QUERY
SORTS = {"opened": "opened_at", "subject": "subject__label", "state": "state", "changed": "changed_at"}


def wanted_queries(access: Access, form: QueryFilter, sort: str) -> QuerySet[Query]:
    """The queries of a filter in the order of the list. Raises UnreadableFilter."""
    filters = wanted_of(form, form.given, sorts=SORTS)
    by = SORTS.get(sort.removeprefix("-"), "opened_at")
    order = (f"-{by}", "-id") if sort.startswith("-") else (by, "id")
    return found_queries(access, filters).order_by(*order)


@require_safe
def query_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = QueryFilter(request.GET, request.access)
    queries = wanted_queries(request.access, form, request.GET.get("sort", ""))
    # By their keys, so that a page far back is found in an index and joins fifty rows.
    page = Paginator(queries.select_related(None).values_list("pk", flat=True), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    keys = list(page.object_list)
    shown = Query.objects.select_related(*LINKED).in_bulk(keys)
    context = {
        "page": page,
        "queries": listed(shown[key] for key in keys),
        "filter": form,
        "empty": None if keys else _why_empty(request.access, form.cleaned_data),
        "address": request.GET.urlencode(),
        "kept": list(KeptFilter.objects.filter(user=request.user)),
        "keep": KeptFilterForm(initial={"address": request.GET.urlencode()}),
        "many": [(name, named) for name, named in ALL_STEPS.items() if any(map(request.access.can, named.step.rights))],
        "most": MOST,
        "may_raise": request.access.can(Permission.RAISE_QUERY),
    }
    return render(request, "review/query_list.html", context)


def _why_empty(access: Access, filters: dict[str, Any]) -> Emptiness:
    """Who did not choose a state sees what waits: that nothing does, is no word about the closed ones."""
    every = found_queries(access, {})
    asks_for_live = filters["state"] == LIVE_ONES and not any(
        value for name, value in filters.items() if name != "state"
    )
    number = every.count() if asks_for_live else 0
    closed = f" {counted(number, 'query', 'queries')}: closed or cancelled." if number else ""
    return Emptiness(
        nothing_to_do=f"Nothing to answer.{closed}" if number else "No query was raised at your sites yet.",
        what=("query", "queries"),
        is_filtered=not asks_for_live,
        searched=filters["q"],
        all_of_it=f"{reverse('query_list')}?state=any",
        title="No open queries" if asks_for_live else "No queries",
        every=every,
    )


@require_safe
def query(request: SignedInRequest, pk: int) -> HttpResponse:
    return _thread(request, _query(request, pk, Permission.VIEW_SUBJECTS), StepForm())


@require_safe
def query_field(request: SignedInRequest, pk: int) -> HttpResponse:
    """On to the data point: found when somebody goes there, so that a list of many queries asks for none."""
    query = _query(request, pk, Permission.VIEW_SUBJECTS)
    return redirect(landing_of(query, request.access))


@require_get_or_post
def query_step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """A step from the thread; one that asks first has a page here."""
    taken = STEPS[step]
    if taken.asks:
        return _step_that_asks(request, pk, taken)
    if request.method != "POST":
        return redirect("query", pk)
    query, right = _query_for(request, pk, taken)
    form = StepForm(request.POST)
    if form.is_valid():
        by = request.access.actor(query.subject.site_id, permission=right)
        try:
            take_step(query=query, step=taken.step, text=form.cleaned_data["text"], by=by)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, taken.message)
            return redirect("query", pk)
    return _thread(request, query, form, status=422)


def _query_for(request: SignedInRequest, pk: int, named: NamedStep) -> tuple[Query, Permission]:
    """The query, and the right by which the user may take the step at it."""
    known = Query.objects.filter(pk=pk).values_list("subject__site_id", flat=True).first()
    right = named.step.right_of(request.access, known)
    return _query(request, pk, right), right


def _step_that_asks(request: SignedInRequest, pk: int, named: NamedStep) -> HttpResponse:
    query, right = _query_for(request, pk, named)

    def do(text: str) -> Query:
        try:
            by = request.access.actor(query.subject.site_id, permission=right)
            return take_step(query=query, step=named.step, text=text, by=by)
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from None

    form = StepForm(posted(request))
    form.fields["text"].label = "Why"
    return ask(
        request,
        form,
        do,
        title=f"{named.button}?",
        button=named.button,
        back=reverse("query", args=[pk]),
        message=named.message,
        subject=query.subject,
        why=f"“{query.text}” {named.asks}",
    )


@require_get_or_post
def query_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    query = _query(request, pk, Permission.CLOSE_QUERY)
    people = Assignees([query.subject.site_id])

    def do(to: str, text: str) -> Query:
        try:
            by = request.access.actor(query.subject.site_id, permission=Permission.CLOSE_QUERY)
            assignee = people.named(to, query.subject.site_id)
            assert assignee is not None
            return assign_query(query=query, to=assignee, text=text, by=by)
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from None

    return ask(
        request,
        AssignForm(posted(request), people, to=name_of(query)),
        do,
        title="Assign the query",
        button="Assign",
        back=reverse("query", args=[pk]),
        message="Assigned.",
        subject=query.subject,
        why=query.text,
    )


@require_get_or_post
def query_raise(request: SignedInRequest, pk: int) -> HttpResponse:
    case_form = case_form_at(request, pk, Permission.RAISE_QUERY)
    form = QueryForm(posted(request), case_form, request.GET.get("item", ""))
    work = _work_list(request)
    return _ask_site(request, form, case_form.subject, work or reverse("form", args=[pk]), case_form, work)


def _work_list(request: SignedInRequest) -> str:
    """The monitor's work list as it was, for whoever came from there; "" for whoever did not."""
    work = request.GET.get("work", "")
    return f"{reverse('sdv_list')}?{QueryDict(work).urlencode()}" if work else ""


@require_get_or_post
def subject_query_raise(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = request.access.load(Subject.objects.select_related("site"), Permission.RAISE_QUERY, pk=pk)
    form = SubjectQueryForm(posted(request), subject.site_id)
    return _ask_site(request, form, subject, reverse("subject", args=[pk]), None)


def _ask_site(
    request: SignedInRequest, form: Form, subject: Subject, back: str, case_form: CaseForm | None, work: str = ""
) -> HttpResponse:
    by = request.access.actor(subject.site_id, permission=Permission.RAISE_QUERY)

    def do(text: str, to: Assignee, item: str = "") -> Query:
        try:
            return raise_query(subject=subject, case_form=case_form, item=item, text=text, to=to, by=by)
        except NotAllowed as refusal:
            raise Refused(str(refusal)) from None

    return ask(
        request,
        form,
        do,
        title="Raise query",
        button="Raise the query",
        back=back,
        message="Query raised.",
        goes_to=lambda made: work or landing_of(made, request.access),
        subject=subject,
        why=words_of_form(case_form) if case_form else "About the subject as a whole.",
    )


def words_of_form(case_form: CaseForm) -> str:
    visit = f", {case_form.visit.label}" if case_form.visit else ""
    return f"{CATALOGUE[case_form.code].title}{visit}."


def case_form_at(request: SignedInRequest, pk: int, permission: Permission) -> CaseForm:
    forms = CaseForm.every.select_related("subject__site", "visit")
    return request.access.load(forms, permission, site="subject.site_id", pk=pk)


def _query(request: SignedInRequest, pk: int, permission: Permission) -> Query:
    return request.access.load(Query.objects.select_related(*LINKED), permission, site="subject.site_id", pk=pk)


def _thread(request: SignedInRequest, query: Query, form: Form, status: int = 200) -> HttpResponse:
    locked = why_locked(query)
    may = [] if locked else steps_open_to(request.access, query)
    context: dict[str, Any] = {
        "locked": locked,
        "query": ListedQuery(query),
        "point": point_of(query, request.access),
        "steps": list(query.steps.all()),
        "form": form,
        "may": [offered for offered in may if not offered["asks"]],
        "apart": [offered for offered in may if offered["asks"]],
        "may_assign": query.is_live and not locked and request.access.can(CLOSES, query.subject.site_id),
    }
    return render(request, "review/query.html", context, status=status)
