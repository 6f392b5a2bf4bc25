"""The log of delegation and a review of access as rows of a file."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from staff.delegation import Delegation
from staff.models import AccessLine

Row = tuple[Any, ...]
STAFF = ("site", "role", "user", "name", "from_utc", "until_utc", "granted_by", "ended_by", "reason", "last_training")
STAFF += ("statement_signed_utc", "suspended_utc")
LINES = ("user", "name", "role", "site", "since_utc", "may_sign_in", "last_sign_in_utc", "last_active_utc")
LINES += ("second_factor", "last_training", "statement_signed_utc", "api_token")
LINES += ("decision", "reason", "decided_at_utc", "decided_by")


def staff_file(staff: Iterable[Delegation]) -> Iterator[Row]:
    yield STAFF
    for delegation in staff:
        held = delegation.held
        who = (held.site.code if held.site else "", held.role, held.user.username)
        when = (_time(held.granted_at), _time(held.ended_at))
        why = (delegation.granted_by, delegation.ended_by, delegation.reason)
        standing = (held.trained_on, _time(held.accepted_at), _spans(delegation))  # type: ignore[attr-defined]
        yield (*who, held.user.printed_name, *when, *why, *standing)


def _spans(delegation: Delegation) -> str:
    """2026-03-02T08:00:00+00:00/2026-03-09T08:00:00+00:00; with nothing behind the stroke of one that goes on."""
    return " ".join(f"{_time(span.since)}/{_time(span.until)}" for span in delegation.suspended)


def review_file(lines: Iterable[AccessLine]) -> Iterator[Row]:
    yield LINES
    for line in lines:
        who = (line.username, line.name, line.role, line.site_code, _time(line.granted_at))
        seen = (line.is_active, _time(line.last_login), _time(line.active_at), line.has_factor)
        standing = (line.trained_on, _time(line.accepted_at), line.token)
        cells = (line.decision, line.reason, _time(line.decided_at), line.decided_by)
        yield (*who, *seen, *standing, *cells)


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
