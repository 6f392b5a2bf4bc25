"""The versions of the protocol: what an amendment would change, its signature, its approvals at the sites."""

from datetime import date
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from amendments.dry_run import AT_ONCE, DryRunLook, EffectLine, ask_once, forget, kept, looked_at_once
from amendments.figures import compared_with
from amendments.forms import AmendmentApprovalForm, DryRunForm, ProposeForm, SignAmendmentForm
from amendments.services import approve, propose
from amendments.tasks import look_at_amendment
from cohorts.amendments import put_in_force
from cohorts.asking import ask
from cohorts.following import with_force
from cohorts.models import Approval, ProtocolVersion, Subject
from components.filtering import PAGE, wanted_of
from components.pages import posted, require_get_or_post
from in_force.models import InForce

PAGE_SIZE = 50
COLUMNS = ("Subject", "Site", "Goes over", "Added", "Moved", "Withdrawn", "Forms", "Checks")
MEANING = "I have read the amendment and what it changes, and put it in force."


@require_safe
def version_list(request: SignedInRequest) -> HttpResponse:
    """Every version that there was, is or is proposed, with the sites at which each is active."""
    request.access.require(Permission.VIEW_SUBJECTS)
    versions = with_force().prefetch_related("approvals__site").order_by("-read_at", "-pk")
    may_amend = request.access.can(Permission.MANAGE_COHORTS)
    return render(request, "amendments/version_list.html", {"versions": versions, "may_amend": may_amend})


@require_get_or_post
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
        button="Preview the changes",
        back=reverse("version_list"),
        message="The amendment is proposed. Nothing has changed yet.",
        goes_to=lambda version: reverse("amendment", args=[version.pk]),
        template="amendments/propose.html",
        why="The file is checked and registered. What it changes is shown before anything happens; it takes effect by a"
        " signature, and holds at a site once the approval there is recorded.",
    )


@require_get_or_post
def amendment(request: SignedInRequest, pk: int) -> HttpResponse:
    """What it would change, by site and subject, and the figures under the plan of the version before and under its
    own. A post has it looked at again."""
    request.access.require(Permission.MANAGE_COHORTS)
    version = get_object_or_404(ProtocolVersion, pk=pk)
    form = DryRunForm(request.GET)
    filters = wanted_of(form, request.GET)
    active_from = filters["active_from"] or timezone.localdate()
    if request.method == "POST":
        forget(version, active_from)
        return redirect(request.get_full_path())
    site = filters["site"].code if filters["site"] else ""
    look = look_at(version, active_from, site)
    context = {
        "version": version,
        "since": InForce.objects.filter(sha256=version.sha256).first(),
        "filter": form,
        "active_from": active_from,
        "approvals": Approval.objects.filter(version=version).select_related("site").order_by("site__code"),
        "columns": COLUMNS,
        "look": look,
        "site": site,
        "page": Paginator(_lines(look, site), PAGE_SIZE).get_page(request.GET.get(PAGE)),
        "before": compared_with(version),
    }
    return render(request, "amendments/amendment.html", context)


def look_at(version: ProtocolVersion, active_from: date, site: str) -> DryRunLook | None:
    """Of few subjects at once; of many what the worker has seen, who is asked where it has not begun: None then."""
    if Subject.objects.count() <= AT_ONCE:
        return looked_at_once(version, active_from, compared_with(version))
    look = kept(version, active_from, site)
    if look is None and ask_once(version, active_from):
        look_at_amendment.apply_async([version.pk, active_from.isoformat()], ignore_result=True)
    return look


def _lines(look: DryRunLook | None, site: str) -> list[EffectLine]:
    """Of the site that is asked for; of all where all were looked at."""
    by_site = look.lines if look else {}
    return by_site.get(site, []) if site else [line for lines in by_site.values() for line in lines]


@require_get_or_post
def amendment_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    version = get_object_or_404(ProtocolVersion, pk=pk)
    by = request.access.actor(permission=Permission.MANAGE_COHORTS)

    def sign(reason: str, **given: str) -> ProtocolVersion:
        return put_in_force(version=version, signed_by=request.user, by=by, reason=reason)

    return ask(
        request,
        SignAmendmentForm(posted(request), request),
        sign,
        title=f"Put version {version.version} in force",
        button="Sign and put in force",
        back=reverse("amendment", args=[pk]),
        message=f"{version} is in force. It holds at a site once its approval there is recorded.",
        template="amendments/sign.html",
        version=version,
        meaning=MEANING,
    )


@require_get_or_post
def amendment_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    version = get_object_or_404(ProtocolVersion, pk=pk)
    return ask(
        request,
        AmendmentApprovalForm(posted(request), version),
        partial(approve, version=version, by=request.access.actor(permission=Permission.MANAGE_COHORTS)),
        title=f"Approval of version {version.version} at a site",
        button="Record the approval",
        back=reverse("amendment", args=[pk]),
        message="The approval is recorded; the visits of the site are planned by it now.",
        template="amendments/ask.html",
        version=version,
    )
