"""What waits at a site, and the digests of each morning, in the API."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import DayFilter, SiteFilter
from accounts.resource.base import Resource, Wanted
from accounts.roles import Permission
from worklists.models import Digest
from worklists.reading import LISTED, worklists
from worklists.serializers import DigestOut, WorkOut


class WorkApiFilter(Wanted):
    list = filters.ChoiceFilter(choices=LISTED, label="Which list; due where none is named")
    q = filters.CharFilter(label="Part of a subject's number")
    site = SiteFilter()

    @staticmethod
    def found(access, filters):  # type: ignore[no-untyped-def]
        return worklists(access, filters).rows(filters["list"] or "due")


class WorkResource(Resource):
    serializer_class = WorkOut
    queryset = Digest.objects.none()
    filterset_class = WorkApiFilter

    def list(self, request: Request) -> Response:
        """One of the lists: due, overdue, missing, drafts or silent."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.queryset)


class DigestFilter(filters.FilterSet):
    site = SiteFilter()
    day = DayFilter()


class DigestResource(Resource):
    serializer_class = DigestOut
    queryset: QuerySet[Digest] = Digest.objects.select_related("site")
    filterset_class = DigestFilter

    def list(self, request: Request) -> Response:
        """What waited at each site on each morning, newest first."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.access.limit(self.queryset.all(), Permission.VIEW_SUBJECTS))
