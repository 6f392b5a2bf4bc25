"""The trail of one subject as its casebook prints it: each change of each record of the subject, the oldest first."""

from collections.abc import Iterator
from typing import Any

from accounts.access import Access
from accounts.roles import Permission
from audit.models import Event
from audit.wording import Change
from cohorts.models import Subject
from review.trail.reading import lines
from signature.manifest import in_utc

# A PDF is set as a whole, in memory: these take some 400 MB and ten seconds.
MOST = 6_000
AT_ONCE = 1000


class TooMany(Exception):
    """The words are for whoever asked."""


def trail_of(subject: Subject, access: Access) -> list[dict[str, str]]:
    """An entry for each event: when, who, what and the changes, as this reader may see them. Raises TooMany."""
    events = access.limit(Event.objects.filter(subject_id=subject.pk), Permission.DOWNLOAD_WITH_TRAIL).order_by("id")
    keys = list(events.values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        raise TooMany(
            f"The trail of subject {subject.label} has more than {MOST:,} entries, too many for one PDF."
            " Take the casebook without it, and the trail of the subject as CSV."
        )
    return list(_entries(keys, access))


def _entries(keys: list[int], access: Access) -> Iterator[dict[str, str]]:
    for start in range(0, len(keys), AT_ONCE):
        events = list(Event.objects.filter(pk__in=keys[start : start + AT_ONCE]).order_by("id"))
        for line in lines(events, {}, access):
            yield _entry(line)


def _entry(line: dict[str, Any]) -> dict[str, str]:
    event, (form, title) = line["event"], line["form"]
    role = f"{line['role']}, " if line["role"] else ""
    reason = [f"Reason: {event.reason}"] if event.reason else []
    changes = "; ".join(_words(change) for change in line["changes"] if change.label)
    return {
        "at": in_utc(event.at),
        "who": f"{event.actor_name} ({role}by {event.channel})",
        "what": " ".join(filter(None, (line["what"], line["row"]))),
        "about": f" ({title}, form {form}), entry {event.pk}" if title else f", entry {event.pk}",
        "words": "".join(f"\n{part}" for part in (changes, *reason) if part),
    }


def _words(change: Change) -> str:
    if change.old is None:
        return f"{change.label}: {change.new}"
    return f"{change.label}: {change.old} → {'empty' if change.new is None else change.new}"
