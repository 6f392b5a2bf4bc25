"""The page of the log of access, for administrator and auditor, and that of the seal and what was verified."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.filters import CodeField
from accounts.roles import Permission
from audit.access_log import AccessKind
from audit.anchors import anchor
from audit.file_check import FileCheckForm, known_since, taken
from audit.files import csv_response, file_response, stamped
from audit.models import AccessEvent, Seal, Whole
from audit.reading import NO_USER, found_access, was_at_the_door
from audit.sealing import unsealed
from audit.wholes import VerificationUnderWay, ask_to_verify, last_of_each
from components.days import TypedMomentField, in_order
from components.emptiness import Emptiness
from components.filtering import wanted_of
from components.numbers import TypedWholeNumberField
from components.pages import require_get_or_post

PAGE_SIZE = 100
# What names where a page of a log begins.
PAGING = ("before", "before_access")
# The pages whose filter can be taken off.
LOGS = ("access_log", "trail")


class AccessFilter(forms.Form):
    who = CodeField(label="User name", required=False, known=was_at_the_door, what=NO_USER)
    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Any"), *AccessKind.choices])
    since = TypedMomentField(label="From", required=False)
    until = TypedMomentField(label="To", required=False, ends=True)
    before = TypedWholeNumberField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        in_order(self, values)
        return values


@require_safe
def access_log(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_ACCESS_LOG)
    form = AccessFilter(request.GET)
    filters = wanted_of(form, request.GET)
    entries = list(found_access(filters)[: PAGE_SIZE + 1])
    labels = dict(AccessKind.choices)
    context = {
        "filter": form,
        "events": [(event, labels.get(event.kind, event.kind)) for event in entries[:PAGE_SIZE]],
        "older": older_address(request, entries),
        "is_first": not filters.get("before"),
        "export": f"?{request.GET.urlencode()}",
        "empty": empty_log(request, filters),
    }
    return render(request, "audit/access_log.html", context)


def empty_log(request: SignedInRequest, filters: Mapping[str, Any], at: str = "") -> Emptiness:
    """Of a log that is read from its newest entry on: nobody counts it for the sentence."""
    is_older = any(filters.get(name) for name in PAGING)
    return Emptiness(
        nothing_to_do="No entry is older." if is_older else f"Nothing was recorded{at} yet.",
        is_filtered=any(value for name, value in filters.items() if name not in (*PAGING, "view")),
        all_of_it=request.path if request.resolver_match.url_name in LOGS else "",
        title="No older entries" if is_older else "No entries",
    )


@require_safe
def access_log_csv(request: SignedInRequest) -> HttpResponseBase:
    """Every entry of the filter, sent while it is read."""
    request.access.require(Permission.VIEW_ACCESS_LOG)
    filters = wanted_of(AccessFilter(request.GET), request.GET) | {"before": None}
    what = f"log of access as CSV, filter: {request.GET.urlencode() or 'none'}"
    lines = _lines(found_access(filters).iterator(chunk_size=2000))
    return csv_response(request, what, lines, stamped("access-log"))


def _lines(events: Iterable[AccessEvent]) -> Iterator[tuple[Any, ...]]:
    yield "entry", "time_utc", "user", "what", "detail", "page", "from", "file_name", "sha256", "bytes"
    for event in events:
        cells = (event.actor_name, event.kind, event.detail, event.path)
        yield event.pk, event.at.isoformat(), *cells, event.address, event.file_name, event.sha256, event.size


@require_get_or_post
def file_check(request: SignedInRequest) -> HttpResponse:
    """A file is posted, and nothing is changed: what is known of it stands in the answer."""
    request.access.require(Permission.VERIFY_FILES)
    if request.method != "POST":
        return render(request, "audit/file_check.html", {"form": FileCheckForm()})
    form = FileCheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "audit/file_check.html", {"form": form}, status=422)
    return render(request, "audit/file_check.html", {"form": form, **_known_of(**form.cleaned_data)})


def _known_of(file: UploadedFile | None, sha256: str) -> dict[str, Any]:
    events = list(taken(sha256)[:PAGE_SIZE])
    labels = dict(AccessKind.choices)
    return {
        "name": file.name if file else "",
        "size": file.size if file else None,
        "sha256": sha256,
        "events": [(event, labels[event.kind]) for event in events],
        "whole": any(event.kind != AccessKind.BROKEN_OFF for event in events),
        "since": known_since(),
    }


@require_safe
def trail_seal(request: SignedInRequest) -> HttpResponse:
    """Where the seal of the trail stands, and its anchor to take away."""
    request.access.require(Permission.VIEW_TRAIL)
    last = Seal.objects.defer("ids", "digests").order_by("-number")[:20]
    context = {
        "blocks": [(block, bytes(block.hash).hex()) for block in last],
        "waiting": unsealed(),
        **_verified(request),
    }
    return render(request, "audit/seal.html", context)


def _verified(request: SignedInRequest) -> dict[str, Any]:
    """The last verification of each whole, for whoever may ask for one."""
    may = request.access.can(Permission.VERIFY_WHOLES)
    last = {verification.of: verification for verification in last_of_each()} if may else {}
    return {"may_verify": may, "wholes": [(whole, last.get(whole.value)) for whole in Whole]}


@require_safe
def verified(request: SignedInRequest) -> HttpResponse:
    """How far the verifications are, asked for again while one is under way."""
    request.access.require(Permission.VERIFY_WHOLES)
    return render(request, "audit/verified.html", _verified(request))


@require_POST
def verify_whole(request: SignedInRequest, of: str) -> HttpResponse:
    request.access.require(Permission.VERIFY_WHOLES)
    if of not in Whole.values:
        raise Http404
    try:
        ask_to_verify(Whole(of), request.access.actor(permission=Permission.VERIFY_WHOLES))
    except VerificationUnderWay:
        messages.info(request, f"{Whole(of).label}: being verified already.")
    return redirect("trail_seal")


@require_safe
def trail_anchor(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_TRAIL)
    newest = anchor()
    if newest is None:
        raise Http404
    what = f"anchor of the trail, block {newest['block']}"
    content = (json.dumps(newest) + "\n").encode()
    return file_response(request, what, content, f"trail-anchor-{newest['block']}.json", "application/json")


def older_address(request: SignedInRequest, entries: list[Any], size: int = PAGE_SIZE) -> str:
    """The address of the page that goes on where this one ends; "" on the last."""
    if len(entries) <= size:
        return ""
    parameters = request.GET.copy()
    parameters["before"] = str(entries[size - 1].pk)
    return f"?{parameters.urlencode()}"
