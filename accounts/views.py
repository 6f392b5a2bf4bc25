"""What a user sees and does about their account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor, statement
from accounts.access import SignedInRequest
from accounts.forms import TokenForm
from accounts.models import ApiToken, Membership
from accounts.people import did
from accounts.roles import ROLES, Role
from accounts.services import create_token, revoke_token
from accounts.sessions import kept_as
from accounts.signing import is_known_anew
from accounts.standing import end_session, of_sessions
from accounts.welcome import StatementForm


@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    memberships = Membership.objects.filter(user=request.user, ended_at=None).select_related("site")
    context = {
        "memberships": [(held, ROLES[Role(held.role)].sentence) for held in memberships],
        "token_form": TokenForm(None, request.user),
        "token": ApiToken.objects.filter(user=request.user).first(),
        "factor_is_required": second_factor.required_of(request.access),
        "sessions": of_sessions(request.user),
        "here": kept_as(request.session.session_key or ""),
        "trainings": request.user.trainings.all(),
        "accepted": request.user.acceptances.last(),
        "longest_hours": f"{settings.LONGEST_SESSION.total_seconds() / 3600:g}",
        "idle_minutes": int(settings.IDLE_LOGOUT.total_seconds() // 60),
    }
    return render(request, "account/overview.html", context)


@require_POST
def token_create(request: SignedInRequest) -> HttpResponse:
    form = TokenForm(request.POST, request.user)
    made = None
    if form.is_valid():
        made = did(form, create_token, user=request.user, by=request.access.actor(), **form.cleaned_data)
    if made is None:
        for sentence in form.error_sentences():
            messages.error(request, sentence)
        return redirect("account")
    response = render(request, "account/token.html", {"new_token": made})
    add_never_cache_headers(response)
    return response


@require_POST
def token_revoke(request: SignedInRequest) -> HttpResponse:
    revoke_token(user=request.user, by=request.access.actor())
    messages.success(request, "The token is no longer valid.")
    return redirect("account")


def statement_page(request: SignedInRequest) -> HttpResponse:
    """Read, say which training there was, and sign; nothing else opens before."""
    form = StatementForm(request.POST or None, request)
    if request.method == "POST" and form.is_valid():
        did(form, form.accept, user=request.user, by=request.access.actor())
        if form.is_valid():
            messages.success(request, "You accepted the statement.")
            return redirect("home")
    context = {"form": form, "text": statement.text(), "trainings": request.user.trainings.all()}
    return render(request, "account/statement.html", context)


@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    sign_in = get_object_or_404(of_sessions(request.user), pk=pk)
    if not is_known_anew(request):
        messages.info(request, "Show that it is you, then end the session.")
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: reverse('account')})}")
    end_session(sign_in=sign_in, by=request.access.actor(), reason="session ended by its user")
    messages.success(request, "You are signed out there.")
    return redirect("account")
