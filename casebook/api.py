"""What is begun from a casebook, and the catalogue of forms, in the API."""

from __future__ import annotations

from django import forms
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resource.base import Resource
from accounts.roles import Permission
from accounts.serializers import Problem
from assessments.api.serializers import (
    CatalogueForm,
    EligibilityOut,
    FormHeader,
    NewEnrolment,
    Why,
)
from assessments.catalogue import CATALOGUE, of_other_trials
from assessments.models import CaseForm
from assessments.reading.dictionary import form_words
from assessments.sequence import enrolment_obstacles
from assessments.visits.missed import mark_missed, missed_among
from casebook.enrolment import cohort_offers
from casebook.forms import MissedForm
from casebook.services import add_unscheduled_visit, approve_enrolment, request_enrolment
from cohorts.api import SUBJECTS, EnrolmentResource, VisitResource, subject_of, with_state
from cohorts.forms import DayForm, EnrolmentApprovalForm
from cohorts.models import Cohort, Visit
from cohorts.serializers import Day, EnrolmentOut, UnscheduledVisit, VisitOut
from protocol import current


class CatalogueResource(Resource):
    """What each case form of the trial asks; by its code also a form that only an earlier version had."""

    serializer_class = CatalogueForm
    queryset = CaseForm.objects.none()
    pagination_class = None
    lookup_field = "code"
    lookup_value_converter = "str"

    @extend_schema(responses=CatalogueForm(many=True))
    def list(self, request: Request) -> Response:
        forms = current().forms()
        return Response([form_words(form_type) for code, form_type in CATALOGUE.items() if code in forms])

    def retrieve(self, request: Request, code: str) -> Response:
        if code not in CATALOGUE or CATALOGUE[code] in of_other_trials():
            raise Http404
        return Response(form_words(CATALOGUE[code]))


class EligibilityResource(Resource):
    serializer_class = EligibilityOut
    queryset = SUBJECTS

    @extend_schema(responses=EligibilityOut)
    @action(detail=True)
    def eligibility(self, request: Request, pk: int) -> Response:
        """What stands between the subject and a slot."""
        subject = self.access.load(SUBJECTS, Permission.VIEW_SUBJECTS, pk=pk)
        answer = {"obstacles": enrolment_obstacles(subject), "offers": cohort_offers(subject)}
        return Response(EligibilityOut(answer).data)


class UnscheduledApiForm(DayForm):
    label = forms.CharField(max_length=80, required=False)


class UnscheduledVisitResource(VisitResource):
    def list(self, request: Request) -> Response:
        """The visits of your subjects, planned and unscheduled, each with its state today."""
        self.access.require(Permission.VIEW_SUBJECTS)
        visits = self.access.limit(self.queryset.all(), Permission.VIEW_SUBJECTS, site="subject__site_id")
        page = self.paginate_queryset(self.filter_queryset(visits.order_by("subject_id", *Visit._meta.ordering)))
        missed = missed_among(page)
        return self.get_paginated_response(VisitOut([with_state(visit, missed) for visit in page], many=True).data)

    @extend_schema(request=UnscheduledVisit, responses={201: VisitOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """A visit that the schedule does not foresee."""
        subject = subject_of(self, Permission.ENTER_DATA)
        form = self.checked(UnscheduledApiForm, body=self.beside("subject"))
        by = self.by(Permission.ENTER_DATA, subject.site_id)
        visit = add_unscheduled_visit(subject=subject, on=form["on"], label=form["label"], by=by)
        return Response(VisitOut(with_state(visit)).data, status=201)

    @extend_schema(request=Why, responses={200: FormHeader(many=True), 400: Problem})
    @action(detail=True, methods=["post"])
    def missed(self, request: Request, pk: int) -> Response:
        """Say of a planned visit that it did not take place: each form that nobody has begun is marked as not done."""
        visit = self.access.load(self.queryset.all(), Permission.ENTER_DATA, site="subject.site_id", pk=pk)
        by = self.by(Permission.ENTER_DATA, visit.subject.site_id)
        marked = mark_missed(visit=visit, why=self.checked(MissedForm)["why"], by=by)
        return Response(FormHeader(marked, many=True).data)


class EnrolmentRequestResource(EnrolmentResource):
    @extend_schema(request=NewEnrolment, responses={201: EnrolmentOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """Request a slot in a cohort, or randomisation of the subject."""
        subject = subject_of(self, Permission.ENROL)
        code = self.sent(NewEnrolment)["cohort"]
        cohort = Cohort.objects.filter(code=code).first() if code is not None else None
        if cohort is None and code is not None:
            raise ValidationError({"cohort": ["There is no such cohort."]})
        by = self.by(Permission.ENROL, subject.site_id)
        made = request_enrolment(subject=subject, cohort=cohort, by=by)
        return self.said(self.queryset.get(pk=made.pk), 201)

    @extend_schema(request=Day, responses={200: EnrolmentOut, 400: Problem})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        """Enrol the subject: the requested slot, or the next number of the randomisation list."""
        enrolment, by = self.asked_for(pk)
        return self.said(approve_enrolment(enrolment=enrolment, **self.checked(EnrolmentApprovalForm), by=by))
