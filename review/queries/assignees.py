"""To whom a query is assigned. Files, pages and the API name a user by the user name, a role as `role:monitor`."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from accounts.access import Access
from accounts.models import Membership
from accounts.roles import Role
from review.models import ASSIGNABLE, Query

ROLE = "role:"


@dataclass(frozen=True)
class Assignee:
    """A user, a role at the query's site, or nobody; `words` as the thread has them."""

    user_id: int | None = None
    role: str = ""
    words: str = "unassigned"

    @property
    def step(self) -> str:
        """What the thread says of the assignment."""
        return "Unassigned." if self == NOBODY else f"To {self.words}."


NOBODY = Assignee()


class Assignees:
    """Who can be given queries at these sites (None: at all of them), read in one statement."""

    def __init__(self, site_ids: Collection[int] | None) -> None:
        self.site_ids = site_ids

    @cached_property
    def _people(self) -> dict[str, tuple[Assignee, set[int | None]]]:
        held = Membership.objects.filter(ended_at=None, user__is_active=True, role__in=ASSIGNABLE)
        if self.site_ids is not None:
            held = held.filter(Q(site__in=self.site_ids) | Q(site=None))
        people: dict[str, tuple[Assignee, set[int | None]]] = {}
        for membership in held.select_related("user").order_by("user__username"):
            user = membership.user
            words = f"{user.printed_name} ({user.username})"
            people.setdefault(user.username, (Assignee(user.pk, words=words), set()))[1].add(membership.site_id)
        return people

    def named(self, name: str, site_id: int) -> Assignee | None:
        """Nobody for "", None for whoever has no part in the queries of that site."""
        if not name:
            return NOBODY
        if name.startswith(ROLE):
            role = name.removeprefix(ROLE)
            return Assignee(role=role, words=f"the {Role(role).label}") if role in ASSIGNABLE else None
        known = self._people.get(name.lower())
        return known[0] if known and known[1] & {site_id, None} else None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(name, words), the roles first."""
        roles = [(f"{ROLE}{role.value}", f"Role: {role.label}") for role in ASSIGNABLE]
        return roles + [(name, assignee.words) for name, (assignee, _) in self._people.items()]


def of_user(access: Access) -> Q:
    """The queries that are the user's turn, in person or by a role."""
    mine = Q(assigned_to=access.user.pk)
    for role, site_id in access.held:
        at = Q() if site_id is None else Q(subject__site=site_id)
        mine |= Q(assigned_role=role.value) & at
    return mine


def words_of(query: Query) -> str:
    """To whom it is assigned, "" for nobody."""
    if query.assigned_to_id:
        return query.assigned_to.printed_name if query.assigned_to else ""
    return str(query.get_assigned_role_display()).capitalize()


def name_of(query: Query) -> str:
    """As files and the API name it."""
    if query.assigned_to_id:
        return query.assigned_to.username if query.assigned_to else ""
    return f"{ROLE}{query.assigned_role}" if query.assigned_role else ""
