"""The administrator's pages of sites, and what each role may do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.forms import SiteForm
from accounts.models import Site
from accounts.people import PAGE_SIZE, confirmed, did
from accounts.roles import ROLES, Permission
from accounts.services import close_site, create_site, reopen_site
from components.filtering import refuse_parameters


@require_safe
def site_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    refuse_parameters(request.GET)
    staff = Count("memberships__user", filter=Q(memberships__ended_at=None), distinct=True)
    page = Paginator(Site.objects.annotate(staff=staff).order_by("code"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "people/sites.html", {"page": page})


def site_add(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = did(form, create_site, **form.cleaned_data, by=request.access.actor())
        if site:
            messages.success(request, f"Site {site} is opened. It accepts subjects once it is live.")
            return redirect("site_list")
    return render(request, "people/site_add.html", {"form": form})


def site_close(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    site = get_object_or_404(Site, pk=pk)
    title, done = f"Close site {site}?", f"Site {site} is closed: it accepts no new subjects."
    return confirmed(request, title, close_site, {"site": site}, back="site_list", button="Close", message=done)


def site_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    site = get_object_or_404(Site, pk=pk)
    title, done = f"Reopen site {site}?", f"Site {site} is open again."
    return confirmed(request, title, reopen_site, {"site": site}, back="site_list", button="Reopen", message=done)


@require_safe
def role_list(request: SignedInRequest) -> HttpResponse:
    """For whoever is signed in: what each role may do is no secret to those who work with it."""
    table = [
        (permission.value.replace("_", " "), [permission in definition.permissions for definition in ROLES.values()])
        for permission in Permission
    ]
    context = {"roles": list(ROLES.items()), "table": table, "may_manage": request.access.can(Permission.MANAGE_USERS)}
    return render(request, "people/roles.html", context)
