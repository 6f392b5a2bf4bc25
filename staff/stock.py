"""Who may do what right now, as a review of access takes it down."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db.models import DateTimeField, Exists, F, Func, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.models import ApiToken, Membership, User
from accounts.second_factor import FACTORS
from audit.models import AccessEvent
from staff.models import AccessLine, AccessReview
from values.dates import shown_date


def taken_down(review: AccessReview) -> list[AccessLine]:
    """A line, not stored yet, for each role that has not ended, and for each user who may sign in without one."""
    users = list(_users())
    roles: dict[int, list[Membership]] = {}
    for held in Membership.objects.filter(ended_at=None).select_related("site"):
        roles.setdefault(held.user_id, []).append(held)
    tokens = {token.user_id: words_of(token) for token in ApiToken.objects.select_related("only_site")}
    return [
        _line(review, user, held, tokens.get(user.pk, ""))
        for user in users
        for held in roles.get(user.pk) or _signs_in(user)
    ]


def words_of(token: ApiToken) -> str:
    narrowed = [token.get_only_role_display()] if token.only_role else []
    narrowed += [f"site {token.only_site.code}"] if token.only_site else []
    return ", ".join([token.get_scope_display(), *narrowed, f"until {shown_date(token.expires_at)}"])


def _users() -> QuerySet[User]:
    held = Membership.objects.filter(user=OuterRef("pk"), ended_at=None)
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    # At whatever site; what the entry says is not read.
    last_entry = Func(F("username"), function="edc.last_entry_of", output_field=DateTimeField())
    # A failed sign-in bears the name too, and no key: it may be anybody's.
    seen = AccessEvent.objects.filter(actor_name=OuterRef("username"), actor_id=OuterRef("pk"))
    last_seen = seen.order_by("-id").values("at")[:1]
    return (
        User.objects.filter(Q(is_active=True) | Exists(held))
        .annotate(
            has_factor=Exists(factors),
            trained_on=Max("trainings__held_on"),
            accepted_at=Max("acceptances__accepted_at"),
            active_at=Greatest(F("last_login"), last_entry, Subquery(last_seen)),
        )
        .order_by("username")
    )


def _signs_in(user: User) -> Iterator[None]:
    if user.is_active:
        yield None


def _line(review: AccessReview, user: User, held: Membership | None, token: str) -> AccessLine:
    copied = ("is_active", "last_login", "active_at", "has_factor", "trained_on", "accepted_at")
    line = AccessLine(review=review, user=user, membership=held, username=user.username, name=user.printed_name)
    for name in copied:
        setattr(line, name, getattr(user, name))
    if held is not None:
        line.role, line.granted_at = held.get_role_display(), held.granted_at
        line.site_code = held.site.code if held.site else ""
    line.token = token
    return line
