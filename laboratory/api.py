"""Reference ranges in the API."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import DayFilter, SiteFilter
from accounts.resource.base import Resource, Wanted
from accounts.resource.body import without_unchanged
from accounts.roles import Permission
from accounts.serializers import Problem
from laboratory.forms import ChangedRangeForm, NewRangeForm
from laboratory.models import ANALYTE_CHOICES, ReferenceRange
from laboratory.reading import found_ranges
from laboratory.serializers import RangeChange, RangeOut
from laboratory.services import add_range, change_range

RANGES = ReferenceRange.objects.select_related("site")


class RangeApiFilter(Wanted):
    site = SiteFilter()
    analyte = filters.ChoiceFilter(choices=ANALYTE_CHOICES)
    on = DayFilter(label="A day on which they are valid")
    found = staticmethod(found_ranges)


class ReferenceRangeResource(Resource):
    """What each site's laboratory counts as normal."""

    serializer_class = RangeOut
    queryset = RANGES
    filterset_class = RangeApiFilter

    def list(self, request: Request) -> Response:
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(RANGES)

    def retrieve(self, request: Request, pk: int) -> Response:
        return self.said(self.access.load(RANGES, Permission.VIEW_SUBJECTS, pk=pk))

    @extend_schema(request=RangeOut, responses={201: RangeOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """Add a line."""
        self.access.require(Permission.MANAGE_RANGES)
        form = self.checked(NewRangeForm, self.access)
        made = add_range(**form, by=self.by(Permission.MANAGE_RANGES, form["site"].pk))
        return self.said(RANGES.get(pk=made.pk), 201)

    @extend_schema(request=RangeChange, responses={200: RangeOut, 400: Problem})
    def update(self, request: Request, pk: int) -> Response:
        """Correct or end a line as it was seen at `version`. What is left out is emptied."""
        held = self.access.load(RANGES, Permission.MANAGE_RANGES, pk=pk)
        sent = without_unchanged(self.body, RangeOut(held).data, ChangedRangeForm.base_fields)
        form = self.checked(ChangedRangeForm, body=sent)
        by = self.by(Permission.MANAGE_RANGES, held.site_id)
        return self.said(change_range(held=held, **form, by=by))
