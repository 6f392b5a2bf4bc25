"""The versions of the protocol: what an amendment would change, its signature, its approvals at the sites."""

from functools import partial
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from amendments.effects import Effect, effects
from amendments.figures import compared_with, side_by_side
from amendments.forms import ApprovalForm, DayForm, ProposeForm, SignForm
from amendments.services import approve, propose
from cohorts.amendments import put_in_force
from cohorts.asking import ask, posted
from cohorts.models import Approval, ProtocolVersion, Subject
from cohorts.versions import read
from protocol.models import InForce
from trialsite.filtering import wanted_of

WRITES = ["GET", "HEAD", "POST"]
COLUMNS = ("Subject", "Site", "Goes over", "Added", "Moved", "Withdrawn", "Forms")
MEANING = "I have read the amendment and what it changes, and put it in force."


def with_force() -> QuerySet[ProtocolVersion]:
    """Each with `since` and `signed_name` of when it took force, None for one that is only proposed."""
    held = InForce.objects.filter(sha256=OuterRef("sha256")).order_by("pk")
    return ProtocolVersion.objects.annotate(
        since=Subquery(held.values("since")[:1]), signed_name=Subquery(held.values("signed_name")[:1])
    )


@require_safe
def version_list(request: SignedInRequest) -> HttpResponse:
    """Every version that there was, is or is proposed, with the sites at which each is active."""
    request.access.require(Permission.VIEW_SUBJECTS)
    versions = with_force().prefetch_related("approvals__site").order_by("-read_at", "-pk")
    may_amend = request.access.can(Permission.MANAGE_COHORTS)
    return render(request, "amendments/version_list.html", {"versions": versions, "may_amend": may_amend})


@require_http_methods(WRITES)
def amendment_propose(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    form = ProposeForm(posted(request), request.FILES or None)
    by = request.access.actor(permission=Permission.MANAGE_COHORTS)

    def do(file: bytes, goes_over: Any, reason: str) -> ProtocolVersion:
        return propose(content=file, goes_over=goes_over, by=by, reason=reason)

    return ask(
        request,
        form,
        do,
        title="Propose an amendment",
        button="Look at what it changes",
        back=reverse("version_list"),
        said="The amendment is proposed. Nothing has changed yet.",
        goes_to=lambda version: reverse("amendment", args=[version.pk]),
        template="amendments/propose.html",
        why="The file is checked and registered. What it changes is shown before anything happens; it takes force by a"
        " signature, and holds at a site once the approval there is recorded.",
    )


@require_safe
def amendment(request: SignedInRequest, pk: int) -> HttpResponse:
    """What it would change, by subject, and the figures under the plan of the version before and under its own."""
    request.access.require(Permission.MANAGE_COHORTS)
    version = get_object_or_404(ProtocolVersion, pk=pk)
    form = DayForm(request.GET)
    active_from = wanted_of(form, request.GET)["active_from"] or timezone.localdate()
    taken = InForce.objects.filter(sha256=version.sha256).first()
    before = compared_with(taken)
    subjects = Subject.objects.select_related("site").order_by("label")
    found = list(effects(version, active_from, subjects))
    context = {
        "version": version,
        "since": taken,
        "filter": form,
        "active_from": active_from,
        "approvals": Approval.objects.filter(version=version).select_related("site").order_by("site__code"),
        "columns": COLUMNS,
        "effects": [effect for effect in found if not effect.is_none],
        "number": len(found),
        "totals": _totals(found),
        "figures": side_by_side(before, read(version.pk)),
        "before": before,
    }
    return render(request, "amendments/amendment.html", context)


def _totals(found: list[Effect]) -> dict[str, int]:
    return {
        "added": sum(len(effect.added) for effect in found),
        "withdrawn": sum(len(effect.withdrawn) for effect in found),
        "moved": sum(len(effect.moved) for effect in found),
        "asked": sum(len(effect.asked) for effect in found),
        "over": sum(effect.goes_over is not None for effect in found),
    }


@require_http_methods(WRITES)
def amendment_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    version = get_object_or_404(ProtocolVersion, pk=pk)
    by = request.access.actor(permission=Permission.MANAGE_COHORTS)

    def sign(reason: str, **given: str) -> ProtocolVersion:
        return put_in_force(version=version, signed_by=request.user, by=by, reason=reason)

    return ask(
        request,
        SignForm(posted(request), request),
        sign,
        title=f"Put version {version.version} in force",
        button="Sign and put in force",
        back=reverse("amendment", args=[pk]),
        said=f"{version} is in force. It holds at a site once its approval there is recorded.",
        template="amendments/sign.html",
        version=version,
        meaning=MEANING,
    )


@require_http_methods(WRITES)
def amendment_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    version = get_object_or_404(ProtocolVersion, pk=pk)
    return ask(
        request,
        ApprovalForm(posted(request), version),
        partial(approve, version=version, by=request.access.actor(permission=Permission.MANAGE_COHORTS)),
        title=f"Approval of version {version.version} at a site",
        button="Record the approval",
        back=reverse("amendment", args=[pk]),
        said="The approval is recorded; the visits of the site are planned by it now.",
        template="amendments/ask.html",
        version=version,
    )
