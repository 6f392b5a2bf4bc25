"""Who may do what where: the one place that decides, for pages, API, files and the trail alike."""

import logging
from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest

from accounts.actor import SYSTEM, Actor
from accounts.models import Membership, User
from accounts.roles import ROLES, Permission, Role
from database.prepared import Prepared

__all__ = ["SYSTEM", "Access", "Actor", "SignedInRequest", "access_for", "landing", "on_refusal"]

logger = logging.getLogger(__name__)
M = TypeVar("M", bound=Model)


def _log_refusal(access: "Access", permission: Permission, site_id: int | None, stranger: bool) -> None:
    logger.warning("refused: user=%s permission=%s site=%s stranger=%s", access.user, permission, site_id, stranger)


# The audit app, which this one cannot import, puts its own writer here when it starts.
on_refusal: Callable[["Access", Permission, int | None, bool], None] = _log_refusal


def _nothing_newer(key: int | None) -> None:
    """Without the cohorts there is no protocol to go by."""


# The cohorts app puts its own here when it starts: it is told which protocol is in force each time that roles are read.
on_protocol: Callable[[int | None], None] = _nothing_newer

# Of no kind, which Django would convert.
IN_FORCE = RawSQL("(SELECT max(id) FROM protocol_inforce)", [], Field())
LIVE = RawSQL("(EXISTS (SELECT FROM cohorts_trialgolive))", [], Field())
HELD = Prepared(
    lambda user: (
        Membership.objects.filter(user=user, ended_at=None)
        .select_related("site")
        .annotate(protocol=IN_FORCE, live=LIVE)
        .order_by()
    )
)


class Access:
    """What one user may do. Asks the database once, at the first question; a suspended user may do nothing."""

    def __init__(self, user: User | AnonymousUser) -> None:
        self.user = user

    @cached_property
    def held(self) -> list[tuple[Role, int | None]]:
        """(role, site or None for all sites), in the order of the roles' weight."""
        held = [(Role(membership.role), membership.site_id) for membership in self._memberships]
        for membership in self._memberships[:1]:
            on_protocol(membership.protocol)  # type: ignore[attr-defined]
        token = getattr(self.user, "by_token", None)
        return sorted((pair for pair in held if token is None or token.lets(*pair)), key=_weight)

    @cached_property
    def _memberships(self) -> list[Membership]:
        if not self.user.is_active:
            return []
        return HELD.all(self.user.pk) if self.user.memberships_now is None else self.user.memberships_now  # type: ignore[return-value]

    @property
    def is_trial_live(self) -> bool:
        """Whether the trial takes real subjects; whoever has no role is not told of it."""
        return all(membership.live for membership in self._memberships[:1])  # type: ignore[attr-defined]

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone of all sites where the user has a role; None for several, and for roles at all sites."""
        zones = {membership.site.time_zone if membership.site else "" for membership in self._memberships}
        return ZoneInfo(zones.pop()) if len(zones) == 1 and "" not in zones else None

    @property
    def roles(self) -> set[Role]:
        return {role for role, _ in self.held}

    def can(self, permission: Permission, site_id: int | None = None) -> bool:
        """At that site; without a site: anywhere."""
        return bool(self._roles_for(permission, site_id))

    def site_ids(self, permission: Permission) -> frozenset[int] | None:
        """The sites at which the permission holds; None is all of them, an empty set none."""
        sites = {site_id for role, site_id in self.held if permission in ROLES[role].permissions}
        return None if None in sites else frozenset(site_id for site_id in sites if site_id is not None)

    def limit(self, queryset: QuerySet[M], permission: Permission, site: str = "site_id") -> QuerySet[M]:
        """The rows at the user's sites; `site` is the lookup that leads from a row to its site's key."""
        site_ids = self.site_ids(permission)
        return queryset if site_ids is None else queryset.filter(**{f"{site}__in": site_ids})

    def require(self, permission: Permission, site_id: int | None = None) -> None:
        """Http404 for a stranger to the site, PermissionDenied for one who may look but not do this."""
        if self.can(permission, site_id):
            return
        stranger = site_id is not None and not self.can(Permission.VIEW_SUBJECTS, site_id)
        on_refusal(self, permission, site_id, stranger)
        if stranger:
            raise Http404
        raise PermissionDenied(f"This needs the right to {permission.value.replace('_', ' ')}.")

    def load(self, queryset: QuerySet[M], permission: Permission, *, site: str = "site_id", **lookup: Any) -> M:
        """The one row, if the user may do this at its site; refused as by `require` (a row that is not there: 404)."""
        row = queryset.filter(**lookup).first()
        return self._admitted(row, permission, site, queryset.model, lookup.get("pk"))

    def read(self, prepared: Prepared[M], permission: Permission, *keys: int, site: str = "site_id") -> M:
        """As `load`, by a statement that was built once."""
        return self._admitted(prepared.first(*keys), permission, site, prepared.model, keys[-1])

    def _admitted(self, row: M | None, permission: Permission, site: str, model: type[M], key: Any) -> M:
        """What the database does not show may be another site's: that is a refusal too, and goes to the log."""
        site_id = _site_of(model, key) if row is None else attrgetter(site.replace("__", "."))(row)
        if row is not None or (site_id is not None and not self.can(Permission.VIEW_SUBJECTS, site_id)):
            self.require(permission, site_id)
        if row is None:
            raise Http404
        return row

    def actor(self, site_id: int | None = None, channel: str = "screen", permission: Permission | None = None) -> Actor:
        """The user in the weightiest role at that site (that gives `permission`, where one is named)."""
        roles = self._roles_for(permission, site_id)
        return Actor(self.user.pk, self.user.get_username(), roles[0].value if roles else "none", channel)

    def _roles_for(self, permission: Permission | None, site_id: int | None) -> list[Role]:
        return [
            role
            for role, at in self.held
            if (permission is None or permission in ROLES[role].permissions)
            and (site_id is None or at in (None, site_id))
        ]


class SignedInRequest(HttpRequest):
    """What the middleware hands to a view; for annotations alone."""

    access: Access
    user: User


def access_for(user: User | AnonymousUser) -> Access:
    return Access(user)


def landing(access: Access) -> str:
    """The URL name of the page where the user's work begins; without a role it is their account."""
    return next((ROLES[role].landing for role, _ in access.held), "account")


def _site_of(model: type[Model], key: Any) -> int | None:
    """Of a row that is not shown; None for one that is not there, or of no site."""
    if isinstance(key, int) and key.bit_length() > 63:
        return None  # no row can have it, nor the database take it
    with connection.cursor() as cursor:
        cursor.execute("SELECT edc.site_of(%s, %s)", [model._meta.db_table, key])
        site_id: int | None = cursor.fetchone()[0]
    return site_id


def _weight(held: tuple[Role, int | None]) -> tuple[int, int]:
    return list(Role).index(held[0]), held[1] or 0
