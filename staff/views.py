"""The log of delegation: its page, and its file."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.files import csv_response, stamped
from components.emptiness import Emptiness
from components.filtering import wanted_of
from staff.delegation import delegations, found_staff
from staff.files import staff_file
from staff.forms import StaffFilter

PAGE_SIZE = 100


@require_safe
def staff_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_STAFF)
    form = StaffFilter(request.GET, request.access)
    filters = wanted_of(form, request.GET)
    memberships = found_staff(request.access, filters)
    page = Paginator(memberships, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": form,
        "page": page,
        "staff": list(delegations(page.object_list)),
        "asked": filters if filters["since"] or filters["until"] else None,
        "export": f"?{request.GET.urlencode()}",
        "may_review": request.access.can(Permission.VIEW_ACCESS_REVIEWS),
        "empty": Emptiness(
            nothing_to_do="Nobody has or had a role at your sites.",
            what=("role", "roles"),
            is_filtered=any(filters.values()),
            all_of_it=request.path,
            title="No roles",
            every=found_staff(request.access, {}),
        ),
    }
    return render(request, "staff/staff.html", context)


@require_safe
def staff_csv(request: SignedInRequest) -> HttpResponseBase:
    request.access.require(Permission.VIEW_STAFF)
    memberships = found_staff(request.access, wanted_of(StaffFilter(request.GET, request.access), request.GET))
    what = f"log of delegation as CSV, filter: {request.GET.urlencode() or 'none'}"
    return csv_response(request, what, staff_file(delegations(memberships)), stamped("delegation"))
