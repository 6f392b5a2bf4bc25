"""Serious adverse events and dose levels in the API. A decision is signed on its page alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import SiteFilter
from accounts.resource.base import Resource, Wanted
from accounts.roles import Permission
from components.numbers import TypedWholeNumberField
from safety.levels import levels
from safety.models import DoseLevelDecision, SeriousEvent, SeriousReport
from safety.reading import REPORTS, newest_reports, shown, summary, versions
from safety.serializers import Confirmation, DoseLevelOut, ReportOut
from safety.services import confirm_report


class SeriousApiFilter(Wanted):
    site = SiteFilter()
    state = filters.ChoiceFilter(choices=[("waiting", "Waiting"), ("confirmed", "Confirmed")], label="Confirmation")
    found = staticmethod(newest_reports)


class VersionForm(forms.Form):
    version = TypedWholeNumberField(min_value=1, max_value=32767)


class SeriousEventResource(Resource):
    """Serious adverse events, each by the last version of its report; the key is the event's."""

    serializer_class = ReportOut
    queryset = SeriousReport.objects.none()
    filterset_class = SeriousApiFilter

    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        page = self.paginate_queryset(self.filter_queryset(self.queryset))
        rows = [summary(report, self.access) for report in page or ()]
        return self.get_paginated_response(ReportOut(rows, many=True).data)

    @extend_schema(operation_id="serious_events_versions", responses=ReportOut(many=True))
    def retrieve(self, request: Request, pk: int) -> Response:
        """Every version of the report, the newest first, each against the one before it."""
        event = self._event(pk, Permission.VIEW_SUBJECTS)
        return Response(ReportOut(versions(event.pk, self.access), many=True).data)

    @extend_schema(request=Confirmation, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        """Confirm that this version was received: its clock stops."""
        event = self._event(pk, Permission.CONFIRM_SERIOUS)
        version = self.checked(VersionForm)["version"]
        report = REPORTS.filter(event=event, version=version).first()
        if report is None:
            raise Http404
        confirm_report(report=report, by=self.by(Permission.CONFIRM_SERIOUS, event.subject.site_id))
        return Response(ReportOut(shown(report, None, self.access)).data)

    def _event(self, pk: int, permission: Permission) -> Any:
        events = SeriousEvent.objects.select_related("subject")
        return self.access.load(events, permission, site="subject.site_id", pk=pk)


class DoseLevelResource(Resource):
    serializer_class = DoseLevelOut
    queryset = DoseLevelDecision.objects.none()
    pagination_class = None

    @extend_schema(responses=DoseLevelOut(many=True))
    def list(self, request: Request) -> Response:
        """Each dose level that is evaluated for toxicity, what the designs advise, what the committee decided."""
        self.access.require(Permission.VIEW_SUBJECTS)
        may_read = self.access.can(Permission.VIEW_COMMITTEE)
        return Response(DoseLevelOut(levels(), many=True, context={"may_read": may_read}).data)
