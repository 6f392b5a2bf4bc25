"""Subjects, visits, cohorts and enrolments in the API."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Actor
from accounts.filters import BIGGEST_KEY, KeyFilter, LiveChoiceFilter, SiteFilter, YesNoFilter
from accounts.forms import ReasonForm
from accounts.models import Site
from accounts.resource.base import Resource, Wanted
from accounts.resource.problems import Told, invalid, tells
from accounts.roles import Permission
from accounts.serializers import Reason
from cohorts.forms import DayForm
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, Subject, SubjectStatus, Visit
from cohorts.reading import cohort_states, found_subjects
from cohorts.schedule import visit_state
from cohorts.serializers import CohortOut, CohortRow, Day, EnrolmentOut, NewSubject, SubjectOut, VisitOut
from cohorts.services import (
    Refused,
    add_subject,
    begin_end_of_treatment,
    begin_treatment,
    close_cohort,
    open_by_hand,
    refuse_enrolment,
    remove_visit,
)
from protocol import current

SUBJECTS = Subject.objects.select_related("site", "enrolment__cohort")
# What a protocol plans, and what nothing foresees.
VISIT_KINDS = ("screening", "cycle", "tumour", "dlt", "end_of_treatment", "follow_up", "unscheduled")


@tells(Refused)
def _refused(error: Refused) -> Told:
    return 400, invalid(error.errors, code="refused")


def subject_of(resource: Resource, permission: Permission, subjects: QuerySet[Subject] = SUBJECTS) -> Subject:
    """The subject that the body names, if the user may do this at its site."""
    return resource.access.load(subjects, permission, pk=key_in(resource.body, "subject"))


def key_in(body: dict[str, Any], name: str) -> int:
    key = body.get(name)
    if not isinstance(key, int) or isinstance(key, bool) or not 0 < key <= BIGGEST_KEY:
        raise ValidationError({name: ["Give the number of one."]})
    return key


def cohort_codes() -> list[tuple[str, str]]:
    """Those of the protocol that is in force."""
    return [(cohort.code, cohort.label) for cohort in current().cohorts]


class SubjectApiFilter(Wanted):
    q = filters.CharFilter(label="Part of the subject's number")
    site = SiteFilter()
    cohort = LiveChoiceFilter(choices=cohort_codes, label="Code of the cohort")
    status = filters.ChoiceFilter(choices=SubjectStatus.choices)
    found = staticmethod(found_subjects)


class SubjectResource(Resource):
    serializer_class = SubjectOut
    queryset = SUBJECTS
    filterset_class = SubjectApiFilter

    def list(self, request: Request) -> Response:
        """The subjects of your sites."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(SUBJECTS)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One subject."""
        return self.said(self.access.load(SUBJECTS, Permission.VIEW_SUBJECTS, pk=pk))

    @extend_schema(request=NewSubject, responses={201: SubjectOut})
    def create(self, request: Request) -> Response:
        """The next subject of a site; the number is given out."""
        self.access.require(Permission.ENTER_DATA)
        code = self.sent(NewSubject)["site"]
        site = self.access.load(Site.objects.all(), Permission.ENTER_DATA, site="pk", code=code)
        made = add_subject(site=site, by=self.by(Permission.ENTER_DATA, site.pk))
        return self.said(SUBJECTS.get(pk=made.pk), 201)

    @extend_schema(request=Day, responses={201: VisitOut})
    @action(detail=True, methods=["post"], url_path="begin-treatment")
    def begin_treatment(self, request: Request, pk: int) -> Response:
        """The visit of the first dose, on its day."""
        return self._begin(pk, begin_treatment)

    @extend_schema(request=Day, responses={201: VisitOut})
    @action(detail=True, methods=["post"], url_path="end-treatment")
    def end_treatment(self, request: Request, pk: int) -> Response:
        """The end-of-treatment visit of a subject who stops without progression."""
        return self._begin(pk, begin_end_of_treatment)

    def _begin(self, pk: int, service: Any) -> Response:
        subject = self.access.load(SUBJECTS, Permission.ENTER_DATA, pk=pk)
        by = self.by(Permission.ENTER_DATA, subject.site_id)
        visit = service(subject=subject, **self.checked(DayForm), by=by)
        return Response(VisitOut(with_state(visit)).data, status=201)


def with_state(visit: Visit, missed: Collection[int] = ()) -> Visit:
    # A visit without a window, such as screening before consent, can be done at any time.
    state = "due" if visit.window_from is None else visit_state(visit, visit.visit_date, timezone.localdate())  # type: ignore[arg-type]
    visit.state_today = "done" if visit.visit_date else "missed" if visit.pk in missed else state  # type: ignore[attr-defined]
    return visit


class VisitFilter(filters.FilterSet):
    subject = KeyFilter()
    site = SiteFilter(field_name="subject__site")
    kind = filters.ChoiceFilter(choices=[(kind, kind) for kind in VISIT_KINDS])
    done = YesNoFilter(field_name="visit_date", lookup_expr="isnull", exclude=True)


class VisitResource(Resource):
    """The visits of your subjects."""

    # Adding and listing are casebook.api's, which knows the day of consent, and by their forms which visits nobody
    # came to.

    serializer_class = VisitOut
    queryset = Visit.objects.select_related("subject__site")
    filterset_class = VisitFilter

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Take back a visit that was added or begun by mistake. One with a form, or that the protocol plans, stays."""
        visit = self.access.load(self.queryset.all(), Permission.ENTER_DATA, site="subject.site_id", pk=pk)
        remove_visit(visit=visit, by=self.by(Permission.ENTER_DATA, visit.subject.site_id))
        return Response(status=204)


class CohortResource(Resource):
    serializer_class = CohortOut
    queryset = Cohort.objects.all()
    pagination_class = None
    lookup_field = "code"
    lookup_value_converter = "str"

    @extend_schema(responses=CohortOut(many=True))
    def list(self, request: Request) -> Response:
        """The cohorts of the protocol, each with its places and who has one."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return Response(CohortOut(cohort_states(self.access), many=True).data)

    @extend_schema(request=Reason, responses=CohortRow)
    @action(detail=True, methods=["post"])
    def open(self, request: Request, code: str) -> Response:
        """Open the cohort to enrolment."""
        return self._turn(code, open_by_hand)

    @extend_schema(request=Reason, responses=CohortRow)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, code: str) -> Response:
        """Close the cohort to enrolment."""
        return self._turn(code, close_cohort)

    def _turn(self, code: str, service: Any) -> Response:
        self.access.require(Permission.MANAGE_COHORTS)
        if "\0" in code:
            raise Http404
        cohort = get_object_or_404(Cohort, code=code)
        service(cohort=cohort, **self.checked(ReasonForm), by=self.by(Permission.MANAGE_COHORTS))
        cohort.refresh_from_db()
        return Response(CohortRow(cohort).data)


class EnrolmentFilter(filters.FilterSet):
    site = SiteFilter(field_name="subject__site")
    subject = KeyFilter()
    cohort = LiveChoiceFilter(field_name="cohort__code", choices=cohort_codes, label="Code of the cohort")
    status = filters.ChoiceFilter(choices=EnrolmentStatus.choices)


class EnrolmentResource(Resource):
    """Slots of cohorts: requested, given or refused."""

    # Requesting and giving are casebook.api's, which knows what still stands against it.

    serializer_class = EnrolmentOut
    queryset = Enrolment.objects.select_related("subject__site", "subject__allocation", "cohort").order_by("id")
    filterset_class = EnrolmentFilter

    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.access.limit(self.queryset.all(), Permission.VIEW_SUBJECTS, site="subject__site_id"))

    @extend_schema(request=Reason, responses=EnrolmentOut)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: int) -> Response:
        """Refuse the slot that was requested: it is free again."""
        enrolment, by = self.asked_for(pk)
        return self.said(refuse_enrolment(enrolment=enrolment, **self.checked(ReasonForm), by=by))

    def asked_for(self, pk: int) -> tuple[Enrolment, Actor]:
        enrolment = self.access.load(self.queryset, Permission.APPROVE_ENROLMENT, site="subject.site_id", pk=pk)
        return enrolment, self.by(Permission.APPROVE_ENROLMENT, enrolment.subject.site_id)
