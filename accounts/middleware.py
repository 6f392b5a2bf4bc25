"""What every request passes: idle log-out, sign-in, the second factor, and `request.access`."""

import time
from collections.abc import Callable
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout, middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from rest_framework.views import APIView

from accounts import admission
from accounts.access import Access, access_for
from accounts.actor import Locked
from accounts.roles import Permission
from database.entering import NOBODY, entering
from database.scope import NOWHERE, show, showing, shown_within, sites_shown

Handler = Callable[[HttpRequest], HttpResponseBase]

SIGNED_IN_AT, LAST_ACTIVITY = "signed_in_at", "last_activity"
WRITE_EVERY = 60
# A page that asks by itself (a figure that updates) sends this header, or nobody would ever be idle.
BACKGROUND = "X-Background"
ALWAYS_OPEN = {"account_logout", "account_reauthenticate"}


class EntryMiddleware:
    """A request begins as nobody's and is shown no site; nothing of whoever came in is left when it is over."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with entering(NOBODY), showing(NOWHERE):
            return self.get_response(request)


class NoStoreMiddleware:
    """No browser or proxy keeps a page: on a shared computer "back" would show records after the sign-out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class IdleLogoutMiddleware:
    """Ends a session after IDLE_LOGOUT without a request, and LONGEST_SESSION after the sign-in whatever was done.

    Writes the time of the last request once a minute at most.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now, last = time.time(), request.session.get(LAST_ACTIVITY)
        idle = now - last if last is not None else 0
        if why := _why_over(now - request.session.get(SIGNED_IN_AT, now), idle):
            logout(request)
            messages.warning(request, f"You were signed out {why}. Sign in to continue where you were.")
        elif self._is_worth_a_write(request, last, idle) and request.user.is_authenticated:
            request.session[LAST_ACTIVITY] = now
            # A session of before this limit begins to count now.
            request.session.setdefault(SIGNED_IN_AT, now)
        return self.get_response(request)

    def _is_worth_a_write(self, request: HttpRequest, last: float | None, idle: float) -> bool:
        return (last is None or idle >= WRITE_EVERY) and BACKGROUND not in request.headers


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Django's, for people in the middle of something: back to the page that they were on, not to what it posted to."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        page = _own_path(request, request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/")
        login_url = resolve_url(self.get_login_url(view_func))
        sign_in = f"{login_url}?{urlencode({REDIRECT_FIELD_NAME: page})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": sign_in})
        return HttpResponseRedirect(sign_in)


class AccessMiddleware:
    """`request.access`, asked for only where it is used; nothing but its page while a step before is due.

    The database shows no site's records before it was asked for, and nothing is left of it afterwards.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Late, because the API knows its user only when the view has begun.
        request.access = SimpleLazyObject(lambda: _entered(request))  # type: ignore[attr-defined]
        # No zone is left of it either: see process_view.
        with showing(NOWHERE), timezone.override(None):
            response = self.get_response(request)
            if response.streaming:
                response.streaming_content = shown_within(response.streaming_content)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True) or _has_own_sign_in(view) or not request.user.is_authenticated:
            return None
        request.access.held  # type: ignore[attr-defined]  # noqa: B018  # from here on its sites are shown
        # Pages show times by the clocks of the user's sites; the API speaks UTC alone.
        timezone.activate(request.access.zone or UTC)  # type: ignore[attr-defined]
        name = request.resolver_match.url_name or "" if request.resolver_match else ""
        if name.startswith("mfa_") or name in ALWAYS_OPEN:
            return None
        step = admission.next_step(request.user, request.access)  # type: ignore[attr-defined]
        if step is None or name == step.page:
            return None
        messages.warning(request, step.says)
        return redirect(step.page)


class LockedMiddleware:
    """What is frozen or locked says so, whichever page tried to write to it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Locked):
            return None
        return render(request, "errors/423.html", {"why": str(exception)}, status=423)


def _entered(request: HttpRequest) -> Access:
    access = access_for(request.user)
    show(sites_shown(access.site_ids(Permission.VIEW_SUBJECTS)))
    return access


def _has_own_sign_in(view: Any) -> bool:
    """The API asks for the steps before in accounts.authentication, where it knows its user."""
    return issubclass(getattr(view, "cls", object), APIView)


def _own_path(request: HttpRequest, url: str) -> str:
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}):
        return "/"
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _why_over(age: float, idle: float) -> str:
    """Why a session of this age, idle for so long (both in seconds), has ended; "" where it has not."""
    if age > settings.LONGEST_SESSION.total_seconds():
        return f"{settings.LONGEST_SESSION.total_seconds() / 3600:g} hours after you signed in"
    if idle > settings.IDLE_LOGOUT.total_seconds():
        return f"after {settings.IDLE_LOGOUT.total_seconds() / 60:g} minutes without activity"
    return ""
