"""How allauth signs people in here: no sign-up, one answer to every failure, and every write with its actor."""

import time
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

import django.contrib.auth
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import attempts
from accounts.access import access_for
from accounts.actor import acting
from accounts.factor_reset import notice_of_reset
from accounts.keeping import SignIn
from accounts.middleware import LAST_ACTIVITY, SIGNED_IN_AT
from accounts.models import ApiToken, User
from accounts.password_link import WHOEVER_HAS_IT, notice_of_use
from accounts.sessions import kept_as
from accounts.standing import end_other_ways_in, end_sessions, of_sessions
from database.entering import vouching
from values.dates import shown_date
from values.times import shown_moment

SIGN_IN_FAILED = (
    "Sign-in failed. Check what you entered; after several failed attempts sign-in is blocked for some minutes."
)

PAUSED = "Too many wrong attempts in this session. Wait {seconds:.0f} seconds, then try again."
CHANGED_WITH_PASSWORD = ["password", "password_changed_at", "password_link_used_at", "sessions_ended_at"]


class AccountAdapter(DefaultAccountAdapter):
    attempt: attempts.Attempts | attempts.SignInAttempts
    # One sentence for a wrong password, an unknown or suspended user and a pause: none of them tells who exists.
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": SIGN_IN_FAILED,
        "too_many_login_attempts": SIGN_IN_FAILED,
        "account_inactive": SIGN_IN_FAILED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limited by accounts.attempts: allauth counts by the name alone, and a stranger could shut out its owner."""
        username = credentials.get("username", "")
        try:
            self._begin(request, username)
        except ValidationError:
            # Nobody looks at the password of whoever must wait; the log of access hears of the attempt all the same.
            tried = {"username": username}
            user_login_failed.send(sender=django.contrib.auth.__name__, credentials=tried, request=request)
            raise

    def _begin(self, request: HttpRequest, username: str) -> None:
        if request.user.is_authenticated:
            self.attempt = attempts.in_session(request, "password")
            require_no_pause(self.attempt)
        else:
            self.attempt = attempts.SignInAttempts(request, username)
            if not self.attempt.may_be_tried():
                raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        # allauth would show a suspended user a page of its own.
        if user is None or not user.is_active:
            return None
        self.attempt.succeeded()
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        notices = [notice_of_use(user, user.last_login), notice_of_reset(user, user.last_login)]
        super().login(request, user)
        for notice in filter(None, notices):
            messages.warning(request, notice)
        request.session[SIGNED_IN_AT] = request.session[LAST_ACTIVITY] = time.time()
        self._note_where(request, user)
        self._end_the_oldest(request, user)
        remind_of_token(request, user)

    def _note_where(self, request: HttpRequest, user: User) -> None:
        key = kept_as(request.session.session_key or "")
        SignIn.objects.filter(session_key=key).delete()
        SignIn.objects.create(
            user=user,
            session_key=key,
            address=self._client_address(request),
            browser=request.headers.get("User-Agent", "")[:200],
        )

    def _end_the_oldest(self, request: HttpRequest, user: User) -> None:
        """Of those beside this one, which is not kept yet, as many stay as there may be with it."""
        others = of_sessions(user).exclude(session_key=kept_as(request.session.session_key or ""))
        ended = list(others[max(settings.MOST_SESSIONS - 1, 0) :])
        if ended:
            end_sessions(SignIn.objects.filter(pk__in=[sign_in.pk for sign_in in ended]))
            since = ", ".join(shown_moment(sign_in.at) for sign_in in ended)
            messages.info(
                request,
                f"You may be signed in {settings.MOST_SESSIONS} times at once: your session of {since} was ended.",
            )

    def _client_address(self, request: HttpRequest) -> str | None:
        try:
            return str(self.get_client_ip(request))
        except PermissionDenied:
            return None

    def set_password(self, user: User, password: str) -> None:
        """Whoever knew the one before is out: every other session and the token for the API end with it."""
        user.set_password(password)
        user.password_changed_at = user.sessions_ended_at = timezone.now()
        by, reason = access_for(user).actor(), "password changed"
        at_the_door: AbstractContextManager[None] = nullcontext()
        if self.request.resolver_match.url_name == "account_reset_password_from_key":
            user.password_link_used_at = user.password_changed_at
            by, reason = WHOEVER_HAS_IT, f"password set by the link that {user.password_link_issued_by} issued"
            at_the_door = vouching(None)
        with at_the_door, acting(by, reason=reason, waits=False):
            end_other_ways_in(user, than=kept_as(self.request.session.session_key or ""))
            # These columns alone: a whole row, read before, could undo a suspension.
            user.save(update_fields=CHANGED_WITH_PASSWORD)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Whom a passkey leads here."""
        messages.error(request, SIGN_IN_FAILED)
        return redirect("account_login")


def require_no_pause(attempt: attempts.Attempts) -> None:
    """Begin this attempt of whoever is signed in; ValidationError while it must wait."""
    if seconds := attempt.begin():
        raise ValidationError(PAUSED.format(seconds=max(seconds, 1)))


def remind_of_token(request: HttpRequest, user: User) -> None:
    soon = timezone.now() + timedelta(days=settings.API_TOKEN_REMINDER_DAYS)
    token = ApiToken.objects.filter(user=user, expires_at__lt=soon).first()
    if token:
        messages.warning(
            request, f"Your API token ends on {shown_date(token.expires_at)}. Create a new one on your account page."
        )
