"""The page of the log of access, for administrator and auditor, and that of the trail's seal."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.access_log import Kind, record_export
from audit.anchors import anchor
from audit.models import AccessEvent, Seal
from audit.reading import found_access
from audit.sealing import unsealed
from audit.spreadsheet import Echo, as_text
from trialsite.days import TypedDayField
from trialsite.numbers import WholeNumberField

PAGE_SIZE = 100


class AccessFilter(forms.Form):
    who = forms.CharField(label="User name", required=False)
    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Any"), *Kind.choices])
    since = TypedDayField(label="From (UTC)", required=False)
    until = TypedDayField(label="To (UTC)", required=False)
    before = WholeNumberField(required=False, widget=forms.HiddenInput)


@require_safe
def access_log(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_ACCESS_LOG)
    form = AccessFilter(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"kind": "none"}
    found = list(found_access(wanted)[: PAGE_SIZE + 1])
    labels = dict(Kind.choices)
    context = {
        "filter": form,
        "events": [(event, labels.get(event.kind, event.kind)) for event in found[:PAGE_SIZE]],
        "older": older_address(request, found),
        "is_first": not wanted.get("before"),
        "export": f"?{request.GET.urlencode()}",
    }
    return render(request, "audit/access_log.html", context)


@require_safe
def access_log_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """Every entry of the filter, sent while it is read."""
    request.access.require(Permission.VIEW_ACCESS_LOG)
    form = AccessFilter(request.GET)
    wanted: dict[str, Any] = form.cleaned_data | {"before": None} if form.is_valid() else {"kind": "none"}
    record_export(request, f"log of access as CSV, filter: {request.GET.urlencode() or 'none'}")
    lines = _lines(found_access(wanted).iterator(chunk_size=2000))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="access-log-{timezone.now():%Y%m%dT%H%M%SZ}.csv"'
    return response


def _lines(events: Iterable[AccessEvent]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(("entry", "time_utc", "user", "what", "detail", "page", "from"))
    for event in events:
        said = (as_text(event.actor_name), event.kind, as_text(event.detail), as_text(event.path))
        yield writer.writerow((event.pk, event.at.isoformat(), *said, event.address))


@require_safe
def trail_seal(request: SignedInRequest) -> HttpResponse:
    """Where the seal of the trail stands, and its anchor to take away."""
    request.access.require(Permission.VIEW_TRAIL)
    last = Seal.objects.defer("ids", "digests").order_by("-number")[:20]
    context = {"blocks": [(block, bytes(block.hash).hex()) for block in last], "waiting": sum(unsealed().values())}
    return render(request, "audit/seal.html", context)


@require_safe
def trail_anchor(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_TRAIL)
    found = anchor()
    if found is None:
        raise Http404
    record_export(request, f"anchor of the trail, block {found['block']}")
    response = HttpResponse(json.dumps(found) + "\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="trail-anchor-{found["block"]}.json"'
    return response


def older_address(request: SignedInRequest, found: list[Any], size: int = PAGE_SIZE) -> str:
    """The address of the page that goes on where this one ends; "" on the last."""
    if len(found) <= size:
        return ""
    parameters = request.GET.copy()
    parameters["before"] = str(found[size - 1].pk)
    return f"?{parameters.urlencode()}"
