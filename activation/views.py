"""Go-live: what every site lacks, the checklist of one, its approval and its signature."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.models import Site
from accounts.roles import Permission
from activation.acceptance import AcceptanceRun
from activation.checklist import checklist, checklists, missing
from activation.forms import RunSignForm, SiteApprovalForm, SiteSignForm
from activation.program import program_digest
from activation.services import SITE_MEANING, TRIAL_MEANING, sign_off_run, take_site_live
from amendments.services import approve
from cohorts.asking import ask
from cohorts.forms import sites_for
from cohorts.go_live import signature_holds
from cohorts.models import ProtocolVersion, SiteGoLive, TrialGoLive
from components.filtering import refuse_parameters
from components.pages import posted, require_get_or_post
from protocol import in_force

PAGE_SIZE = 50


@require_safe
def go_live(request: SignedInRequest) -> HttpResponse:
    """Whether the trial is live, and of each site since when it is or what is missing."""
    request.access.require(Permission.VIEW_SUBJECTS)
    refuse_parameters(request.GET)
    sites = sites_for(request.access, Permission.VIEW_SUBJECTS).select_related("go_live")
    page = Paginator(sites, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = [site for site in page if not hasattr(site, "go_live")]
    lines = checklists(waiting, timezone.localdate()) if waiting else {}
    context = {
        "runs": [(run, signature_holds(run)) for run in TrialGoLive.objects.order_by("-pk")],
        "program": program_digest(),
        "page": page,
        "rows": [(site, [line.what for line in missing(lines.get(site.pk, []))]) for site in page],
        "may_look": {site.pk for site in page if request.access.can(Permission.VIEW_STAFF, site.pk)},
        "may_sign": request.access.can(Permission.GO_LIVE),
    }
    return render(request, "activation/go_live.html", context)


@require_get_or_post
def run_sign(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.GO_LIVE)
    by = request.access.actor(permission=Permission.GO_LIVE)

    def sign(file: tuple[AcceptanceRun, str], conclusion: str, **given: str) -> TrialGoLive:
        return sign_off_run(run=file[0], file_name=file[1], conclusion=conclusion, signer=request.user, by=by)

    return ask(
        request,
        RunSignForm(posted(request), request.FILES, request),
        sign,
        title="Sign off an acceptance run",
        button="Sign off",
        back=reverse("go_live"),
        message="The run is signed off: the trial is live.",
        why="The file is checked first: it must be of this program and of the protocol in force, and no test of"
        " it may have failed. Its SHA-256 is kept with the signature; keep the file itself with the trial's documents.",
        template="activation/run_sign.html",
        protocol=in_force(),
        program=program_digest(),
        meaning=TRIAL_MEANING,
    )


@require_safe
def site_checklist(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was signed, of a site that is live; of another what holds now and what does not."""
    site = _site(request, pk, Permission.VIEW_STAFF)
    signed: SiteGoLive | None = getattr(site, "go_live", None)
    lines = [] if signed else checklist(site, timezone.localdate())
    context = {
        "site": site,
        "signed": signed,
        "holds": signed is None or signature_holds(signed),
        "lines": lines,
        "missing": missing(lines),
        "may_sign": request.access.can(Permission.GO_LIVE, site.pk),
    }
    return render(request, "activation/site.html", context)


@require_get_or_post
def site_approval(request: SignedInRequest, pk: int) -> HttpResponse:
    site, by = _site(request, pk, Permission.GO_LIVE), request.access.actor(permission=Permission.GO_LIVE)
    version = ProtocolVersion.objects.get(sha256=in_force().sha256)
    return ask(
        request,
        SiteApprovalForm(posted(request)),
        partial(approve, site=site, version=version, by=by),
        title=f"Approval of the protocol at site {site}",
        button="Record the approval",
        back=reverse("site_checklist", args=[pk]),
        message="The approval is recorded.",
        why=f"Of {version}, by the ethics committee of the site.",
        template="activation/ask.html",
        site=site,
    )


@require_get_or_post
def site_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    site, by = _site(request, pk, Permission.GO_LIVE), request.access.actor(permission=Permission.GO_LIVE)

    def sign(forms_seen_by: str, forms_seen_on: Any, **given: str) -> SiteGoLive:
        seen = {"forms_seen_by": forms_seen_by, "forms_seen_on": forms_seen_on}
        return take_site_live(site=site, signer=request.user, by=by, **seen)

    lines = checklist(site, timezone.localdate())
    return ask(
        request,
        SiteSignForm(posted(request), request),
        sign,
        title=f"Site {site} goes live",
        button="Sign: the site goes live",
        back=reverse("site_checklist", args=[pk]),
        message=f"Site {site.code} is live: it accepts subjects.",
        template="activation/site_sign.html",
        site=site,
        lines=lines,
        missing=missing(lines),
        meaning=SITE_MEANING,
    )


def _site(request: SignedInRequest, pk: int, permission: Permission) -> Site:
    sites: QuerySet[Site] = Site.objects.select_related("go_live")
    return request.access.load(sites, permission, site="pk", pk=pk)
