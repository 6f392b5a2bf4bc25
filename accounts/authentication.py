"""The API's ways in: the same user, suspension and second factor as on the pages."""

from typing import Any

from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts import second_factor
from accounts.access import access_for
from accounts.models import ApiToken, User


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate(self, request: Request) -> Any:
        return _with_second_factor(super().authenticate(request))


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token ...`. A suspended user's token is as unknown as any other."""

    def authenticate(self, request: Request) -> Any:
        return _with_second_factor(super().authenticate(request))

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        digest = ApiToken.digest_of(key)
        token = ApiToken.objects.select_related("user").filter(digest=digest, user__is_active=True).first()
        if token is None:
            raise AuthenticationFailed("Invalid token.")
        return token.user, token


def _with_second_factor(found: Any) -> Any:
    if found and second_factor.is_missing(access_for(found[0])):
        raise PermissionDenied("Set up a second factor on the account page first.", code="second_factor_missing")
    return found
