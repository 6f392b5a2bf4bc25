"""Pages of what waits: the worklists, and the digests of each morning."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from components.emptiness import Emptiness
from components.filtering import refuse_parameters, wanted_of
from values.numbers import read_key
from worklists.forms import WorkFilter
from worklists.models import Digest
from worklists.reading import LABELS, LISTS, WorkRows, worklists

PAGE_SIZE = 50
LAST = 10**9
# What stays undone of each list where its place is frozen or locked, of one and of many.
LEFT_UNDONE = {
    "due": ("visit that is due", "visits that are due"),
    "overdue": ("visit that is overdue", "visits that are overdue"),
    "missing": ("visit that lacks a form", "visits that lack forms"),
    "drafts": ("form in progress", "forms in progress"),
    "silent": ("subject without contact", "subjects without contact"),
}
NOTES = {
    "due": "Visits whose window is open or opens within a week, and screening that is not finished.",
    "overdue": "Visits whose window closed, at which nothing was recorded. If one did not take place, give the reason.",
    "missing": "Visits that took place, with a form not started or still a draft.",
    "drafts": "Forms in progress: they count nowhere until they are complete.",
    "silent": "Subjects in the trial of whom nothing was recorded for more than three months.",
}


@require_safe
def work(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    form = WorkFilter(request.GET, request.access)
    filters = wanted_of(form, request.GET)
    lists = worklists(request.access, filters)
    number = request.GET.get("page", "")
    part = lists.page(filters.get("list") or "", _number(number), PAGE_SIZE)
    counts, name, rows = part.counts, part.name, part.rows
    page = Paginator(WorkRows(lists, name, counts[name], rows), PAGE_SIZE).get_page(number)
    context = {
        "page": page,
        "rows": rows,
        "filter": form,
        "tabs": [_tab(request, list_name, name, counts) for list_name in LISTS],
        "name": name,
        "label": LABELS[name],
        "note": NOTES[name],
        "empty": Emptiness(
            nothing_to_do=f"{LABELS[name]}: none at your sites today.",
            left_undone=part.left_undone[name],
            what=LEFT_UNDONE[name],
            is_filtered=bool(filters.get("q") or filters.get("site")),
            searched=filters.get("q") or "",
            all_of_it=f"{request.path}?list={name}",
        ),
        "enters_at": request.access.site_ids(Permission.ENTER_DATA),
    }
    return render(request, "worklists/work.html", context)


def _number(text: str) -> int:
    """The number of a page: the first where none is given."""
    return min(read_key(text) or 1, LAST)


def _tab(request: SignedInRequest, list_name: str, current: str, counts: dict[str, int]) -> dict[str, Any]:
    kept = {name: request.GET[name] for name in ("q", "site") if request.GET.get(name)}
    url = f"?{urlencode(kept | {'list': list_name})}"
    return {"label": LABELS[list_name], "url": url, "current": list_name == current, "count": counts[list_name]}


@require_safe
def digests(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    refuse_parameters(request.GET)
    digests_seen = request.access.limit(Digest.objects.select_related("site"), Permission.VIEW_SUBJECTS)
    page = Paginator(digests_seen, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "worklists/digests.html", {"page": page, "digests": page.object_list})
