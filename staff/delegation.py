"""The log of delegation: who worked in which role at which site from when until when, and who gave and took it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from accounts.access import Access
from accounts.models import Membership
from accounts.roles import Permission
from accounts.scope import EVERYWHERE, showing
from audit.models import Event

TABLE = Membership._meta.db_table


@dataclass(frozen=True, slots=True)
class Delegation:
    """One role of one person, held or ended. The trail says who gave and ended it, and why."""

    held: Membership
    granted_by: str
    ended_by: str
    reason: str


def found_staff(access: Access, wanted: Mapping[str, Any]) -> QuerySet[Membership]:
    """The roles at the user's sites, those at all sites for who sees all. `site`, `role`, `state` (now or past)."""
    found = access.limit(Membership.objects.all(), Permission.VIEW_STAFF)
    if wanted.get("site"):
        found = found.filter(site=wanted["site"])
    if wanted.get("role"):
        found = found.filter(role=wanted["role"])
    if wanted.get("state"):
        found = found.filter(ended_at__isnull=wanted["state"] == "now")
    return (
        found.select_related("user", "site")
        .annotate(trained_on=Max("user__trainings__held_on"), accepted_at=Max("user__acceptances__accepted_at"))
        .order_by("site__code", "role", "user__username", "granted_at")
    )


def delegations(found: Iterable[Membership]) -> Iterator[Delegation]:
    """Costs one statement for all of them."""
    rows = list(found)
    given, ended = _by_whom([held.pk for held in rows])
    for held in rows:
        end = ended.get(held.pk)
        yield Delegation(
            held,
            given[held.pk].actor_name if held.pk in given else "",
            end.actor_name if end and held.ended_at else "",
            end.reason if end and held.ended_at else "",
        )


def _by_whom(keys: list[int]) -> tuple[dict[int, Event], dict[int, Event]]:
    """Of rows that the user may see: an administrator, to whom no site is shown, sees by whom too."""
    with showing(EVERYWHERE):
        events = list(Event.objects.filter(table_name=TABLE, row_id__in=keys).order_by("id"))
    given = {event.row_id: event for event in events if event.action == "insert"}
    ended = {event.row_id: event for event in events if event.action == "update" and (event.new or {}).get("ended_at")}
    return given, ended
