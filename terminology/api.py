"""The terms of the dictionary in force, in the API."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resource.base import Resource, Wanted
from accounts.roles import Permission
from terminology.models import LowestTerm
from terminology.reading import find
from terminology.views import LONGEST


class TermOut(serializers.Serializer):
    text = serializers.CharField()
    code = serializers.CharField(allow_blank=True, help_text="Empty where the dictionary gives none.")
    group = serializers.CharField(allow_blank=True)
    dictionary = serializers.CharField(help_text="Name and version.")
    grades = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=5),
        help_text="Those that the criterion of the term has; empty where the dictionary does not say.",
    )


class TermFilter(Wanted):
    q = filters.CharFilter(max_length=LONGEST, label="Words, or how they begin")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return find(filters["q"])


class TermResource(Resource):
    serializer_class = TermOut
    queryset = LowestTerm.objects.none()
    pagination_class = None
    filterset_class = TermFilter

    @extend_schema(responses=TermOut(many=True))
    def list(self, request: Request) -> Response:
        """The terms with a word that begins with each word of `q`, the nearest first."""
        self.access.require(Permission.ENTER_DATA)
        return Response(TermOut(self.filter_queryset(self.queryset), many=True).data)
