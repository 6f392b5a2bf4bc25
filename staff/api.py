"""The log of delegation and the reviews of access in the API, to be read: reviews are made and signed on the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import SiteFilter
from accounts.models import Membership
from accounts.roles import Permission, Role
from staff.delegation import delegations, found_staff
from staff.forms import STATES
from staff.models import AccessReview
from staff.reading import all_reviews
from staff.serializers import AccessReviewOut, StaffOut, WholeReviewOut
from staff.services import signature_holds
from trialsite.api import Resource, Wanted


class StaffWanted(Wanted):
    site = SiteFilter(Permission.VIEW_STAFF)
    role = filters.ChoiceFilter(choices=[(role.value, role.label) for role in Role], label="Role")
    state = filters.ChoiceFilter(choices=STATES, label="Whether it is held now or past")
    found = staticmethod(found_staff)


class StaffResource(Resource):
    serializer_class = StaffOut
    queryset = Membership.objects.all()
    filterset_class = StaffWanted

    def list(self, request: Request) -> Response:
        """The log of delegation of the user's sites; of all of them, with the roles at all sites, for who sees all."""
        self.access.require(Permission.VIEW_STAFF)
        page = self.paginate_queryset(self.filter_queryset(self.queryset.all()))
        return self.get_paginated_response(StaffOut(list(delegations(page)), many=True).data)


class AccessReviewResource(Resource):
    serializer_class = AccessReviewOut
    queryset = AccessReview.objects.all()

    def list(self, request: Request) -> Response:
        """Reviews of access, the newest first."""
        self.access.require(Permission.VIEW_ACCESS_REVIEWS)
        return self.shown(all_reviews())

    @extend_schema(responses=WholeReviewOut)
    def retrieve(self, request: Request, pk: int) -> Response:
        self.access.require(Permission.VIEW_ACCESS_REVIEWS)
        review: Any = get_object_or_404(all_reviews().prefetch_related("lines"), pk=pk)
        review.signature_holds = signature_holds(review) if review.signed_at else None
        return Response(WholeReviewOut(review).data)
