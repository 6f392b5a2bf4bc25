"""Queries in the API."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import CodeFilter, DaysFilter, KeyFilter, LiveChoiceFilter, SiteFilter
from accounts.forms import ReasonForm
from accounts.resource.base import Resource, Wanted
from accounts.resource.problems import Told, problem, tells
from accounts.resource.rendering import Exact
from accounts.roles import Permission
from accounts.serializers import Problem, Reason
from assessments.api.forms import HEADERS
from assessments.catalogue import form_choices
from assessments.models import CaseForm
from audit.files import XLSX, csv_response, file_response, stamped
from cohorts.api import key_in
from cohorts.models import Subject
from review.check_list import listed_checks
from review.forms import AssignForm, KeptFilterForm, QueryForm, StepForm, SubjectQueryForm, not_understood
from review.models import CheckRun, KeptFilter, Origin, Query, QueryState
from review.queries.ageing import ageing
from review.queries.assignees import Assignees, name_of
from review.queries.at_once import Acting, SortedQueries, sorted_out, step_at_once
from review.queries.export import as_rows, as_workbook
from review.queries.file import given_lines
from review.queries.file_pages import ask_all
from review.queries.kept import forget_filter, keep_filter
from review.queries.known import is_assignee, is_check, is_item, is_visit
from review.queries.looking import look_through
from review.queries.many_pages import queries_at, role_at, role_for
from review.queries.point import point_of
from review.queries.reading import ANY_ROW, LINKED, LIVE, REOPENED, ListedQuery, found_queries
from review.queries.steps import ALL_STEPS, STEPS
from review.serializers import (
    AgeingOut,
    Assignment,
    CheckOut,
    CheckRunOut,
    FilterName,
    KeptFilterOut,
    ManyDone,
    ManyQuestions,
    ManyRaised,
    ManySteps,
    NewQuery,
    QueryOut,
    QueryWithSteps,
    Words,
)
from review.services import NotAllowed, assign_query, raise_query, take_step
from review.tasks import ask_for_run
from values.unreadable import UnreadableValue


class CheckResource(Resource):
    """The checks of the protocol: the same list as on the page, with the queries open at the user's sites."""

    serializer_class = CheckOut
    queryset = CheckRun.objects.none()
    pagination_class = None

    @extend_schema(responses=CheckOut(many=True))
    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        return Response(CheckOut(listed_checks(self.access), many=True).data)


class CheckRunResource(Resource):
    serializer_class = CheckRunOut
    queryset = CheckRun.objects.all()

    def list(self, request: Request) -> Response:
        """Runs of all checks over all records, newest first; one without an end is under way."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.queryset.all())

    @extend_schema(request=Reason, responses={201: CheckRunOut, 409: Problem})
    def create(self, request: Request) -> Response:
        """Have all checks run again over all records."""
        self.access.require(Permission.RUN_CHECKS)
        return self.said(ask_for_run(**self.checked(ReasonForm), by=self.by(Permission.RUN_CHECKS)), 201)


@tells(NotAllowed)
def _not_allowed(error: NotAllowed) -> Told:
    return 409, problem("state", str(error))


class QueryApiFilter(Wanted):
    q = filters.CharFilter(label="Part of a subject's number or of the text")
    site = SiteFilter()
    subject = KeyFilter(label="Subject")
    visit = CodeFilter(known=is_visit, what="visit of a subject that you see", label="Code of the visit")
    form = LiveChoiceFilter(choices=form_choices, label="Form code")
    case_form = KeyFilter(label="One form")
    item = CodeFilter(
        known=is_item, what="item of any form (see /catalogue/)", label=f'Item; "{ANY_ROW}state" is one of any row'
    )
    check = CodeFilter(known=is_check, what="check (see /checks/)", label="Check that raised it")
    state = filters.ChoiceFilter(
        choices=[(LIVE, "Open or answered"), (REOPENED, "Re-opened"), *QueryState.choices], label="State"
    )
    origin = filters.ChoiceFilter(choices=Origin.choices, label="Origin")
    assignee = CodeFilter(
        known=is_assignee,
        what="user name, role of queries, “me” or “nobody”",
        label='"me" (in person or by a role), "nobody", a user name or "role:monitor"',
    )
    age = DaysFilter(label="Whole days since it was opened, at least")
    age_to = DaysFilter(label="Whole days since it was opened, at most")
    quiet = DaysFilter(label="Whole days since its last step, at least")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return found_queries(access, filters).order_by("-id")


class CsvFile(BaseRenderer):
    """For whoever asks for this kind of file by its name. What is refused is told as everywhere."""

    media_type, format, charset = "text/csv", "csv", "utf-8"

    def render(self, data: Any, accepted: Any = None, context: Any = None) -> Any:
        context["response"]["Content-Type"] = Exact.media_type
        return Exact().render(data)


class WorkbookFile(CsvFile):
    media_type, format, charset = XLSX, "xlsx", None


class QueryResource(Resource):
    serializer_class = QueryOut
    queryset = Query.objects.select_related(*LINKED)
    filterset_class = QueryApiFilter

    def list(self, request: Request) -> Response:
        """The queries of your sites."""
        self.access.require(Permission.VIEW_SUBJECTS)
        page = self.paginate_queryset(self.filter_queryset(self.queryset))
        return self.get_paginated_response(QueryOut([_told(query) for query in page], many=True).data)

    @extend_schema(responses=QueryWithSteps)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One query with the steps of its thread."""
        return self._whole(self._load(pk, Permission.VIEW_SUBJECTS))

    @extend_schema(request=NewQuery, responses={201: QueryWithSteps, 400: Problem})
    def create(self, request: Request) -> Response:
        """Raise a query at a form, at one of its items, or at a subject as a whole."""
        if "subject" in self.body and "form" not in self.body:
            return self._ask_about_subject()
        form_id = key_in(self.body, "form")
        case_form: CaseForm = self.access.load(HEADERS, Permission.RAISE_QUERY, site="subject.site_id", pk=form_id)
        form = self.checked(QueryForm, case_form, _text(self.body.get("item")), body=self.beside("form"))
        made = raise_query(case_form=case_form, **form, by=self.by(Permission.RAISE_QUERY, case_form.subject.site_id))
        return self._whole(made, 201)

    def _ask_about_subject(self) -> Response:
        subjects = Subject.objects.select_related("site")
        subject = self.access.load(subjects, Permission.RAISE_QUERY, pk=key_in(self.body, "subject"))
        form = self.checked(SubjectQueryForm, subject.site_id, body=self.beside("subject"))
        return self._whole(
            raise_query(subject=subject, **form, by=self.by(Permission.RAISE_QUERY, subject.site_id)), 201
        )

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        """Respond to the query: it waits for whoever may close it."""
        return self._step(pk, "answer")

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, pk: int) -> Response:
        """Words in the thread, by the site or a monitor; the state stays as it is."""
        return self._step(pk, "comment")

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close the query."""
        return self._step(pk, "close")

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Re-open a query that was closed or cancelled."""
        return self._step(pk, "reopen")

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel a query that a person raised by mistake. It comes back only if somebody re-opens it."""
        return self._step(pk, "cancel")

    @extend_schema(request=Assignment, responses={200: QueryWithSteps, 400: Problem, 409: Problem})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: int) -> Response:
        """Assign the query to a user with a part in the queries of its site, to a role, or to nobody."""
        query = self._load(pk, Permission.CLOSE_QUERY)
        people = Assignees([query.subject.site_id])
        form = self.checked(AssignForm, people)
        to = people.named(form["to"], query.subject.site_id)
        assert to is not None
        by = self.by(Permission.CLOSE_QUERY, query.subject.site_id)
        return self._whole(assign_query(query=query, to=to, text=form["text"], by=by))

    @extend_schema(request=ManySteps, responses={200: ManyDone, 400: Problem})
    @action(detail=False, methods=["post"], url_path="at-once")
    def at_once(self, request: Request) -> Response:
        """One step at many queries: each where it is open to you; the others are left out and listed.

        `preview` answers the same and changes nothing.
        """
        sent = self.sent(ManySteps)
        step = ALL_STEPS[sent["step"]].step
        self.access.require(step.right_of(self.access))
        queries, by = queries_at(self.access, sent["queries"]), partial(role_for, self.access, step, channel="api")
        unseen = set(sent["queries"]) - set(queries.values_list("pk", flat=True))
        if unseen:
            raise ValidationError({"queries": [f"There is no query {min(unseen)} at your sites."]})
        if sent["preview"]:
            return Response(ManyDone(_done(sorted_out(queries, step, by, sent["to"]))).data)
        outcome = step_at_once(queries=queries, step=step, text=sent["text"], by=by, to=sent["to"])
        return Response(ManyDone(_done(outcome)).data)

    @extend_schema(request=ManyQuestions, responses={200: ManyRaised, 400: Problem, 409: Problem})
    @action(detail=False, methods=["post"], url_path="raise-many")
    def raise_many(self, request: Request) -> Response:
        """Raise many queries: all of them, or none if a line is wrong. `preview` checks them and raises none."""
        self.access.require(Permission.RAISE_QUERY)
        sent = self.sent(ManyQuestions)
        try:
            preview = look_through(given_lines(sent["lines"]), self.access)
        except UnreadableValue as unreadable:
            raise ValidationError({"lines": [str(unreadable)]}) from None
        if preview.wrong:
            raise ValidationError({f"lines-{line.number - 1}": line.errors for line in preview.wrong})
        raised = 0 if sent["preview"] else ask_all(preview, self._at_site(Permission.RAISE_QUERY))
        return Response(ManyRaised({"questions": len(preview.questions), "raised": raised}).data)

    @extend_schema(responses=AgeingOut(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def ageing(self, request: Request) -> Response:
        """How old the queries of each site are, the sum over your sites last (`site` null)."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return Response(AgeingOut(ageing(self.access), many=True).data)

    @extend_schema(responses={(200, "text/csv"): bytes}, filters=True)
    @action(detail=False, methods=["get"], pagination_class=None, renderer_classes=[Exact, CsvFile])
    def csv(self, request: Request) -> HttpResponseBase:
        """The queries of the filter as CSV. Noted in the log of access."""
        return self._file("csv")

    @extend_schema(responses={(200, XLSX): bytes}, filters=True)
    @action(detail=False, methods=["get"], pagination_class=None, renderer_classes=[Exact, WorkbookFile])
    def xlsx(self, request: Request) -> HttpResponseBase:
        """The same as a workbook, with a second sheet of all their steps. Noted in the log of access."""
        return self._file("xlsx")

    def _file(self, kind: str) -> HttpResponseBase:
        self.access.require(Permission.VIEW_SUBJECTS)
        queries = self.filter_queryset(self.queryset)
        what = f"queries as {kind.upper()}, filter: {self.request.GET.urlencode() or 'none'}"
        if kind == "xlsx":
            return file_response(self.request, what, as_workbook(queries), f"{stamped('queries')}.xlsx", XLSX)
        return csv_response(self.request, what, as_rows(queries), stamped("queries"))

    def _at_site(self, right: Permission) -> Acting:
        return partial(role_at, self.access, right, channel="api")

    def _step(self, pk: int, name: str) -> Response:
        step = STEPS[name].step
        site_id = Query.objects.filter(pk=pk).values_list("subject__site_id", flat=True).first()
        right = step.right_of(self.access, site_id)
        query = self._load(pk, right)
        by = self.by(right, query.subject.site_id)
        return self._whole(take_step(query=query, step=step, **self.checked(StepForm), by=by))

    def _load(self, pk: int, permission: Permission) -> Query:
        return self.access.load(self.queryset, permission, site="subject.site_id", pk=pk)

    def _whole(self, query: Query, status: int = 200) -> Response:
        answer = _told(query)
        answer.point = point_of(query, self.access)  # type: ignore[attr-defined]
        return Response(QueryWithSteps(answer).data, status=status)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _done(outcome: SortedQueries) -> dict[str, Any]:
    left = [{"query": query.pk, "why": why} for query, why in outcome.left_out]
    return {"done": [query.pk for query in outcome.fitting], "left_out": left}


def _told(query: Query) -> Query:
    shown, listed = query, ListedQuery(query)
    shown.item_label, shown.days_open, shown.days_quiet = listed.item_label, listed.days_open, listed.days_quiet  # type: ignore[attr-defined]
    shown.assignee = name_of(query)  # type: ignore[attr-defined]
    return shown


class QueryFilterResource(Resource):
    """Filters of the list of queries that the user keeps; nobody else sees them."""

    serializer_class = KeptFilterOut
    queryset = KeptFilter.objects.all()

    def get_queryset(self) -> Any:
        return KeptFilter.objects.filter(user=self.request.user.pk).order_by("name")

    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.get_queryset())

    @extend_schema(request=KeptFilterOut, responses={201: KeptFilterOut, 400: Problem, 409: Problem})
    def create(self, request: Request) -> Response:
        """Keep a filter; one that is kept under this name already gives way."""
        self.access.require(Permission.VIEW_SUBJECTS)
        by = self.by(Permission.VIEW_SUBJECTS)
        kept = self.checked(KeptFilterForm)
        if lost := not_understood(self.body.get("address", "")):
            raise ValidationError({"address": [f"The list of queries has no such filter: {', '.join(lost)}."]})
        return self.said(keep_filter(user=request.user, **kept, by=by), 201)

    @extend_schema(request=FilterName, responses={204: None, 400: Problem})
    @action(detail=False, methods=["post"])
    def forget(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        name = self.sent(FilterName)["name"]
        if not forget_filter(user=request.user, name=name, by=self.by(Permission.VIEW_SUBJECTS)):
            raise ValidationError({"name": ["You have no saved filter of this name."]})
        return Response(status=204)
