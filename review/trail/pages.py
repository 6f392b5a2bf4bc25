"""The page of the trail. It names subjects, forms and items, which the audit app below cannot see."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from audit.files import csv_response, stamped
from audit.reading import found_events
from audit.views import empty_log, older_address
from review.queries.reading import item_label
from review.trail.file import trail_file
from review.trail.forms import TrailFilter
from review.trail.reading import entries, lines
from review.trail.timeline import both_shown, may_see_both

PAGE_SIZE = 50
VIEWS = {"": "Timeline", "table": "Table"}
BOTH = "both"


@require_safe
def trail(request: SignedInRequest) -> HttpResponse:
    if not request.access.can(Permission.VIEW_TRAIL):
        request.access.require(Permission.VIEW_RECORD_TRAIL)
    form = TrailFilter(request.GET, request.access)
    filters = form.wanted
    # Who reads figures may follow one down to its record's trail, and no further. Asked of the filter as it was
    # understood: an address may name a form that it is not limited to (form=0).
    right = Permission.VIEW_RECORD_TRAIL if filters.get("form") else Permission.VIEW_TRAIL
    request.access.require(right)
    context = {
        "filter": form,
        **_shown_as_asked(request, filters, right),
        "export": _address(request) if request.access.can(Permission.VIEW_TRAIL) else "",
        "signatures_of": urlencode({name: request.GET[name] for name in ("site", "subject") if request.GET.get(name)}),
        "whole_trail": request.access.can(Permission.VIEW_TRAIL),
        "may_verify_files": request.access.can(Permission.VERIFY_FILES),
        "may_review": request.access.can(Permission.VIEW_TRAIL_REVIEWS),
        "may_plan": request.access.can(Permission.REVIEW_TRAIL),
        "heading": _heading(filters),
        "about": _about(request, filters),
    }
    return render(request, "review/trail.html", context)


def shown(request: SignedInRequest, filters: dict[str, Any], right: Permission) -> dict[str, Any]:
    """A page of the events that were asked for, as a timeline or as a table, and the way on."""
    listed = list(found_events(request.access, filters, right)[: PAGE_SIZE + 1])
    events, is_table = listed[:PAGE_SIZE], filters.get("view") == "table"
    return {
        "entries": [] if is_table else list(entries(events, filters, request.access)),
        "lines": list(lines(events, filters, request.access)) if is_table else [],
        "older": older_address(request, listed, PAGE_SIZE),
        "is_first": not filters.get("before"),
        "newest": _address(request),
        "empty": empty_log(request, filters, " at your sites"),
        "tabs": [
            {"label": label, "url": _address(request, view), "current": is_table == bool(view)}
            for view, label in VIEWS.items()
        ],
    }


def _shown_as_asked(request: SignedInRequest, filters: dict[str, Any], right: Permission) -> dict[str, Any]:
    """As `shown`; beside the log of access for whoever may read all of both and wants to."""
    if filters.get("form") or not may_see_both(request.access):
        return shown(request, filters, right)
    is_both = filters.get("view") == BOTH
    tab = {"label": "With the log of access", "url": _address(request, BOTH), "current": is_both}
    if not is_both:
        events = shown(request, filters, right)
        return events | {"tabs": [*events["tabs"], tab]}
    others = [{"label": label, "url": _address(request, view), "current": False} for view, label in VIEWS.items()]
    is_first = not (filters.get("before") or filters.get("before_access"))
    way = {"tabs": [*others, tab], "is_first": is_first, "newest": _address(request)}
    way |= {"empty": empty_log(request, filters)}
    return way | both_shown(request, filters, PAGE_SIZE)


@require_safe
def trail_csv(request: SignedInRequest) -> HttpResponseBase:
    """Every event of the filter, one line a changed item, sent while it is read."""
    request.access.require(Permission.VIEW_TRAIL)
    form = TrailFilter(request.GET, request.access)
    filters = form.wanted | {"before": None}
    what = f"trail as CSV, filter: {request.GET.urlencode() or 'none'}"
    file = trail_file(found_events(request.access, filters), filters, request.access)
    return csv_response(request, what, file, stamped("trail"))


def _address(request: SignedInRequest, view: str | None = None) -> str:
    """The same filter from its newest event on, in that view or the one that it is in."""
    parameters = request.GET.copy()
    for name in ("before", "before_access"):
        parameters.pop(name, None)
    if view is not None:
        parameters["view"] = view
    return f"?{parameters.urlencode()}"


def _heading(filters: dict[str, Any]) -> str:
    """Whose trail it is, where the filter is about one subject, person or site."""
    if filters.get("subject"):
        return f"Trail of subject {filters['subject'].strip()}"
    if filters.get("who"):
        return f"Trail of {filters['who'].strip()}"
    return f"Trail of site {filters['site'].code}" if filters.get("site") else "Audit trail"


def _about(request: SignedInRequest, filters: dict[str, Any]) -> dict[str, Any]:
    """What a trail that was opened at a form or an item is about."""
    if not filters.get("form"):
        return {}
    forms = request.access.limit(CaseForm.objects.all(), Permission.VIEW_RECORD_TRAIL, site="subject__site_id")
    case_form = forms.filter(pk=filters["form"]).select_related("subject", "visit").first()
    if case_form is None:
        return {}
    item = item_label(case_form.code, filters["item"]) if filters["item"] else ""
    visit = case_form.visit.label if case_form.visit else ""
    return {"form": case_form, "title": CATALOGUE[case_form.code].title, "item": item, "visit": visit}
