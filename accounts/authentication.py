"""The API's ways in: the same user, suspension and steps before as on the pages."""

from typing import Any

from django.utils import timezone
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import admission
from accounts.access import access_for
from accounts.models import ApiToken, TokenScope, User
from accounts.throttling import GuessThrottle
from database.entering import by_token, enter


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate(self, request: Request) -> Any:
        return _admitted(super().authenticate(request), request)


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token ...`. A suspended user's token is as unknown as any other."""

    def authenticate(self, request: Request) -> Any:
        self.request = request
        return _admitted(super().authenticate(request), request)

    def _require_patience(self) -> None:
        """Who guesses waits as any stranger does. Not who has a token: a hospital's programs have one address."""
        throttle = GuessThrottle()
        if not throttle.allow_request(self.request, None):  # type: ignore[arg-type]
            raise Throttled(throttle.wait())

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        enter(by_token(key))
        known = ApiToken.objects.select_related("user").filter(user__is_active=True, expires_at__gt=timezone.now())
        token = known.filter(digest=ApiToken.digest_of(key)).first()
        if token is None:
            self._require_patience()
            raise AuthenticationFailed("Invalid token.")
        # Access reads it, wherever it meets this user in the request.
        token.user.by_token = token
        return token.user, token


def _admitted(authenticated: Any, request: Request) -> Any:
    if not authenticated:
        return authenticated
    user, token = authenticated
    step = admission.next_step(user, access_for(user))
    if step:
        raise PermissionDenied(step.refusal, code=step.code)
    if token is not None and token.scope == TokenScope.READ and request.method not in SAFE_METHODS:
        raise PermissionDenied("This token only reads.", code="token_only_reads")
    return authenticated
