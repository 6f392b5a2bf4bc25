"""The log of delegation in the API, and the reviews of access: opened, each line confirmed or ended, signed."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import MomentFilter, SiteFilter
from accounts.models import Membership
from accounts.resource.base import Resource, Wanted
from accounts.roles import Permission, Role
from accounts.serializers import Problem
from staff.delegation import delegations, found_staff
from staff.forms import STATES, EndForm, SignReviewForm
from staff.models import AccessReview
from staff.reading import all_reviews
from staff.serializers import AccessReviewOut, LineEnded, LinesKept, ReviewSigned, StaffOut, WholeReviewOut
from staff.services import end_line, keep_lines, open_review, sign_review, signature_holds


class StaffWanted(Wanted):
    site = SiteFilter(Permission.VIEW_STAFF)
    role = filters.ChoiceFilter(choices=[(role.value, role.label) for role in Role], label="Role")
    state = filters.ChoiceFilter(choices=STATES, label="Whether it is held now or past")
    since = MomentFilter(label="Roles that gave access from this day or moment on, UTC where it names no zone")
    until = MomentFilter(ends=True, label="Roles that gave access up to the end of this day or moment")
    found = staticmethod(found_staff)


class StaffResource(Resource):
    serializer_class = StaffOut
    queryset = Membership.objects.all()
    filterset_class = StaffWanted

    def list(self, request: Request) -> Response:
        """The log of delegation of your sites, with the roles at all sites, which give access there too.

        With `site`, `since` and `until`: who had access to it at some moment of that period.
        """
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
        """One review of access with its lines."""
        self.access.require(Permission.VIEW_ACCESS_REVIEWS)
        return self._whole(pk)

    @extend_schema(request=None, responses={201: WholeReviewOut, 400: Problem, 403: Problem})
    def create(self, request: Request) -> Response:
        """Open a review: all access is taken down as it stands. Refused while another one is open."""
        self.access.require(Permission.MANAGE_USERS)
        self.takes_nothing()
        return self._whole(open_review(by=self.by(Permission.MANAGE_USERS)).pk, status=201)

    @extend_schema(request=LinesKept, responses={200: WholeReviewOut, 400: Problem, 404: Problem})
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: int) -> Response:
        """Confirm these lines; what was ended before stays ended, and your own are for somebody else to confirm."""
        self.access.require(Permission.CONFIRM_ACCESS)
        review, lines = get_object_or_404(AccessReview, pk=pk), self.sent(LinesKept)["lines"]
        keep_lines(review=review, lines=lines, by=self.by(Permission.CONFIRM_ACCESS))
        return self._whole(pk)

    @extend_schema(request=LineEnded, responses={200: WholeReviewOut, 400: Problem, 404: Problem})
    @action(detail=True, methods=["post"], url_path="lines/<int:line>/end")
    def end(self, request: Request, pk: int, line: int) -> Response:
        """End the role of a line, or suspend its user."""
        held = get_object_or_404(self._review(pk).lines.select_related("review"), pk=line)
        end_line(line=held, by=self.by(Permission.MANAGE_USERS), **self.checked(EndForm, held))
        return self._whole(pk)

    @extend_schema(request=ReviewSigned, responses={200: WholeReviewOut, 400: Problem, 404: Problem})
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: int) -> Response:
        """Sign the review with user name and password again. Refused while a line is undecided."""
        review, signed = self._review(pk), self.checked(SignReviewForm, request._request)
        sign_review(
            review=review,
            conclusion=signed["conclusion"],
            signed_by=request.user,
            by=self.by(Permission.MANAGE_USERS),
        )
        return self._whole(pk)

    def _review(self, pk: int) -> AccessReview:
        self.access.require(Permission.MANAGE_USERS)
        return get_object_or_404(AccessReview, pk=pk)

    def _whole(self, pk: int, status: int = 200) -> Response:
        review: Any = get_object_or_404(all_reviews().prefetch_related("lines"), pk=pk)
        review.signature_holds = signature_holds(review) if review.signed_at else None
        return Response(WholeReviewOut(review).data, status=status)
