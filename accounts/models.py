"""Users, sites, and who has which role where."""

from hashlib import sha256
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.actor import Actor, acting
from accounts.keeping import Acceptance, Session, SignIn, Training  # noqa: F401  Django finds them here
from accounts.roles import ALL_SITES_ROLES, SITE_ROLES, Role
from database.entering import microseconds, proof_of, vouching
from values.times import zones

USERNAME_PATTERN = r"^[a-z0-9][a-z0-9._@+-]{1,79}$"
SITE_CODE_PATTERN = r"^[A-Z0-9]{1,10}$"


class NeverDeleted(Exception):
    """Accounts, sites and memberships end; they do not go, because past entries name them."""


class KeptQuerySet(models.QuerySet[Any]):
    def delete(self) -> NoReturn:
        raise NeverDeleted(f"{self.model._meta.verbose_name_plural} are never deleted")


class KeptUserManager(UserManager["User"].from_queryset(KeptQuerySet)):  # type: ignore[misc]
    """Django's, with user names as they are kept: in small letters."""

    def create_user(self, username: str, *args: Any, **kwargs: Any) -> "User":
        user: User = super().create_user(username.strip().lower(), *args, **kwargs)
        return user


class User(AbstractUser):
    """A person. Suspended is `is_active` False. Rights come from memberships alone."""

    username = models.CharField(
        "user name",
        max_length=80,
        unique=True,
        validators=[RegexValidator(USERNAME_PATTERN, "Small letters, digits and . _ @ + - only, two or more.")],
        error_messages={"unique": "This user name has been given out before; it is never given out twice."},
    )
    # Django's own rights would be a second, untrailed way to give them.
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]
    # Part of what a session is bound to: raised at suspension, so that a reinstated user's old sessions stay dead.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # The trail shows by these, and never by the password itself, who could have set it and that it was set.
    password_link_issued_at = models.DateTimeField(null=True, editable=False)
    password_link_issued_by = models.CharField(max_length=80, blank=True, editable=False)
    password_link_used_at = models.DateTimeField(null=True, editable=False)
    password_changed_at = models.DateTimeField(null=True, editable=False)
    # Since when the user must set up a new second factor, whatever the role asks for, and who took the lost one away.
    factor_reset_at = models.DateTimeField(null=True, editable=False)
    factor_reset_by = models.CharField(max_length=80, blank=True, editable=False)
    # Of which text of the statement; a page compares it without asking for another row.
    statement_version = models.CharField(max_length=64, blank=True, editable=False)
    sessions_ended_at = models.DateTimeField(null=True, editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    # The token by which this user came in a request of the API, which may carry less than the user's rights.
    by_token: "ApiToken | None" = None
    # What the sign-in of a request read along with this user; None for a user who was read for something else.
    memberships_now: "list[Membership] | None" = None

    objects = KeptUserManager()

    class Meta:
        ordering = ("username",)
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_name_once_in_any_case"),
            models.CheckConstraint(condition=Q(username__regex=USERNAME_PATTERN), name="user_name_in_small_letters"),
            models.CheckConstraint(
                condition=Q(is_superuser=False, is_staff=False), name="user_rights_come_from_roles_alone"
            ),
        ]

    @property
    def printed_name(self) -> str:
        return self.get_full_name() or self.username

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.pk])

    def check_password(self, raw_password: str | None) -> bool:
        """Renews a hash of an older strength, as Django does, but with an actor, whom the trail demands."""

        def renew(raw_password: str) -> None:
            self.set_password(raw_password)
            by = Actor(self.pk, self.username, "none", "system")
            with vouching(self.pk), acting(by, reason="password hash renewed", waits=False):
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, renew)

    def get_session_auth_hash(self) -> str:
        return self._bound_to_epoch(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Any:
        return (self._bound_to_epoch(value) for value in super().get_session_auth_fallback_hash())

    def _bound_to_epoch(self, value: str) -> str:
        return salted_hmac("accounts.session_epoch", f"{value}:{self.session_epoch}", algorithm="sha256").hexdigest()

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NeverDeleted(f"user {self.username} can be suspended, not deleted")


def check_time_zone(name: str) -> None:
    if name not in zones():
        raise ValidationError("Choose a time zone by its name, for example Europe/Paris.")


class Site(models.Model):
    """A hospital or practice that treats subjects. A closed site (`is_active` False) takes no new ones."""

    code = models.CharField(
        max_length=10, validators=[RegexValidator(SITE_CODE_PATTERN, "Digits and capital letters only.")]
    )
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=80, blank=True)
    # Times of day at its subjects are those of the clocks on its walls.
    time_zone = models.CharField(max_length=40, default="UTC", validators=[check_time_zone])
    is_active = models.BooleanField("open", default=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="site_code_once", violation_error_message="There is a site with this code."
            ),
            models.CheckConstraint(condition=Q(code__regex=SITE_CODE_PATTERN), name="site_code_capitals_and_digits"),
            models.CheckConstraint(condition=~Q(name=""), name="site_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Membership(models.Model):
    """A user's role, at one site or (no site) at all of them, from `granted_at` until `ended_at`."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True)
    granted_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        ordering = ("user", "role", "site")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "site"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="membership_held_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in SITE_ROLES], site__isnull=False)
                | Q(role__in=[role.value for role in ALL_SITES_ROLES], site__isnull=True),
                name="membership_role_at_its_reach",
                violation_error_message="A site role needs a site; a role at all sites has none.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("granted_at")), name="membership_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        where = self.site.code if self.site else "all sites"
        return f"{self.user.username}: {Role(self.role).label} at {where}"


class TokenScope(models.TextChoices):
    READ = "read", "Read only"
    WRITE = "write", "Read and write"


class ApiToken(models.Model):
    """A user's way into the API without a browser, one at a time. The token itself is shown once and not kept.

    It may do at most what the user may: less where it only reads, is for one role, or for the roles at one site.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="api_token")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    # By mail, once: a new token is told of anew.
    reminded_at = models.DateTimeField(null=True, editable=False)
    scope = models.CharField(max_length=10, choices=TokenScope.choices)
    only_role = models.CharField("role", max_length=20, blank=True, choices=[(role.value, role.label) for role in Role])
    only_site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="site"
    )
    # Shows the database that the site itself made it (database.entering).
    proof = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(scope__in=TokenScope.values), name="token_scope_known")]

    def __str__(self) -> str:
        return f"API token of {self.user.username}"

    def prove(self) -> str:
        """The proof of what the token is now."""
        ends = microseconds(self.expires_at)
        return proof_of("token", self.digest, self.user_id, ends, self.scope, self.only_role, self.only_site_id)

    @staticmethod
    def digest_of(token: str) -> str:
        # No salt, no stretching: unlike a password it is 256 random bits, and it is looked up at every request.
        return sha256(token.encode()).hexdigest()

    def lets(self, role: Role, site_id: int | None) -> bool:
        """Whether the token carries this role of its user."""
        return self.only_role in ("", role) and self.only_site_id in (None, site_id)
