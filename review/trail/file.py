"""The trail as a file: every event that a filter finds, sent while it is read, in memory that does not grow with it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from accounts.access import Access
from audit.models import Event
from review.trail.reading import NOTHING, RowPlaces, readable, what

CHUNK = 1000
HEADER = (
    "event", "time_utc", "user", "role", "channel", "reason", "site", "subject", "form", "form_id", "what", "row",
    "item", "label", "old", "new",
)  # fmt: skip


def trail_file(events: QuerySet[Event], filters: Mapping[str, Any], access: Access) -> Iterator[tuple[Any, ...]]:
    """One row a changed item, newest first; read in pieces of a thousand events."""
    yield HEADER
    for chunk in _chunks(events):
        places = RowPlaces(chunk)
        for event in chunk:
            yield from _lines(event, places, filters.get("item") or "", access)


def _chunks(events: QuerySet[Event]) -> Iterator[list[Event]]:
    """The keys come by a cursor of the server, at one moment; the rows, which are many times larger, piece by piece."""
    keys = events.values_list("pk", flat=True).iterator(chunk_size=10 * CHUNK)
    while some := list(islice(keys, CHUNK)):
        yield list(Event.objects.filter(pk__in=some).order_by("-id"))


def _lines(event: Event, places: RowPlaces, item: str, access: Access) -> Iterator[tuple[Any, ...]]:
    head = (
        event.pk,
        event.at.isoformat(),
        event.actor_name,
        event.role,
        event.channel,
        event.reason,
        places.sites.get(event.site_id or 0, ""),
        places.subjects.get(event.subject_id or 0, ""),
        places.forms.get(event.case_form_id or 0, ""),
        event.case_form_id or "",
        what(event, places),
        event.row_id,
    )
    for change in readable(access, item, places.named, event) or [NOTHING]:
        yield (*head, change.item, change.label, change.old, change.new)
