"""Signatures in the API: read with whether they hold, and made with user name and password again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import BIGGEST_KEY, KeyFilter, SiteFilter
from accounts.resource.base import Resource
from accounts.resource.problems import Told, problem, tells
from accounts.resource.rendering import Exact
from accounts.roles import Permission
from accounts.serializers import Problem
from accounts.signing import SignatureForm
from assessments.models import CaseForm
from audit.files import csv_response, stamped
from review.api import CsvFile
from signature.manifest_file import as_rows
from signature.models import Signature
from signature.serializers import SignatureOut, SignaturesIn
from signature.signing import WITH_FORM, NotAsSeen, sign_forms, standings
from signature.to_sign import AT_ONCE

OF_SUBJECT = CaseForm.objects.select_related("subject")
MALFORMED = {"forms": [f"Send a list of one to {AT_ONCE} forms, each with its version."]}


@tells(NotAsSeen)
def _not_as_seen(error: NotAsSeen) -> Told:
    return 409, problem(error.code, str(error), id=error.form.pk, version=error.form.version)


class SignatureApiFilter(filters.FilterSet):
    form = KeyFilter(field_name="case_form")
    subject = KeyFilter()
    site = SiteFilter(field_name="subject__site")


class SignatureResource(Resource):
    """Electronic signatures with their manifest: printed name, time (UTC) and meaning."""

    serializer_class = SignatureOut
    queryset = Signature.objects.all()
    filterset_class = SignatureApiFilter

    def list(self, request: Request) -> Response:
        """Signatures, newest first, each with whether it holds for what its form says now."""
        self.access.require(Permission.VIEW_SUBJECTS)
        signatures = self.access.limit(WITH_FORM.order_by("-id"), Permission.VIEW_SUBJECTS, site="subject__site_id")
        page = self.paginate_queryset(self.filter_queryset(signatures))
        return self.get_paginated_response(self._told(page))

    @extend_schema(responses={(200, "text/csv"): bytes}, filters=True)
    @action(detail=False, methods=["get"], pagination_class=None, renderer_classes=[Exact, CsvFile])
    def csv(self, request: Request) -> HttpResponseBase:
        """The manifest of signatures that goes with any file of the data, as CSV. Noted in the log of access."""
        self.access.require(Permission.VIEW_SIGNATURES)
        visible = self.access.limit(WITH_FORM.order_by("-id"), Permission.VIEW_SIGNATURES, site="subject__site_id")
        signatures = self.filter_queryset(visible)
        what = f"signatures as CSV, filter: {request.GET.urlencode() or 'none'}"
        return csv_response(request, what, as_rows(signatures), stamped("signatures"))

    @extend_schema(
        request=SignaturesIn,
        responses={
            201: SignatureOut(many=True),
            400: Problem,
            403: Problem,
            404: Problem,
            409: Problem,
            423: Problem,
        },
    )
    def create(self, request: Request) -> Response:
        """Sign forms in one act, each at the version that was seen: all of them or none."""
        seen = _seen(self.body.get("forms"))
        for key in seen:
            self.access.load(OF_SUBJECT, Permission.SIGN, site="subject__site_id", pk=key)
        self.sent(SignaturesIn)
        hand = SignatureForm(self._hand(), request._request)  # type: ignore[arg-type]
        if not hand.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in hand.errors.items()})
        made = sign_forms(seen=seen, signed_by=request.user, by=self.by(Permission.SIGN))
        signed = WITH_FORM.filter(pk__in=[signature.pk for signature in made]).order_by("pk")
        return Response(self._told(list(signed)), status=201)

    def _hand(self) -> dict[str, str]:
        return {name: str(self.body.get(name) or "") for name in ("username", "password", "code")}

    def _told(self, signatures: Any) -> list[dict[str, Any]]:
        how_they_stand = {signature.pk: how for signature, how in standings(signatures)}
        answers: list[dict[str, Any]] = SignatureOut(signatures, many=True, context={"standings": how_they_stand}).data
        return answers


def _seen(sent: Any) -> dict[int, int]:
    """{form: version} of what was sent, or ValidationError."""
    if not isinstance(sent, list) or not 0 < len(sent) <= AT_ONCE or not all(isinstance(line, dict) for line in sent):
        raise ValidationError(MALFORMED)
    seen = {}
    for line in sent:
        key, version = line.get("form"), line.get("version")
        if not (_is_key(key) and _is_key(version)):
            raise ValidationError(MALFORMED)
        if key in seen:
            raise ValidationError({"forms": [f"Form {key} appears twice."]})
        seen[key] = version
    return seen


def _is_key(value: Any) -> bool:
    return type(value) is int and 0 < value <= BIGGEST_KEY
