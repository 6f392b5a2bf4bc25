"""The log of delegation and a review of access as CSV."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime

from audit.spreadsheet import Echo, as_text
from staff.delegation import Delegation
from staff.models import AccessLine

STAFF = ("site", "role", "user", "name", "from_utc", "until_utc", "granted_by", "ended_by", "reason", "last_training")
STAFF += ("statement_signed_utc",)
LINES = ("user", "name", "role", "site", "since_utc", "may_sign_in", "last_sign_in_utc", "last_active_utc")
LINES += ("second_factor", "last_training", "statement_signed_utc", "api_token")
LINES += ("decision", "reason", "decided_at_utc", "decided_by")


def staff_file(found: Iterable[Delegation]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(STAFF)
    for one in found:
        held = one.held
        who = (held.site.code if held.site else "", held.role, as_text(held.user.username))
        when = (_time(held.granted_at), _time(held.ended_at))
        why = (as_text(one.granted_by), as_text(one.ended_by), as_text(one.reason))
        row = (*who, as_text(held.user.printed_name), *when, *why, held.trained_on, _time(held.accepted_at))  # type: ignore[attr-defined]
        yield writer.writerow(row)


def review_file(lines: Iterable[AccessLine]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(LINES)
    for line in lines:
        who = (as_text(line.username), as_text(line.name), line.role, line.site_code, _time(line.granted_at))
        seen = (line.is_active, _time(line.last_login), _time(line.active_at), line.has_factor)
        standing = (line.trained_on, _time(line.accepted_at), line.token)
        said = (line.decision, as_text(line.reason), _time(line.decided_at), as_text(line.decided_by))
        yield writer.writerow((*who, *seen, *standing, *said))


def _time(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
