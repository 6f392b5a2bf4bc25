"""Go-live in the API: what each site lacks, the checklist of one, its approval and its signature."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Site
from accounts.resource.base import Resource
from accounts.roles import Permission
from accounts.serializers import Problem
from activation.checklist import ChecklistLine, checklist, checklists, missing
from activation.forms import SiteApprovalForm, SiteSignForm
from activation.serializers import ApprovalSent, ChecklistSigned, SiteChecklistOut, SiteStateOut, TrialRunOut
from activation.services import take_site_live
from amendments.services import approve
from cohorts.forms import sites_for
from cohorts.models import ProtocolVersion, SiteGoLive, TrialGoLive
from protocol import in_force


class GoLiveResource(Resource):
    """Since when sites take subjects. The rows are the sites: they are named by their `id`."""

    serializer_class = SiteStateOut
    queryset: QuerySet[Site] = Site.objects.select_related("go_live").order_by("code")

    def list(self, request: Request) -> Response:
        """Your sites, whether each is live, and what is missing of those that are not."""
        self.access.require(Permission.VIEW_SUBJECTS)
        sites: Any = self.paginate_queryset(sites_for(self.access, Permission.VIEW_SUBJECTS).select_related("go_live"))
        waiting = [site for site in sites if _signed(site) is None]
        lines = checklists(waiting, timezone.localdate()) if waiting else {}
        rows = [_state(site, lines.get(site.pk, [])) for site in sites]
        return self.get_paginated_response(SiteStateOut(rows, many=True).data)

    @extend_schema(responses=SiteChecklistOut)
    def retrieve(self, request: Request, pk: int) -> Response:
        """The checklist of a site: what was signed, of one that is live; of another what holds today."""
        return _whole(self._site(pk, Permission.VIEW_STAFF))

    @extend_schema(request=ApprovalSent, responses={201: SiteChecklistOut, 400: Problem})
    @action(detail=True, methods=["post"])
    def approval(self, request: Request, pk: int) -> Response:
        """Record that the ethics committee of the site approved the version in force."""
        site, version = self._site(pk, Permission.GO_LIVE), ProtocolVersion.objects.get(sha256=in_force().sha256)
        approve(site=site, version=version, by=self.by(Permission.GO_LIVE), **self.checked(SiteApprovalForm))
        return _whole(self._site(pk, Permission.VIEW_STAFF), 201)

    @extend_schema(request=ChecklistSigned, responses={200: SiteChecklistOut, 400: Problem})
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: int) -> Response:
        """Sign the checklist with user name and password again: the site takes subjects. Refused while a line does not
        hold."""
        site, signed = self._site(pk, Permission.GO_LIVE), self.checked(SiteSignForm, request._request)
        seen = {"forms_seen_by": signed["forms_seen_by"], "forms_seen_on": signed["forms_seen_on"]}
        take_site_live(site=site, signer=request.user, by=self.by(Permission.GO_LIVE), **seen)
        return _whole(self._site(pk, Permission.VIEW_STAFF))

    @extend_schema(responses=TrialRunOut(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def trial(self, request: Request) -> Response:
        """The acceptance runs that were signed off, the latest first: none, and the trial is not live."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return Response(TrialRunOut(TrialGoLive.objects.order_by("-pk"), many=True).data)

    def _site(self, pk: int, permission: Permission) -> Site:
        return self.access.load(self.queryset.all(), permission, site="pk", pk=pk)


def _signed(site: Site) -> SiteGoLive | None:
    signed: SiteGoLive | None = getattr(site, "go_live", None)
    return signed


def _state(site: Site, lines: list[ChecklistLine]) -> dict[str, Any]:
    signed = _signed(site)
    return {
        "id": site.pk,
        "site": site.code,
        "name": site.name,
        "is_active": site.is_active,
        "is_live": signed is not None,
        "live_from": signed.live_from if signed else None,
        "missing": [line.what for line in missing(lines)],
    }


def _whole(site: Site, status: int = 200) -> Response:
    signed = _signed(site)
    held = [ChecklistLine(what, True, says) for what, says in signed.checklist] if signed else []
    lines = held if signed else checklist(site, timezone.localdate())
    row = _state(site, lines) | {"lines": lines, "signed": signed}
    return Response(SiteChecklistOut(row).data, status=status)
