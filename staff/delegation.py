"""The log of delegation: who worked in which role at which site from when until when, and who gave and took it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Q, QuerySet

from accounts.access import Access
from accounts.models import Membership, Site
from accounts.roles import Permission
from staff.suspensions import Suspension, suspensions, with_access


class RoleChange(NamedTuple):
    """What the trail says of a change to a role."""

    row_id: int
    action: str
    actor_name: str
    reason: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Delegation:
    """One role of one person, held or ended. The trail says who gave and ended it, why, and when it was suspended."""

    held: Membership
    granted_by: str
    ended_by: str
    reason: str
    suspended: tuple[Suspension, ...] = ()


def found_staff(access: Access, filters: Mapping[str, Any]) -> QuerySet[Membership]:
    """The roles at the user's sites and those at all sites: both give access there.

    `site`, `role`, `state` (now or past); from `since` to `until` (aware moments) those that gave access at
    some moment of it: begun, not ended, the account not suspended.
    """
    sites = access.limit(Site.objects.all(), Permission.VIEW_STAFF, site="pk")
    of_sites = Q(site=filters["site"]) if filters.get("site") else Q(site__in=sites)
    memberships = Membership.objects.filter(of_sites | Q(site=None))
    if filters.get("since") or filters.get("until"):
        memberships = memberships.filter(pk__in=_of_period(memberships, filters.get("since"), filters.get("until")))
    if filters.get("role"):
        memberships = memberships.filter(role=filters["role"])
    if filters.get("state"):
        memberships = memberships.filter(ended_at__isnull=filters["state"] == "now")
    return (
        memberships.select_related("user", "site")
        .annotate(trained_on=Max("user__trainings__held_on"), accepted_at=Max("user__acceptances__accepted_at"))
        .order_by("site__code", "role", "user__username", "granted_at")
    )


def _of_period(memberships: QuerySet[Membership], since: datetime | None, until: datetime | None) -> list[int]:
    rows = list(memberships.order_by())
    return [held.pk for held in with_access(rows, since, until, suspensions({held.user_id for held in rows}))]


def delegations(memberships: Iterable[Membership]) -> Iterator[Delegation]:
    """Costs two statements for all of them."""
    rows = list(memberships)
    given, ended = _by_whom([held.pk for held in rows])
    suspended = suspensions({held.user_id for held in rows})
    for held in rows:
        end = ended.get(held.pk)
        yield Delegation(
            held,
            given[held.pk].actor_name if held.pk in given else "",
            end.actor_name if end and held.ended_at else "",
            end.reason if end and held.ended_at else "",
            tuple(_within(held, suspended.get(held.user_id, ()))),
        )


def _within(held: Membership, spans: Iterable[Suspension]) -> Iterator[Suspension]:
    """Those that reach into the time of the role."""
    for span in spans:
        if (span.until is None or span.until > held.granted_at) and not (held.ended_at and span.since > held.ended_at):
            yield span


def _by_whom(keys: list[int]) -> tuple[dict[int, RoleChange], dict[int, RoleChange]]:
    """Of rows that the user may see: an administrator, to whom no site is shown, sees by whom too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_id, action, actor_name, reason, ends FROM edc.entries_of_roles(%s)", [keys])
        events = [RoleChange(*row) for row in cursor.fetchall()]
    given = {event.row_id: event for event in events if event.action == "insert"}
    ended = {event.row_id: event for event in events if event.action == "update" and event.ends}
    return given, ended
