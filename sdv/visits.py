"""Visits to a site: opened, worked in, closed, reported."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from cohorts.asking import ask
from components.filtering import refuse_parameters
from components.pages import posted, require_get_or_post
from sdv.forms import ClosingForm, MonitoringVisitForm
from sdv.models import MonitoringVisit
from sdv.services import close_visit, open_visit
from sdv.visit_report import later_than, report_of

VISITS = MonitoringVisit.objects.select_related("site")


@require_safe
def visit_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    refuse_parameters(request.GET)
    visits = request.access.limit(VISITS, Permission.VIEW_SUBJECTS)
    page = Paginator(visits, 50).get_page(request.GET.get("page"))
    may_open = request.access.can(Permission.VERIFY_SOURCE)
    return render(request, "sdv/visit_list.html", {"page": page, "may_open": may_open})


@require_get_or_post
def visit_open(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VERIFY_SOURCE)

    def do(site, **typed):  # type: ignore[no-untyped-def]
        by = request.access.actor(site.pk, permission=Permission.VERIFY_SOURCE)
        return open_visit(site=site, **typed, monitor=request.user, by=by)

    return ask(
        request,
        MonitoringVisitForm(posted(request), request.access),
        do,
        title="Open a monitoring visit",
        button="Open the visit",
        back=reverse("monitoring_visit_list"),
        message="Opened. What you verify and ask at this site from now on stands in its report.",
        goes_to=MonitoringVisit.get_absolute_url,
    )


@require_safe
def visit(request: SignedInRequest, pk: int) -> HttpResponse:
    held = request.access.load(VISITS, Permission.VIEW_SUBJECTS, pk=pk)
    mine = held.monitor == request.user.get_username() and held.closed_at is None
    may_close = mine and request.access.can(Permission.VERIFY_SOURCE, held.site_id)
    report = report_of(held)
    later = later_than(held, report.content) if held.closed_at else None
    context = {"visit": held, "report": report, "done": report.content, "later": later, "may_close": may_close}
    return render(request, "sdv/visit.html", context)


@require_get_or_post
def visit_close(request: SignedInRequest, pk: int) -> HttpResponse:
    held = request.access.load(VISITS, Permission.VERIFY_SOURCE, pk=pk)
    by = request.access.actor(held.site_id, permission=Permission.VERIFY_SOURCE)
    return ask(
        request,
        ClosingForm(posted(request)),
        partial(close_visit, visit=held, by=by),
        title="Close the monitoring visit",
        button="Close the visit",
        back=reverse("monitoring_visit", args=[held.pk]),
        message="Closed.",
        why=f"{held} at {held.site}. What you verify from now on is no longer part of its report.",
    )
