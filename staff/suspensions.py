"""When accounts were suspended, as the trail has it, and whether a role gave access within a period in spite of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Membership, User
from audit.models import Event

EVER = datetime.max.replace(tzinfo=UTC)


class Suspension(NamedTuple):
    """From `since` until `until`, or (None) until now."""

    since: datetime
    until: datetime | None


def suspensions(users: Collection[int]) -> dict[int, list[Suspension]]:
    """By user, in order of time. One statement."""
    turns = Q(action="update", new__has_key="is_active") | Q(action="insert", new__is_active=False)
    # Accounts are of no site: whoever may read the log of delegation is shown when one of them was suspended.
    events = Event.objects.filter(turns, table_name=User._meta.db_table, row_id__in=users).order_by("id")
    by_user: dict[int, list[Suspension]] = defaultdict(list)
    for user, at, is_active in events.values_list("row_id", "at", "new__is_active"):
        spans = by_user[user]
        is_suspended = bool(spans) and spans[-1].until is None
        if is_active and is_suspended:
            spans[-1] = Suspension(spans[-1].since, at)
        elif not is_active and not is_suspended:
            spans.append(Suspension(at, None))
    return by_user


def with_access(
    held: Iterable[Membership], since: datetime | None, until: datetime | None, suspended: dict[int, list[Suspension]]
) -> list[Membership]:
    """The roles that gave access at some moment from `since` to `until`; None is no end on that side."""
    return [
        membership
        for membership in held
        if _had_access(membership, since, until, suspended.get(membership.user_id, ()))
    ]


def _had_access(
    held: Membership, since: datetime | None, until: datetime | None, suspended: Sequence[Suspension]
) -> bool:
    begin = max(held.granted_at, since) if since else held.granted_at
    end = min(held.ended_at or EVER, until or EVER)
    for span in suspended:
        if span.since > begin:
            break
        begin = max(begin, span.until or EVER)
    return begin <= end and begin < EVER
