"""The page of the trail. It names subjects, forms and items, which the audit app below cannot see."""

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Access, SignedInRequest
from accounts.models import Site
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.deidentified import masked, may_identify
from assessments.models import CaseForm, Lesion, LesionResult
from audit.access_log import record_export
from audit.models import Event
from audit.reading import found_events
from audit.views import older_address
from audit.wording import Change, Named, changes, models_by_table, what
from cohorts.models import Cohort, Subject, Visit
from review.forms import TrailFilter
from review.query_reading import item_label

PAGE_SIZE = 50
FOLDED_FROM = 3
HEADER = (
    "event", "time_utc", "user", "role", "channel", "reason", "site", "subject", "form", "form_id", "what", "row",
    "item", "label", "old", "new",
)  # fmt: skip


@require_safe
def trail(request: SignedInRequest) -> HttpResponse:
    form = TrailFilter(request.GET, request.access)
    wanted = _wanted(form)
    # Who reads figures may follow one down to its record's trail, and no further. Asked of the filter as it was
    # understood: an address may name a form that it is not limited to (form=0).
    right = Permission.VIEW_RECORD_TRAIL if wanted.get("form") else Permission.VIEW_TRAIL
    request.access.require(right)
    found = list(found_events(request.access, wanted, right)[: PAGE_SIZE + 1])
    parameters = request.GET.copy()
    parameters.pop("before", None)
    context = {
        "filter": form,
        "entries": list(_entries(found[:PAGE_SIZE], wanted, request.access)),
        "older": older_address(request, found, PAGE_SIZE),
        "is_first": not wanted.get("before"),
        "newest": f"?{parameters.urlencode()}",
        "export": f"?{parameters.urlencode()}" if request.access.can(Permission.VIEW_TRAIL) else "",
        "about": _about(request, wanted),
    }
    return render(request, "review/trail.html", context)


@require_safe
def trail_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """Every event of the filter, one line a changed item, sent while it is read."""
    request.access.require(Permission.VIEW_TRAIL)
    wanted = _wanted(TrailFilter(request.GET, request.access)) | {"before": None}
    record_export(request, f"trail as CSV, filter: {request.GET.urlencode() or 'none'}")
    places = _Places()
    writer = csv.writer(_Echo())
    events = found_events(request.access, wanted).iterator(chunk_size=2000)
    lines = (writer.writerow(line) for line in _lines(events, places, wanted))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trail-{timezone.now():%Y%m%dT%H%M%SZ}.csv"'
    return response


def _wanted(form: TrailFilter) -> dict[str, Any]:
    """The filter as the trail is read by; a subject is named by its label, and one unknown finds nothing."""
    if not form.is_valid():
        return {"subject_id": -1}
    wanted: dict[str, Any] = form.cleaned_data
    if wanted["subject"]:
        pk = Subject.objects.filter(label__iexact=wanted["subject"].strip()).values_list("pk", flat=True).first()
        wanted["subject_id"] = pk or -1
    return wanted


class _Places:
    """Words for the keys that events carry; of all rows at once for an export, which reads everything."""

    def __init__(self, events: list[Event] | None = None) -> None:
        subjects, forms = Subject.objects.all(), CaseForm.objects.all()
        if events is not None:
            subjects = subjects.filter(pk__in={event.subject_id for event in events})
            forms = forms.filter(pk__in={event.case_form_id for event in events})
        self.subjects = dict(subjects.values_list("pk", "label"))
        self.forms = {pk: CATALOGUE[code].title for pk, code in forms.values_list("pk", "code")}
        self.sites = dict(Site.objects.values_list("pk", "code"))
        self.named = {("cohort_id", cohort.pk): str(cohort) for cohort in Cohort.objects.all()} | {
            ("site_id", pk): code for pk, code in self.sites.items()
        }


def _entries(events: list[Event], wanted: dict[str, Any], access: Access) -> Iterator[dict[str, Any]]:
    """One entry a transaction and actor: what a person did at once stands together."""
    places, rows = _Places(events), _row_names(events)
    for _, together in groupby(events, key=lambda event: (event.transaction, event.actor_name, event.reason)):
        done = list(together)
        first = done[0]
        subject, form = (_only(getattr(event, key) for event in done) for key in ("subject_id", "case_form_id"))
        yield {
            "event": first,
            "role": first.role.replace("_", " "),
            "site": places.sites.get(first.site_id or 0, ""),
            "subject": (subject, places.subjects.get(subject)) if subject in places.subjects else None,
            "form": (form, places.forms.get(form)) if form in places.forms else None,
            "parts": list(_parts(done, partial(_readable, access, wanted.get("item") or "", places.named), rows)),
        }


def _readable(access: Access, item: str, named: Named, event: Event) -> list[Change]:
    """The changes as this reader may see them."""
    found = changes(event, item, named)
    if event.site_id is None or may_identify(access, event.site_id):
        return found
    model = models_by_table().get(event.table_name)
    return [
        change._replace(old=masked(model, change.item, change.old), new=masked(model, change.item, change.new))
        for change in found
    ]


def _parts(
    events: list[Event], readable: Callable[[Event], list[Change]], rows: dict[tuple[str, int], str]
) -> Iterator[dict[str, Any]]:
    """The events of an entry by what they did, each with its row and changes."""
    by_what: dict[str, list[Event]] = {}
    for event in reversed(events):
        by_what.setdefault(what(event), []).append(event)
    for words, alike in by_what.items():
        lines = [(rows.get((event.table_name, event.row_id), ""), readable(event)) for event in alike]
        yield {"what": words, "lines": lines, "is_long": len(lines) > FOLDED_FROM}


def _only(keys: Iterable[int | None]) -> int | None:
    found = {key for key in keys if key is not None}
    return found.pop() if len(found) == 1 else None


def _row_names(events: list[Event]) -> dict[tuple[str, int], str]:
    """The names of the rows that have one, in a statement a table."""
    found: dict[tuple[str, int], str] = {}
    for model, name in ((LesionResult, "lesion__label"), (Lesion, "label"), (Visit, "label")):
        table = model._meta.db_table
        keys = [event.row_id for event in events if event.table_name == table]
        found |= {(table, pk): label for pk, label in model.objects.filter(pk__in=keys).values_list("pk", name)}
    return found


def _about(request: SignedInRequest, wanted: dict[str, Any]) -> dict[str, Any]:
    """What a trail that was opened at a form or an item is about."""
    if not wanted.get("form"):
        return {}
    forms = request.access.limit(CaseForm.objects.all(), Permission.VIEW_RECORD_TRAIL, site="subject__site_id")
    case_form = forms.filter(pk=wanted["form"]).select_related("subject", "visit").first()
    if case_form is None:
        return {}
    item = item_label(case_form.code, wanted["item"]) if wanted["item"] else ""
    visit = case_form.visit.label if case_form.visit else ""
    return {"form": case_form, "title": CATALOGUE[case_form.code].title, "item": item, "visit": visit}


def _lines(events: Iterator[Event], places: _Places, wanted: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    yield HEADER
    for event in events:
        place = (
            places.sites.get(event.site_id or 0, ""),
            places.subjects.get(event.subject_id or 0, ""),
            places.forms.get(event.case_form_id or 0, ""),
            event.case_form_id or "",
        )
        head = (
            event.pk,
            event.at.isoformat(),
            event.actor_name,
            event.role,
            event.channel,
            _safe(event.reason),
            *place,
        )
        for change in changes(event, wanted.get("item") or "", places.named) or [Change("", "", None, None)]:
            yield (*head, what(event), event.row_id, change.item, change.label, _safe(change.old), _safe(change.new))


def _safe(value: str | None) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = value or ""
    is_number = text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number else text


class _Echo:
    """A file that hands each line back, to be sent at once."""

    def write(self, line: str) -> str:
        return line
