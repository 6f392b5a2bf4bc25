"""Lesions with what each assessment found of them, in the API."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Access
from accounts.filters import KeyFilter, SiteFilter
from accounts.resource.base import Resource
from accounts.roles import Permission
from assessments.api.serializers import (
    LesionOut,
)
from assessments.codelists import LesionKind
from assessments.models import FormState, Lesion, LesionResult, TumourAssessment, TumourBaseline
from assessments.reading.deidentified import masked, may_identify
from values.dates import middle_of


class LesionFilter(filters.FilterSet):
    subject = KeyFilter()
    site = SiteFilter(field_name="subject__site")
    kind = filters.ChoiceFilter(choices=LesionKind.choices)


class LesionResource(Resource):
    serializer_class = LesionOut
    queryset = Lesion.counting.select_related("subject")
    filterset_class = LesionFilter

    def list(self, request: Request) -> Response:
        """The lesions of your subjects, each with every finding of it."""
        self.access.require(Permission.VIEW_SUBJECTS)
        lesions = self.access.limit(self.queryset.all(), Permission.VIEW_SUBJECTS, site="subject__site_id")
        page = self.paginate_queryset(self.filter_queryset(lesions.order_by("subject_id", "id")))
        return self.get_paginated_response(LesionOut(_with_findings(page, self.access), many=True).data)


def _order(result: LesionResult) -> tuple[date, int]:
    """By the day of the assessment; one without a date stands first."""
    day = result.date  # type: ignore[attr-defined]
    return middle_of(day) if day else date.min, result.case_form_id


def _with_findings(lesions: Any, access: Access) -> list[Lesion]:
    held = LesionResult.objects.filter(lesion__in=[lesion.pk for lesion in lesions])
    results = list(held.exclude(case_form__state=FormState.IN_ERROR))
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
        lesion.findings = sorted(by_lesion[lesion.pk], key=_order)
    return list(lesions)
