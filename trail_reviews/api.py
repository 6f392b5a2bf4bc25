"""Reviews of the trail in the API, to be read: planning, findings and signatures are made on the pages."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resource.base import Resource, Wanted
from accounts.roles import Permission
from trail_reviews.models import TrailReview
from trail_reviews.reading import found_reviews, load_review
from trail_reviews.serializers import TrailReviewOut

STATES = [("planned", "Planned"), ("overdue", "Overdue"), ("signed", "Signed off")]


class ReviewApiFilter(Wanted):
    state = filters.ChoiceFilter(choices=STATES, label="State")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return found_reviews(access, filters).prefetch_related("findings")


class TrailReviewResource(Resource):
    serializer_class = TrailReviewOut
    queryset = TrailReview.objects.all()
    filterset_class = ReviewApiFilter

    def list(self, request: Request) -> Response:
        """Reviews of the trail with their findings, the latest due first."""
        self.access.require(Permission.VIEW_TRAIL_REVIEWS)
        return self.shown(self.queryset.all())

    def retrieve(self, request: Request, pk: int) -> Response:
        """One review of the trail with its findings."""
        return self.said(load_review(self.access, Permission.VIEW_TRAIL_REVIEWS, pk))
