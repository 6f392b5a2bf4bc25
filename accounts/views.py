"""What a user sees and does about the own account."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor
from accounts.access import SignedInRequest
from accounts.models import ApiToken, Membership
from accounts.roles import ROLES, Role
from accounts.services import create_token, revoke_token


@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    memberships = Membership.objects.filter(user=request.user, ended_at=None).select_related("site")
    context = {
        "memberships": [(held, ROLES[Role(held.role)].sentence) for held in memberships],
        "token": ApiToken.objects.filter(user=request.user).first(),
        "factor_is_required": second_factor.required_of(request.access),
        "idle_minutes": int(settings.IDLE_LOGOUT.total_seconds() // 60),
    }
    return render(request, "account/overview.html", context)


@require_POST
def token_create(request: SignedInRequest) -> HttpResponse:
    token = create_token(user=request.user, by=request.access.actor())
    response = render(request, "account/token.html", {"new_token": token})
    add_never_cache_headers(response)
    return response


@require_POST
def token_revoke(request: SignedInRequest) -> HttpResponse:
    revoke_token(user=request.user, by=request.access.actor())
    messages.success(request, "The token does not work any more.")
    return redirect("account")
