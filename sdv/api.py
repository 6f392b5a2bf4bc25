"""Source verification in the API, by the services of the pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resource.base import Resource
from accounts.roles import Permission
from accounts.serializers import Problem
from assessments.models import CaseForm
from sdv.forms import ClosingForm, MonitoringVisitForm, TakeBackForm
from sdv.models import MonitoringVisit
from sdv.pane import states_of
from sdv.reading import extent_of, progress, work_list
from sdv.serializers import (
    ClosedMonitoringVisit,
    MonitoringVisitOut,
    NewMonitoringVisit,
    ProgressOut,
    TakeBack,
    ToVerify,
    VerifiedForm,
    VerifiedOut,
    VisitReportOut,
    WaitingOut,
)
from sdv.services import FormToVerify, SortedForms, close_visit, open_visit, sorted_out, unverify, verify
from sdv.views import acting_for
from sdv.visit_report import Later, later_than, report_of

HEADERS = CaseForm.objects.select_related("subject__site")


class VerificationResource(Resource):
    serializer_class = WaitingOut
    queryset = HEADERS

    def list(self, request: Request) -> Response:
        """What waits to be verified by the plan at your sites, oldest first."""
        self.access.require(Permission.VERIFY_SOURCE)
        return self.shown(work_list(self.access, {}))

    @extend_schema(responses=VerifiedForm)
    def retrieve(self, request: Request, pk: int) -> Response:
        """The state of each item of a form, by the form's key."""
        return self._states(self._load(pk, Permission.VIEW_SUBJECTS))

    @extend_schema(request=ToVerify, responses={200: VerifiedOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """Verify forms, or items of them, in one act; what cannot be verified is left out and listed."""
        self.access.require(Permission.VERIFY_SOURCE)
        sent = self.sent(ToVerify)
        by_form = {line["form"]: line for line in sent["forms"]}
        if len(by_form) < len(sent["forms"]):
            raise ValidationError({"forms": ["A form appears twice: send one line for each."]})
        for key in by_form:
            self._load(key, Permission.VERIFY_SOURCE)
        forms = [
            FormToVerify(key, line["version"], frozenset(line["items"]) if "items" in line else None)
            for key, line in by_form.items()
        ]
        by = acting_for(self.access, "api")
        outcome = sorted_out(forms, by) if sent["preview"] else verify(chosen=forms, by=by)
        return Response(VerifiedOut(_told(outcome)).data)

    @extend_schema(request=TakeBack, responses={200: VerifiedForm, 400: Problem})
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: int) -> Response:
        """Take back what was verified of a form, or of one of its items, with a reason."""
        form = self._load(pk, Permission.VERIFY_SOURCE)
        choice = self.checked(TakeBackForm)
        items = [choice["items"]] if choice["items"] else None
        by = self.by(Permission.VERIFY_SOURCE, form.subject.site_id)
        unverify(case_form=form, reason=choice["reason"], items=items, by=by)
        return self._states(form)

    @extend_schema(responses=ProgressOut(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def progress(self, request: Request) -> Response:
        """How far each site is, the sum over your sites last (`site` null)."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return Response(ProgressOut(progress(self.access), many=True).data)

    def _load(self, pk: int, permission: Permission) -> CaseForm:
        return self.access.load(HEADERS, permission, site="subject.site_id", pk=pk)

    def _states(self, form: CaseForm) -> Response:
        items = [{"item": item, "state": state} for item, state in states_of(form).items()]
        answer = {"form": form.pk, "version": form.version, "extent": extent_of(form), "items": items}
        return Response(VerifiedForm(answer).data)


def _told(outcome: SortedForms) -> dict[str, Any]:
    forms = [form.pk for form, _ in outcome.fitting]
    left = [form.pk for form, _ in outcome.left_out]
    return {"words": outcome.words, "items": outcome.items, "forms": forms, "left_out": left}


class MonitoringVisitResource(Resource):
    serializer_class = MonitoringVisitOut
    queryset = MonitoringVisit.objects.select_related("site")

    def list(self, request: Request) -> Response:
        """The monitoring visits of your sites."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.access.limit(self.queryset.all(), Permission.VIEW_SUBJECTS))

    def retrieve(self, request: Request, pk: int) -> Response:
        """One monitoring visit."""
        return self.said(self.access.load(self.queryset, Permission.VIEW_SUBJECTS, pk=pk))

    @extend_schema(request=NewMonitoringVisit, responses={201: MonitoringVisitOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """Open a visit: what you verify and ask at the site from now on stands in its report."""
        self.access.require(Permission.VERIFY_SOURCE)
        form = self.checked(MonitoringVisitForm, self.access)
        by = self.by(Permission.VERIFY_SOURCE, form["site"].pk)
        return self.said(open_visit(**form, monitor=request.user, by=by), 201)

    @extend_schema(request=ClosedMonitoringVisit, responses={200: MonitoringVisitOut, 400: Problem})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close the visit: its report is kept with its SHA-256, and never changes."""
        visit = self.access.load(self.queryset, Permission.VERIFY_SOURCE, pk=pk)
        by = self.by(Permission.VERIFY_SOURCE, visit.site_id)
        return self.said(close_visit(visit=visit, **self.checked(ClosingForm), by=by))

    @extend_schema(responses=VisitReportOut)
    @action(detail=True, methods=["get"], pagination_class=None)
    def report(self, request: Request, pk: int) -> Response:
        """What the report of the visit says. That of a closed visit never changes."""
        visit = self.access.load(self.queryset, Permission.VIEW_SUBJECTS, pk=pk)
        kept = report_of(visit)
        later = later_than(visit, kept.content) if visit.closed_at else Later([], [])
        names = ("form", "subject", "title", "items", "at")
        answer = {
            "content": kept.content,
            "sha256": kept.digest,
            "holds": kept.holds,
            "lapsed_since": [dict(zip(names, line, strict=True)) for line in later.lapsed],
            "queries_since": [
                {"query": query.pk, "text": query.text, "state": state, "at": at} for query, state, at in later.queries
            ],
        }
        return Response(VisitReportOut(answer).data)
