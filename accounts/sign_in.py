"""The pages of allauth that are open here; one that is not listed does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, re_path

from accounts.actor import Actor, acting
from accounts.opening import PasswordIsSet, SetPassword, open_link
from database.entering import vouching

View = Callable[..., HttpResponseBase]
SOMEBODY_SIGNING_IN = Actor(None, "sign-in", "none", "screen")


def recorded(view: View) -> View:
    """allauth writes by itself: what it writes here is the user's, and during sign-in nobody's yet."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = request.user.is_authenticated
        if known:
            with acting(request.access.actor(), reason="second factor", waits=False):  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)
        with vouching(None), acting(SOMEBODY_SIGNING_IN, reason="second factor", waits=False):
            return view(request, *args, **kwargs)

    return wrapper


urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/new/", open_link, name="password_link"),
    # The key itself waits in the session; an address that carries one is no address here.
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>set-password)/$",
        SetPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/new/done/", PasswordIsSet.as_view(), name="account_reset_password_from_key_done"),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", recorded(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", recorded(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", recorded(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", recorded(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recorded(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        recorded(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recorded(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", recorded(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", recorded(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/", recorded(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("2fa/webauthn/keys/<int:pk>/remove/", recorded(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", recorded(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
