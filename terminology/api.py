"""The terms of the dictionary in force, in the API."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from terminology.models import LowestTerm
from terminology.reading import find
from terminology.views import asked
from trialsite.api import Resource


class TermOut(serializers.Serializer):
    text = serializers.CharField()
    code = serializers.CharField(allow_blank=True, help_text="Empty where the dictionary gives none.")
    group = serializers.CharField(allow_blank=True)
    dictionary = serializers.CharField(help_text="Name and version.")


class TermResource(Resource):
    serializer_class = TermOut
    queryset = LowestTerm.objects.none()
    pagination_class = None
    filter_backends = []

    @extend_schema(parameters=[OpenApiParameter("q", str)], responses=TermOut(many=True))
    def list(self, request: Request) -> Response:
        """The terms with a word that begins with each word of `q`, the nearest first."""
        self.access.require(Permission.ENTER_DATA)
        return Response(TermOut(find(asked(request)), many=True).data)
