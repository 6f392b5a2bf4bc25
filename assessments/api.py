"""Case forms, lesions, the catalogue and requests for a slot in the API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from django import forms
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Access, Actor
from accounts.filters import KeyFilter, SiteFilter
from accounts.roles import Permission
from accounts.serializers import Problem
from assessments.catalogue import CATALOGUE, FormType
from assessments.codelists import LesionKind
from assessments.deidentified import deidentified, masked, may_identify
from assessments.dictionary import form_words
from assessments.enrolment import cohort_offers
from assessments.form_reading import Row, read_forms
from assessments.models import CaseForm, FormState, Lesion, LesionResult, TumourAssessment, TumourBaseline
from assessments.posted import Misshapen, Posted, posted
from assessments.saving import Conflicting, Invalid, beside_what_is_stored, leave_undone, save
from assessments.sequence import enrolment_obstacles
from assessments.serializers import (
    CatalogueForm,
    Conflict,
    EligibilityOut,
    FormHeader,
    LesionOut,
    NewEnrolment,
    NewNotDone,
    NotDone,
    change_serializer,
    form_serializer,
    new_serializer,
)
from assessments.services import (
    Locked,
    Place,
    Stale,
    add_unscheduled_visit,
    approve_enrolment,
    mark_not_done,
    request_enrolment,
)
from cohorts.api import SUBJECTS, EnrolmentResource, VisitResource, key_in, subject_of, with_state
from cohorts.forms import ApprovalForm, DayForm
from cohorts.models import Cohort, Subject, Visit
from cohorts.reading import SUBJECT, VISIT
from cohorts.serializers import Day, EnrolmentOut, UnscheduledVisit, VisitOut
from trialsite.api import Resource, Told, invalid, problem, tells

HEADERS = CaseForm.objects.select_related("subject__site", "visit")


@tells(Misshapen)
@tells(Invalid)
def _not_accepted(error: Misshapen | Invalid) -> Told:
    return 400, invalid(error.errors)


@tells(Conflicting)
def _conflicting(error: Conflicting) -> Told:
    return 409, problem(error.code, error.words, **error.theirs)


@tells(Stale)
def _stale(error: Stale) -> Told:
    return 409, problem("stale", str(error), id=error.current.pk, version=error.current.version)


@tells(Locked)
def _locked(error: Locked) -> Told:
    return 423, problem("locked", str(error))


@cache
def _header() -> FormHeader:
    return FormHeader()


def header_of(case_form: CaseForm) -> dict[str, Any]:
    """By one serializer for good: to make another at each save costs more than to render with it."""
    return dict(_header().to_representation(case_form))


def visit_of(subject: Subject, body: dict[str, Any]) -> Visit | None:
    if body.get("visit") is None:
        return None
    visit = VISIT.first(subject.pk, key_in(body, "visit"))
    if visit is None:
        raise ValidationError({"visit": ["This subject has no such visit."]})
    return visit


class FormFilter(filters.FilterSet):
    subject = KeyFilter()
    site = SiteFilter(field_name="subject__site")
    visit = KeyFilter()
    state = filters.ChoiceFilter(choices=FormState.choices)
    locked = filters.BooleanFilter(field_name="locked_at", lookup_expr="isnull", exclude=True)


class AnyFormFilter(FormFilter):
    code = filters.ChoiceFilter(choices=[(form.code, form.title) for form in CATALOGUE.values()])


class Forms(Resource):
    """What forms of every code have in common."""

    queryset = HEADERS

    def visible(self) -> Any:
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.access.limit(HEADERS.order_by("id"), Permission.VIEW_SUBJECTS, site="subject__site_id")

    def load(self, permission: Permission, **lookup: Any) -> CaseForm:
        return self.access.load(HEADERS, permission, site="subject.site_id", **lookup)

    def enters(self, subject: Subject) -> Actor:
        return self.by(Permission.ENTER_DATA, subject.site_id)


class FormResource(Forms):
    """The headers of all forms. What a form records: /forms/<its code>/."""

    serializer_class = FormHeader
    filterset_class = AnyFormFilter

    def list(self, request: Request) -> Response:
        return self.shown(self.visible())

    def retrieve(self, request: Request, pk: int) -> Response:
        return self.said(self.load(Permission.VIEW_SUBJECTS, pk=pk))

    @extend_schema(
        operation_id="forms_not_done_from_the_start",
        request=NewNotDone,
        responses={201: FormHeader, 400: Problem, 409: Conflict},
    )
    @action(detail=False, methods=["post"], url_path="not-done")
    def not_done_at_all(self, request: Request) -> Response:
        """Say of a form that nobody has begun that it will not be filled, and why."""
        subject = subject_of(self, Permission.ENTER_DATA)
        code = self.body.get("code")
        if not isinstance(code, str) or code not in CATALOGUE:
            raise ValidationError({"code": ["There is no such form."]})
        place = Place(subject, CATALOGUE[code], visit_of(subject, self.body))
        return self.said(leave_undone(place, _why(self.body), self.enters(subject)), 201)

    @extend_schema(request=NotDone, responses={200: FormHeader, 400: Problem, 409: Conflict, 423: Problem})
    @action(detail=True, methods=["post"], url_path="not-done")
    def not_done(self, request: Request, pk: int) -> Response:
        """Say of a form that it will not be filled, and why. What had been typed stays in the trail."""
        case_form = self.load(Permission.ENTER_DATA, pk=pk)
        place = Place(case_form.subject, CATALOGUE[case_form.code], case_form.visit, case_form)
        why, by = _why(self.body), self.enters(case_form.subject)
        version = key_in(self.body, "version")
        return self.said(mark_not_done(place=place, why=why, by=by, seen_version=version, reason=why))


def _why(body: dict[str, Any]) -> str:
    why = body.get("why")
    if not isinstance(why, str) or not why.strip() or len(why) > 200 or "\0" in why:
        raise ValidationError({"why": ["Say why, in 200 characters at most."]})
    return why


class TypedForms(Forms):
    """The forms of one code, with what they record. One class a code is made of it below."""

    form_type: FormType
    filterset_class = FormFilter

    def list(self, request: Request) -> Response:
        headers = self.visible().filter(code=self.form_type.code)
        page = self.paginate_queryset(self.filter_queryset(headers))
        return self.get_paginated_response(self._whole(page))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._whole([self.load(Permission.VIEW_SUBJECTS, pk=pk, code=self.form_type.code)])[0])

    def create(self, request: Request) -> Response:
        subject = self.access.admit(SUBJECT.first(key_in(self.body, "subject")), Permission.ENTER_DATA)
        place = Place(subject, self.form_type, visit_of(subject, self.body))
        made = save(place, posted(self.form_type, self.body), self.enters(subject))
        return Response(header_of(made), status=201)

    def update(self, request: Request, pk: int) -> Response:
        place, sent = self._change(pk)
        return Response(header_of(save(place, sent, self.enters(place.subject))))

    def partial_update(self, request: Request, pk: int) -> Response:
        place, sent = self._change(pk)
        return Response(header_of(save(place, beside_what_is_stored(place, sent), self.enters(place.subject))))

    def _change(self, pk: int) -> tuple[Place, Posted]:
        case_form = self.load(Permission.ENTER_DATA, pk=pk, code=self.form_type.code)
        key_in(self.body, "version")
        return Place(case_form.subject, self.form_type, case_form.visit, case_form), posted(self.form_type, self.body)

    def _whole(self, headers: Any) -> list[dict[str, Any]]:
        stored = read_forms(self.form_type, headers)
        return [header_of(header) | self._parts(header, *stored[header.pk]) for header in headers]

    def _parts(self, header: CaseForm, record: Row, rows: Sequence[Row]) -> Row:
        if not may_identify(self.access, header.subject.site_id):
            record, rows = deidentified(self.form_type, record, rows)
        return {"record": record} | ({} if self.form_type.rows is None else {"rows": rows})


def typed_forms(form_type: FormType) -> type[TypedForms]:
    """The resource of one form code, described by its own record and rows."""
    title, whole = form_type.title, form_serializer(form_type)
    refusals = {400: Problem, 403: Problem, 404: Problem, 409: Conflict, 423: Problem}
    saved, change = {200: FormHeader, **refusals}, change_serializer(form_type)
    described = extend_schema_view(
        list=extend_schema(summary=f"{title}: list", description="", responses=whole(many=True)),
        retrieve=extend_schema(summary=f"{title}: read", description="", responses=whole),
        create=extend_schema(
            summary=f"{title}: first save",
            description="A draft, or complete. Nothing is there before the first save.",
            request=new_serializer(form_type),
            responses={201: FormHeader, **refusals},
        ),
        update=extend_schema(
            summary=f"{title}: save",
            description="Items that are left out are emptied; rows that are left out stay as they are.",
            request=change,
            responses=saved,
        ),
        partial_update=extend_schema(
            summary=f"{title}: change",
            description="Items that are left out stay as they are; so do rows, and what is left out of a row.",
            request=change,
            responses=saved,
        ),
    )
    name = f"{whole.__name__}Resource"
    return described(type(name, (TypedForms,), {"form_type": form_type, "serializer_class": whole, "__doc__": title}))


class LesionFilter(filters.FilterSet):
    subject = KeyFilter()
    site = SiteFilter(field_name="subject__site")
    kind = filters.ChoiceFilter(choices=LesionKind.choices)


class LesionResource(Resource):
    serializer_class = LesionOut
    queryset = Lesion.objects.select_related("subject")
    filterset_class = LesionFilter

    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        lesions = self.access.limit(self.queryset.all(), Permission.VIEW_SUBJECTS, site="subject__site_id")
        page = self.paginate_queryset(self.filter_queryset(lesions.order_by("subject_id", "id")))
        return self.get_paginated_response(LesionOut(_with_findings(page, self.access), many=True).data)


def _with_findings(lesions: Any, access: Access) -> list[Lesion]:
    results = list(LesionResult.objects.filter(lesion__in=[lesion.pk for lesion in lesions]))
    forms = {result.case_form_id for result in results}
    dates: dict[int, str] = {}
    for model in (TumourBaseline, TumourAssessment):
        dates |= dict(model.objects.filter(pk__in=forms).values_list("pk", "assessment_date"))
    by_lesion = defaultdict(list)
    for result in results:
        result.date = dates.get(result.case_form_id, "")
        by_lesion[result.lesion_id].append(result)
    for lesion in lesions:
        if not may_identify(access, lesion.subject.site_id):
            lesion.location_detail = masked(Lesion, "location_detail", lesion.location_detail)
        lesion.findings = sorted(by_lesion[lesion.pk], key=lambda result: (result.date, result.case_form_id))
    return list(lesions)


class CatalogueResource(Resource):
    """What each case form asks."""

    serializer_class = CatalogueForm
    queryset = CaseForm.objects.none()
    pagination_class = None
    lookup_field = "code"
    lookup_value_converter = "str"

    @extend_schema(responses=CatalogueForm(many=True))
    def list(self, request: Request) -> Response:
        return Response([form_words(form_type) for form_type in CATALOGUE.values()])

    def retrieve(self, request: Request, code: str) -> Response:
        if code not in CATALOGUE:
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
        found = {"obstacles": enrolment_obstacles(subject), "offers": cohort_offers(subject)}
        return Response(EligibilityOut(found).data)


class UnscheduledForm(DayForm):
    subject = forms.IntegerField()
    label = forms.CharField(max_length=80, required=False)


class UnscheduledVisitResource(VisitResource):
    @extend_schema(request=UnscheduledVisit, responses={201: VisitOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """A visit that the schedule does not foresee."""
        subject = subject_of(self, Permission.ENTER_DATA)
        wanted = self.checked(UnscheduledForm)
        by = self.by(Permission.ENTER_DATA, subject.site_id)
        visit = add_unscheduled_visit(subject=subject, on=wanted["on"], label=wanted["label"], by=by)
        return Response(VisitOut(with_state(visit)).data, status=201)


class EnrolmentRequestResource(EnrolmentResource):
    @extend_schema(request=NewEnrolment, responses={201: EnrolmentOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """Ask for a slot in a cohort."""
        subject = subject_of(self, Permission.ENROL)
        code = self.body.get("cohort")
        cohort = Cohort.objects.filter(code=code).first() if isinstance(code, str) and "\0" not in code else None
        if cohort is None:
            raise ValidationError({"cohort": ["There is no such cohort."]})
        by = self.by(Permission.ENROL, subject.site_id)
        made = request_enrolment(subject=subject, cohort=cohort, by=by)
        return self.said(self.queryset.get(pk=made.pk), 201)

    @extend_schema(request=Day, responses={200: EnrolmentOut, 400: Problem})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        enrolment, by = self.asked_for(pk)
        return self.said(approve_enrolment(enrolment=enrolment, **self.checked(ApprovalForm), by=by))
