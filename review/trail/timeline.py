"""The trail and the log of access as one timeline, for whoever may read all of both."""

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import islice
from typing import Any

from accounts.access import Access, SignedInRequest
from accounts.roles import Permission
from audit.access_log import AccessKind
from audit.models import AccessEvent, Event
from audit.reading import found_access, found_events
from review.trail.reading import entries

# What both can be asked for; anything else asks for changes, of which the log of access tells none.
ASKED_OF_BOTH = {"who", "since", "until"}
PAGING = {"before", "before_access", "view"}


def may_see_both(access: Access) -> bool:
    return access.site_ids(Permission.VIEW_TRAIL) is None and access.can(Permission.VIEW_ACCESS_LOG)


def both_shown(request: SignedInRequest, filters: Mapping[str, Any], size: int) -> dict[str, Any]:
    """A page of `size` entries of the trail and lines of the log of access, newest first, and the way on."""
    merged = list(islice(_merged(request.access, filters, size + 1), size + 1))
    page = merged[:size]
    events = [entry for entry in page if isinstance(entry, Event)]
    lines = [entry for entry in page if isinstance(entry, AccessEvent)]
    together = merge(entries(events, filters, request.access), _told(lines), key=_moment, reverse=True)
    return {"entries": list(together), "older": _older(request, events, lines) if len(merged) > size else ""}


def _merged(access: Access, filters: Mapping[str, Any], most: int) -> Iterator[Event | AccessEvent]:
    """Each source in the order of its keys, by which it goes on at the next page."""
    sources: list[Any] = [found_events(access, filters)[:most]]
    if not any(value for name, value in filters.items() if name not in ASKED_OF_BOTH | PAGING):
        of_both = {name: filters.get(name) for name in ASKED_OF_BOTH}
        sources.append(found_access(of_both | {"before": filters.get("before_access")})[:most])
    yield from merge(*sources, key=lambda entry: entry.at, reverse=True)


def _told(lines: list[AccessEvent]) -> Iterator[dict[str, Any]]:
    labels = dict(AccessKind.choices)
    for line in lines:
        yield {"event": line, "access": labels.get(line.kind, line.kind)}


def _moment(entry: dict[str, Any]) -> Any:
    return entry["event"].at


def _older(request: SignedInRequest, events: list[Event], lines: list[AccessEvent]) -> str:
    parameters = request.GET.copy()
    for name, shown in (("before", events), ("before_access", lines)):
        if shown:
            parameters[name] = str(shown[-1].pk)
    return f"?{parameters.urlencode()}"
