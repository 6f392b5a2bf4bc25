"""The trail, the log of access, the seal and what was verified in the API, newest first."""

from __future__ import annotations

from typing import Any

from django import forms
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import CodeFilter, KeyFilter, LiveChoiceFilter, MomentFilter, SiteFilter
from accounts.resource.base import Resource, Wanted
from accounts.resource.parameters import Newest
from accounts.resource.problems import Told, problem, tells
from accounts.roles import Permission, Role
from accounts.serializers import Problem
from audit.access_log import AccessKind
from audit.file_check import DigestField, taken
from audit.kinds import kind_choices, listed_forms
from audit.models import AccessEvent, Event, Seal, Whole, WholeVerified
from audit.reading import (
    NO_COLUMN,
    NO_USER,
    acted,
    ever_held,
    forms_of_acts,
    found_access,
    found_events,
    was_at_the_door,
)
from audit.serializers import AccessEventOut, EventOut, SealOut, WholeIn, WholeVerifiedOut
from audit.wholes import VerificationUnderWay, ask_to_verify
from audit.wording import table_choices

ACTIONS = [("insert", "Created"), ("update", "Changed"), ("delete", "Deleted")]
CHANNELS = [(channel, channel.capitalize()) for channel in ("screen", "api", "import", "system")]


class TrailApiFilter(Wanted):
    who = CodeFilter(known=acted, what=NO_USER, label="User name")
    role = filters.ChoiceFilter(choices=[(role.value, role.label) for role in Role], label="Role")
    site = SiteFilter(Permission.VIEW_TRAIL)
    subject = KeyFilter(label="Subject")
    form = KeyFilter(label="Form")
    form_type = LiveChoiceFilter(choices=listed_forms, label="Code of a form")
    item = CodeFilter(known=ever_held, what=NO_COLUMN, label="Column that changed")
    kind = filters.ChoiceFilter(choices=kind_choices(), label="Kind of event")
    table = filters.ChoiceFilter(choices=table_choices(), label="Table")
    action = filters.ChoiceFilter(choices=ACTIONS, label="Action")
    channel = filters.ChoiceFilter(choices=CHANNELS, label="Channel")
    since = MomentFilter(label="From this day or moment, UTC where it names no zone")
    until = MomentFilter(ends=True, label="To the end of this day or moment")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return found_events(access, filters | {"subject_id": filters["subject"]})


class TrailResource(Resource):
    serializer_class = EventOut
    queryset = Event.objects.all()
    filterset_class = TrailApiFilter
    pagination_class = Newest

    def list(self, request: Request) -> Response:
        """Who changed what, when, why and by which channel.

        A freeze or lock is one event with its number of `forms`. Its mark at each of them is listed only with a
        `form`, `kind=form_locks` or `item=locked_at`.
        """
        self.access.require(Permission.VIEW_TRAIL)
        page = self.paginate_queryset(self.filter_queryset(self.queryset))
        serializer = EventOut(page, many=True, context={"forms": forms_of_acts(page)})
        return self.get_paginated_response(serializer.data)


class FileDigestFilter(filters.CharFilter):
    field_class = DigestField


class AccessApiFilter(Wanted):
    who = CodeFilter(known=was_at_the_door, what=NO_USER, label="User name")
    kind = filters.ChoiceFilter(choices=AccessKind.choices, label="Kind of event")
    since = MomentFilter(label="From this day or moment, UTC where it names no zone")
    until = MomentFilter(ends=True, label="To the end of this day or moment")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return found_access(filters)


class AccessLogResource(Resource):
    serializer_class = AccessEventOut
    queryset = AccessEvent.objects.all()
    filterset_class = AccessApiFilter
    pagination_class = Newest

    def list(self, request: Request) -> Response:
        """Sign-ins, failures, refusals and exports."""
        self.access.require(Permission.VIEW_ACCESS_LOG)
        return self.shown(self.queryset)


class FileFilter(Wanted):
    sha256 = FileDigestFilter(required=True, label="SHA-256 of the file, in hexadecimal")

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return taken(filters["sha256"])


class FileResource(Resource):
    serializer_class = AccessEventOut
    queryset = AccessEvent.objects.all()
    filterset_class = FileFilter
    pagination_class = Newest

    def list(self, request: Request) -> Response:
        """Each time that a file of this content was taken, by whom and what it was made from; none: it is not known."""
        self.access.require(Permission.VERIFY_FILES)
        return self.shown(self.queryset)


class SealPages(Newest):
    ordering = "-number"


class SealResource(Resource):
    serializer_class = SealOut
    queryset = Seal.objects.defer("ids", "digests")
    pagination_class = SealPages

    def list(self, request: Request) -> Response:
        """The blocks of the trail's seal: the hash of the last one is an anchor, which is worth keeping elsewhere."""
        self.access.require(Permission.VIEW_TRAIL)
        return self.shown(self.queryset.all())


class WholeForm(forms.Form):
    of = forms.ChoiceField(choices=Whole.choices)


class WholeVerifiedResource(Resource):
    serializer_class = WholeVerifiedOut
    queryset = WholeVerified.objects.all()
    pagination_class = Newest

    def list(self, request: Request) -> Response:
        """Verifications of trail, signatures and figures as wholes; one without an end is under way."""
        self.access.require(Permission.VERIFY_WHOLES)
        return self.shown(self.queryset.all())

    @extend_schema(request=WholeIn, responses={201: WholeVerifiedOut, 409: Problem})
    def create(self, request: Request) -> Response:
        """Have one of them verified."""
        self.access.require(Permission.VERIFY_WHOLES)
        of = Whole(self.checked(WholeForm)["of"])
        return self.said(ask_to_verify(of, self.by(Permission.VERIFY_WHOLES)), 201)


@tells(VerificationUnderWay)
def _under_way(error: VerificationUnderWay) -> Told:
    return 409, problem("state", "Verification is already running.")
