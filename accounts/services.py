"""Everything that changes accounts. Each verb is one transaction by `by`; a broken rule is a ValidationError."""

from collections.abc import Sequence
from datetime import date, timedelta
from secrets import token_urlsafe

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.keeping import Training
from accounts.models import ApiToken, Membership, Site, TokenScope, User
from accounts.password_link import password_link, tell_of_new_address
from accounts.roles import ROLES, Role


def create_user(
    *,
    username: str,
    by: Actor,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    password: str | None = None,
    reason: str = "",
) -> User:
    """Without a password the account waits for its owner, who sets one by the link of `issue_password_link`."""
    user = User(username=username.strip().lower(), first_name=first_name, last_name=last_name, email=email)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    with acting(by, reason=reason, waits=False):
        user.save()
    return user


def add_person(
    *, by: Actor, role: str = "", sites: Sequence[Site] = (), course: str = "", held_on: date | None = None, **who: str
) -> User:
    """The account with its role, at each of the sites where it is a site's, and its training: all or nothing."""
    with acting(by, waits=False):
        user = create_user(**who, by=by)
        places: list[Site | None] = [*sites] or [None]
        for site in places if role else ():
            grant_membership(user=user, role=Role(role), site=site, by=by)
        if held_on:
            record_training(user=user, course=course, held_on=held_on, by=by)
    return user


def record_training(*, user: User, course: str, held_on: date, by: Actor) -> Training:
    if held_on > timezone.localdate():
        raise ValidationError({"held_on": "The date of the training is in the future."})
    with acting(by, reason="training recorded", waits=False):
        return Training.objects.create(user=user, course=course.strip(), held_on=held_on, recorded_by=by.name)


def correct_person(*, user: User, first_name: str, last_name: str, email: str, by: Actor, reason: str) -> None:
    """Name and address from now on. What was signed keeps the name that was printed; an unused password link ends."""
    before = user.email
    with acting(by, reason=reason, waits=False):
        user.first_name, user.last_name, user.email = first_name, last_name, email
        user.full_clean()
        user.save(update_fields=["first_name", "last_name", "email"])
        if before != email:
            transaction.on_commit(lambda: tell_of_new_address(user, before, by.name), robust=True)


def issue_password_link(*, user: User, by: Actor) -> str:
    """The path by which the user sets a new password, once, within PASSWORD_RESET_TIMEOUT.

    What makes it good stands behind a #, which a browser sends to nobody: no log of a server on the way has it.
    """
    with acting(by, reason="password link issued", waits=False):
        user.password_link_issued_at, user.password_link_issued_by = timezone.now(), by.name
        user.save(update_fields=["password_link_issued_at", "password_link_issued_by"])
    key = password_link.make_token(user)
    return f"{reverse('password_link')}#{user_pk_to_url_str(user)}-{key}"


def suspend_user(*, user: User, by: Actor, reason: str) -> None:
    """Ends every session at once, for good, and destroys the token; roles stay, for a return."""
    with acting(by, reason=reason, waits=False):
        if user.pk == by.user_id:
            raise ValidationError("You cannot suspend your own account: ask another administrator.")
        _keep_an_administrator(without=user)
        User.objects.filter(pk=user.pk).update(is_active=False, session_epoch=F("session_epoch") + 1)
        ApiToken.objects.filter(user=user).delete()
    user.refresh_from_db()


def reinstate_user(*, user: User, by: Actor, reason: str) -> None:
    with acting(by, reason=reason, waits=False):
        User.objects.filter(pk=user.pk).update(is_active=True, left_at=None)
    user.refresh_from_db()


def grant_membership(*, user: User, role: Role, by: Actor, site: Site | None = None, reason: str = "") -> Membership:
    with acting(by, reason=reason, waits=False):
        # Two roles given at the same moment must see each other.
        User.objects.select_for_update().get(pk=user.pk)
        _same_side_as_before(user, role)
        membership = Membership(user=user, role=role, site=site)
        membership.full_clean(exclude=["granted_at"])
        membership.save()
    return membership


def revoke_membership(*, membership: Membership, by: Actor, reason: str) -> None:
    with acting(by, reason=reason, waits=False):
        if membership.role == Role.ADMINISTRATOR:
            _keep_an_administrator(without=membership.user)
        # The database's clock, as for the start.
        Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=Now())
    membership.refresh_from_db()


def create_site(
    *, code: str, name: str, by: Actor, country: str = "", time_zone: str = "UTC", reason: str = ""
) -> Site:
    site = Site(code=code.strip().upper(), name=name.strip(), country=country.strip(), time_zone=time_zone)
    site.full_clean()
    with acting(by, reason=reason, waits=False):
        site.save()
    return site


def close_site(*, site: Site, by: Actor, reason: str) -> None:
    """Takes no new subjects from now on; who works there goes on with those who are in."""
    _open_or_close(site, False, by, reason)


def reopen_site(*, site: Site, by: Actor, reason: str) -> None:
    _open_or_close(site, True, by, reason)


def _open_or_close(site: Site, is_active: bool, by: Actor, reason: str) -> None:
    with acting(by, reason=reason, waits=False):
        site.is_active = is_active
        site.save(update_fields=["is_active"])


def create_token(
    *,
    user: User,
    by: Actor,
    scope: str = TokenScope.WRITE,
    role: str = "",
    site: Site | None = None,
    days: int | None = None,
) -> str:
    """A new token for the API, to be shown once; the one before stops working.

    `role` and `site` narrow it to what the user holds; `days` is how long it lives, API_TOKEN_DAYS where none is said.
    """
    days = days or settings.API_TOKEN_DAYS
    if days > settings.API_TOKEN_MOST_DAYS:
        raise ValidationError({"days": f"A token lives for {settings.API_TOKEN_MOST_DAYS} days at most."})
    token = token_urlsafe(32)
    made = ApiToken(user=user, digest=ApiToken.digest_of(token), scope=scope, only_role=role, only_site=site)
    made.expires_at = timezone.now() + timedelta(days=days)
    made.proof = made.prove()
    held = Membership.objects.filter(user=user, ended_at=None).values_list("role", "site_id")
    if (role or site) and not any(made.lets(Role(held_role), site_id) for held_role, site_id in held):
        raise ValidationError("You hold no such role there, so a token cannot either.")
    with acting(by, reason="API token created", waits=False):
        ApiToken.objects.filter(user=user).delete()
        made.save()
    return token


def revoke_token(*, user: User, by: Actor) -> None:
    with acting(by, reason="API token revoked", waits=False):
        ApiToken.objects.filter(user=user).delete()


def _same_side_as_before(user: User, role: Role) -> None:
    for held in Membership.objects.filter(user=user, ended_at=None).values_list("role", flat=True):
        if ROLES[Role(held)].side != ROLES[role].side:
            raise ValidationError(
                f"{user.username} is {Role(held).label} and cannot be {role.label} too: who records data never checks"
                " it, and who gives out rights sees none."
            )


def _keep_an_administrator(*, without: User) -> None:
    left = Membership.objects.select_for_update(of=("self", "user")).filter(
        role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True
    )
    if {membership.user_id for membership in left.select_related("user")} == {without.pk}:
        raise ValidationError(f"{without.username} is the last administrator; appoint another one first.")
