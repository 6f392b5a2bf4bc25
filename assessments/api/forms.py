"""Case forms in the API: all of them by their headers, and each kind with what it records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Actor
from accounts.actor import Locked
from accounts.filters import KeyFilter, SiteFilter, YesNoFilter
from accounts.resource.base import Resource
from accounts.resource.problems import Told, invalid, problem, tells
from accounts.roles import Permission
from accounts.serializers import Problem
from assessments.api.posted import PLACE, SAVE_NEW, Misshapen, Posted, posted
from assessments.api.read_back import reads_back, without_what_was_read
from assessments.api.saving import Conflicting, Invalid, leave_undone, save
from assessments.api.serializers import (
    Conflict,
    FormHeader,
    NewNotDone,
    NotDone,
    Withdrawal,
    change_serializer,
    form_serializer,
    new_serializer,
)
from assessments.catalogue import CATALOGUE, FormType, form_choices
from assessments.entering.entry import LESIONS
from assessments.entering.untaken import Untaken, texts_of
from assessments.models import CaseForm, FormState
from assessments.place import Place, Stale
from assessments.reading.deidentified import deidentified, may_identify, withheld
from assessments.reading.forms import Row, read_forms
from assessments.reading.held import note_versions
from assessments.services import mark_not_done
from assessments.withdrawing import restore, withdraw
from cohorts.api import key_in, subject_of
from cohorts.models import Subject, Visit
from cohorts.reading import SUBJECT, VISIT
from database.prepared import Prepared, ahead
from protocol import known

# With those that were entered in error: a list leaves them out by its filter, and by its key each is found.
HEADERS = CaseForm.every.select_related("subject__site", "visit")


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
    locked = YesNoFilter(field_name="locked_at", lookup_expr="isnull", exclude=True)
    entered_in_error = YesNoFilter(
        method="ask_for_all", help_text="True: with the forms that were entered in error, which are left out else."
    )

    def ask_for_all(self, forms: QuerySet[CaseForm], name: str, value: bool) -> QuerySet[CaseForm]:
        return forms

    def filter_queryset(self, queryset: QuerySet[CaseForm]) -> QuerySet[CaseForm]:
        filters, forms = self.form.cleaned_data, super().filter_queryset(queryset)
        asks = filters.get("entered_in_error") or filters.get("state") == FormState.IN_ERROR
        return forms if asks else forms.exclude(state=FormState.IN_ERROR)


class AnyFormFilter(FormFilter):
    code = filters.ChoiceFilter(choices=form_choices)


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
        sent = self.sent(NewNotDone)
        place = Place(subject, CATALOGUE[sent["code"]], visit_of(subject, self.body))
        return self.said(leave_undone(place, sent["why"], self.enters(subject)), 201)

    @extend_schema(request=NotDone, responses={200: FormHeader, 400: Problem, 409: Conflict, 423: Problem})
    @action(detail=True, methods=["post"], url_path="not-done")
    def not_done(self, request: Request, pk: int) -> Response:
        """Say of a form that it will not be filled, and why. What had been typed stays in the trail."""
        case_form = self.load(Permission.ENTER_DATA, pk=pk)
        place = Place(case_form.subject, CATALOGUE[case_form.code], case_form.visit, case_form)
        sent = self.sent(NotDone)
        why, by = sent["why"], self.enters(case_form.subject)
        return self.said(mark_not_done(place=place, why=why, by=by, seen_version=sent["version"], reason=why))

    @extend_schema(
        operation_id="forms_entered_in_error",
        request=Withdrawal,
        responses={200: FormHeader, 400: Problem, 409: Conflict, 423: Problem},
    )
    @action(detail=True, methods=["post"], url_path="entered-in-error")
    def entered_in_error(self, request: Request, pk: int) -> Response:
        """Withdraw a form that the protocol does not ask for: an entry of a log, or a form at an unscheduled visit. It
        counts nowhere from then on, and stays readable."""
        return self._turned(pk, withdraw)

    @extend_schema(request=Withdrawal, responses={200: FormHeader, 400: Problem, 409: Conflict, 423: Problem})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Take the withdrawal of a form back: it counts again."""
        return self._turned(pk, restore)

    def _turned(self, pk: int, turn: Callable[..., CaseForm]) -> Response:
        case_form = self.load(Permission.ENTER_DATA, pk=pk)
        sent, by = self.sent(Withdrawal), self.enters(case_form.subject)
        return self.said(turn(case_form=case_form, why=sent["why"], by=by, seen_version=sent["version"]))


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
        key = key_in(self.body, "subject")
        self.access.held  # noqa: B018  # from here on its sites are shown
        with ahead((SUBJECT, (key,)), *self._known_reads(key)):
            subject = self.access.read(SUBJECT, Permission.ENTER_DATA, key)
            place = Place(subject, self.form_type, visit_of(subject, self.body))
            made = save(place, posted(self.form_type, self.beside(*PLACE), SAVE_NEW), self.enters(subject))
        return Response(header_of(made), status=201)

    def _known_reads(self, subject: int) -> list[tuple[Prepared[Any], tuple[int, ...]]]:
        at_visit = [] if self.body.get("visit") is None else [(VISIT, (subject, key_in(self.body, "visit")))]
        return [*at_visit, *([(LESIONS, (subject,))] if self.form_type.has_lesions else [])]

    def update(self, request: Request, pk: int) -> Response:
        place, sent = self._change(pk)
        return Response(header_of(save(place, sent, self.enters(place.subject))))

    def partial_update(self, request: Request, pk: int) -> Response:
        place, sent = self._change(pk)
        return Response(header_of(save(place, sent, self.enters(place.subject), beside_stored=True)))

    def _change(self, pk: int) -> tuple[Place, Posted]:
        case_form = self.load(Permission.ENTER_DATA, pk=pk, code=self.form_type.code)
        key_in(self.body, "version")
        body = self.body
        if reads_back(self.form_type, body):
            body = without_what_was_read(self.form_type, body, self._whole([case_form])[0])
        return Place(case_form.subject, self.form_type, case_form.visit, case_form), posted(self.form_type, body)

    def _whole(self, headers: Any) -> list[dict[str, Any]]:
        stored = read_forms(self.form_type, headers)
        waiting = texts_of(headers)
        note_versions(list(headers))
        return [
            header_of(header) | self._parts(header, *stored[header.pk], waiting.get(header.pk, {}))
            for header in headers
        ]

    def _parts(self, header: CaseForm, record: Row, rows: Sequence[Row], texts: Mapping[str, Untaken]) -> Row:
        if not may_identify(self.access, header.subject.site_id):
            record, rows = deidentified(self.form_type, record, rows)
            texts = withheld(texts)
        not_taken = [{"item": item, "text": text.text, "why": text.why} for item, text in texts.items()]
        return {"record": record} | ({} if self.form_type.rows is None else {"rows": rows}) | {"not_taken": not_taken}


def of_this_trial(endpoints: list[Any]) -> list[Any]:
    """Without the forms that the protocol does not fill, of all that is to be described: their addresses stay, for
    what an earlier version filled."""
    protocol = known()
    forms = protocol.forms() if protocol else frozenset(CATALOGUE)
    form_types = (getattr(view.cls, "form_type", None) for *_, view in endpoints)
    return [
        endpoint
        for endpoint, form_type in zip(endpoints, form_types, strict=True)
        if not form_type or form_type.code in forms
    ]


def typed_forms(form_type: FormType) -> type[TypedForms]:
    """The resource of one form code, described by its own record and rows."""
    title, whole = form_type.title, form_serializer(form_type)
    refusals = {400: Problem, 403: Problem, 404: Problem, 409: Conflict, 423: Problem}
    saved, change = {200: FormHeader, **refusals}, change_serializer(form_type)
    described = extend_schema_view(
        list=extend_schema(summary=f"{title}: list", description="", responses=whole),
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
    made = type(name, (TypedForms,), {"form_type": form_type, "serializer_class": whole, "__doc__": title})
    # Folded up under its own heading: a browser is slow to lay out a hundred operations under one.
    return extend_schema(tags=[f"forms: {title}"])(described(made))
