"""Queries and locks in the API."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import KeyFilter, SiteFilter
from accounts.forms import ReasonForm
from accounts.roles import Permission
from accounts.serializers import Problem, Reason
from assessments.api import HEADERS, Forms
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from assessments.serializers import FormHeader
from cohorts.api import key_in
from review.check_list import listed_checks
from review.forms import QueryForm, StepForm
from review.models import CheckRun, Origin, Query, QueryState
from review.query_reading import LINKED, LIVE, ListedQuery, found_queries
from review.rechecking import ask_for_run
from review.serializers import CheckOut, CheckRunOut, NewQuery, QueryOut, QueryWithSteps, Words
from review.services import NotAllowed, lock_form, raise_query, unlock_form
from review.views import STEPS
from trialsite.api import Resource, Told, Wanted, problem, tells


class CheckResource(Resource):
    """The checks of the protocol: the same list as on the page, with the questions open at the user's sites."""

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


class QueryFilter(Wanted):
    q = filters.CharFilter(label="Part of a subject's number or of the text")
    site = SiteFilter()
    subject = KeyFilter(label="Subject")
    form = filters.ChoiceFilter(choices=[(form.code, form.title) for form in CATALOGUE.values()], label="Form code")
    case_form = KeyFilter(label="One form")
    item = filters.CharFilter(label="Item")
    check = filters.CharFilter(label="Check that asked")
    state = filters.ChoiceFilter(choices=[(LIVE, "Open or answered"), *QueryState.choices], label="State")
    origin = filters.ChoiceFilter(choices=Origin.choices, label="Origin")
    age = filters.NumberFilter(
        min_value=0, max_value=36500, decimal_places=0, label="Days since it was opened, at least"
    )

    @staticmethod
    def found(access: Any, wanted: Any) -> Any:
        own = {lookup: wanted[name] for name, lookup in (("subject", "subject_id"), ("case_form", "case_form_id"))}
        queries = found_queries(access, wanted).order_by("-id")
        return queries.filter(**{lookup: value for lookup, value in own.items() if value is not None})


class QueryResource(Resource):
    serializer_class = QueryOut
    queryset = Query.objects.select_related(*LINKED)
    filterset_class = QueryFilter

    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        page = self.paginate_queryset(self.filter_queryset(self.queryset))
        return self.get_paginated_response(QueryOut([_told(query) for query in page], many=True).data)

    @extend_schema(responses=QueryWithSteps)
    def retrieve(self, request: Request, pk: int) -> Response:
        return self._whole(self._load(pk, Permission.VIEW_SUBJECTS))

    @extend_schema(request=NewQuery, responses={201: QueryWithSteps, 400: Problem})
    def create(self, request: Request) -> Response:
        """Ask the site about a form or one of its items."""
        form_id = key_in(self.body, "form")
        case_form: CaseForm = self.access.load(HEADERS, Permission.RAISE_QUERY, site="subject.site_id", pk=form_id)
        del self.body["form"]
        wanted = self.checked(QueryForm, case_form, _text(self.body.get("item")))
        made = raise_query(case_form=case_form, **wanted, by=self.by(Permission.RAISE_QUERY, case_form.subject.site_id))
        return self._whole(made, 201)

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        return self._step(pk, "answer")

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        return self._step(pk, "close")

    @extend_schema(request=Words, responses={200: QueryWithSteps, 409: Problem})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        return self._step(pk, "reopen")

    def _step(self, pk: int, name: str) -> Response:
        permission, service, *_ = STEPS[name]
        query = self._load(pk, permission)
        return self._whole(
            service(query=query, **self.checked(StepForm), by=self.by(permission, query.subject.site_id))
        )

    def _load(self, pk: int, permission: Permission) -> Query:
        return self.access.load(self.queryset, permission, site="subject.site_id", pk=pk)

    def _whole(self, query: Query, status: int = 200) -> Response:
        return Response(QueryWithSteps(_told(query)).data, status=status)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _told(query: Query) -> Query:
    listed = ListedQuery(query)
    query.item_label, query.days_open = listed.item_label, listed.days_open  # type: ignore[attr-defined]
    return query


class FormLockResource(Forms):
    serializer_class = FormHeader

    @extend_schema(request=Reason, responses=FormHeader)
    @action(detail=True, methods=["post"])
    def lock(self, request: Request, pk: int) -> Response:
        """From here on nobody changes the form, by any channel."""
        return self._turn(pk, lock_form)

    @extend_schema(request=Reason, responses=FormHeader)
    @action(detail=True, methods=["post"])
    def unlock(self, request: Request, pk: int) -> Response:
        return self._turn(pk, unlock_form)

    def _turn(self, pk: int, service: Any) -> Response:
        case_form = self.load(Permission.LOCK, pk=pk)
        by = self.by(Permission.LOCK, case_form.subject.site_id)
        service(case_form=case_form, **self.checked(ReasonForm), by=by)
        return self.said(HEADERS.get(pk=pk))
