"""The page of reference ranges: read by everyone at the site, kept by the data manager."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from cohorts.asking import ask
from components.emptiness import Emptiness
from components.filtering import wanted_of
from components.pages import posted, require_get_or_post
from laboratory.forms import ChangedRangeForm, NewRangeForm, RangeFilter
from laboratory.models import ReferenceRange
from laboratory.reading import found_ranges
from laboratory.services import add_range, change_range

PAGE_SIZE = 100
NO_RANGE = "No reference range"
WITHOUT_ONE = "Without one, results are neither flagged nor graded where the grade begins at a limit of normal."


@require_safe
def range_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = RangeFilter(request.GET, request.access)
    ranges = found_ranges(request.access, wanted_of(form, request.GET))
    context = {
        "filter": form,
        "page": Paginator(ranges, PAGE_SIZE).get_page(request.GET.get("page")),
        "empty": Emptiness(
            nothing_to_do=WITHOUT_ONE,
            what=("range", "ranges"),
            is_filtered=any(form.cleaned_data.values()),
            all_of_it=request.path,
            title=NO_RANGE,
            every=found_ranges(request.access, {}),
        ),
        "may_manage": request.access.can(Permission.MANAGE_RANGES),
        "may_import": request.access.can(Permission.IMPORT_LABORATORY),
    }
    return render(request, "laboratory/range_list.html", context)


@require_get_or_post
def range_add(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_RANGES)
    return ask(
        request,
        NewRangeForm(posted(request), request.access),
        partial(add_range, by=request.access.actor(permission=Permission.MANAGE_RANGES)),
        title="Add a reference range",
        button="Add",
        back=reverse("range_list"),
        message="Added. Results saved from now on are held against it.",
    )


@require_get_or_post
def range_change(request: SignedInRequest, pk: int) -> HttpResponse:
    held = request.access.load(ReferenceRange.objects.select_related("site"), Permission.MANAGE_RANGES, pk=pk)
    by = request.access.actor(held.site_id, permission=Permission.MANAGE_RANGES)
    return ask(
        request,
        ChangedRangeForm(posted(request), instance=held),
        partial(change_range, held=held, by=by),
        title=f"{held.get_analyte_display()} at site {held.site}",
        button="Save the change",
        back=reverse("range_list"),
        message="Changed. Results keep the limits that they were saved with until their form is saved again.",
        why="A new analyser or list is a new line: end this one with its last day, and add the other.",
    )
