"""The administrator's pages of users and their roles."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from accounts import statement
from accounts.access import SignedInRequest
from accounts.factor_reset import factors_in_words, reset_second_factor
from accounts.forms import (
    CorrectionForm,
    FactorResetForm,
    InvitationForm,
    MembershipForm,
    PeopleFilter,
    ReasonForm,
    TrainingForm,
)
from accounts.keeping import SignIn
from accounts.models import ApiToken, Membership, User
from accounts.password_link import mail_link
from accounts.roles import Permission, Role
from accounts.services import (
    add_person,
    correct_person,
    grant_membership,
    issue_password_link,
    record_training,
    reinstate_user,
    revoke_membership,
    suspend_user,
)
from accounts.standing import end_all_sessions, end_session, leave, of_sessions
from components.emptiness import Emptiness
from components.filtering import wanted_of

PAGE_SIZE = 50


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    form = PeopleFilter(request.GET)
    users = _found(wanted_of(form, request.GET))
    page = Paginator(users, PAGE_SIZE).get_page(request.GET.get("page"))
    empty = Emptiness(
        nothing_to_do="Nobody has an account.",
        what=("account", "accounts"),
        is_filtered=any(form.cleaned_data.values()),
        searched=form.cleaned_data["q"],
        all_of_it=request.path,
        every=User.objects.all(),
    )
    return render(request, "people/people.html", {"page": page, "filter": form, "empty": empty})


def person_add(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invite = form.cleaned_data.pop("invite")
        user = did(form, add_person, **form.cleaned_data, by=request.access.actor())
        if user and invite:
            return _link_page(request, user)
        if user:
            left = "Invite" if user.memberships.exists() else "Assign a role, then invite"
            messages.success(request, f"{user.username} has an account. {left}: that makes the password link.")
            return redirect(user)
    return render(request, "people/person_add.html", {"form": form})


@require_safe
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    return _person_page(request, _person(request, pk), MembershipForm())


@require_POST
def membership_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    form = MembershipForm(request.POST, instance=Membership(user=user))
    if form.is_valid():
        role = Role(form.cleaned_data["role"])
        if did(form, grant_membership, user=user, role=role, site=form.cleaned_data["site"], by=request.access.actor()):
            messages.success(request, f"{user.username} is {role.label} now.")
            return redirect(user)
    return _person_page(request, user, form, status=422)


def membership_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    held = get_object_or_404(Membership.objects.select_related("user", "site"), pk=pk, ended_at=None)
    return confirmed(
        request,
        f"End this role: {held}?",
        revoke_membership,
        {"membership": held},
        back=held.user,
        button="End the role",
        message=f"{held} has ended: it gives no right from now on.",
    )


def person_suspend(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    title, done = f"Suspend {user.username}?", f"{user.username} is suspended: signed out everywhere, and no sign-in."
    return confirmed(request, title, suspend_user, {"user": user}, back=user, button="Suspend", message=done)


def person_reinstate(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    title, done = f"Reinstate {user.username}?", f"{user.username} may sign in again, with the roles of before."
    return confirmed(request, title, reinstate_user, {"user": user}, back=user, button="Reinstate", message=done)


def person_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    title, done = f"{user.username} leaves?", f"{user.username} has left: no role, no sign-in, no token, no session."
    return confirmed(request, title, leave, {"user": user}, back=user, button="Deactivate permanently", message=done)


def person_sign_out(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    title, done = f"Sign {user.username} out everywhere?", f"{user.username} is signed out everywhere."
    return confirmed(request, title, end_all_sessions, {"user": user}, back=user, button="Sign out", message=done)


def person_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    form = CorrectionForm(request.POST or None, instance=_person(request, pk))
    if request.method == "POST" and form.is_valid():
        did(form, correct_person, user=user, **form.cleaned_data, by=request.access.actor())
        if form.is_valid():
            messages.success(request, "Name and e-mail are corrected. What was signed keeps the name of then.")
            return redirect(user)
    context = {"form": form, "title": f"Correct name and e-mail of {user.username}", "button": "Correct"}
    return render(request, "people/confirm.html", context | {"back": resolve_url(user)})


def person_reset_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    return confirmed(
        request,
        f"Reset the second factor of {user.username}?",
        reset_second_factor,
        {"user": user},
        back=user,
        button="Reset",
        message=f"{user.username} sets up a new second factor at the next sign-in.",
        asks=FactorResetForm,
        warning="Verify the requester's identity first. The user is signed out everywhere and informed.",
    )


def session_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    request.access.require(Permission.MANAGE_USERS)
    sign_in = get_object_or_404(SignIn.objects.select_related("user"), pk=pk)
    user = sign_in.user
    title = f"End the session of {user.username} from {sign_in.address or 'an unknown address'}?"
    done = f"{user.username} is signed out there."
    return confirmed(
        request, title, end_session, {"sign_in": sign_in}, back=user, button="End the session", message=done
    )


@require_POST
def training_add(request: SignedInRequest, pk: int) -> HttpResponse:
    user, form = _person(request, pk), TrainingForm(request.POST)
    if form.is_valid() and did(form, record_training, user=user, **form.cleaned_data, by=request.access.actor()):
        messages.success(request, "The training is recorded.")
        return redirect(user)
    return _person_page(request, user, MembershipForm(), training=form, status=422)


@require_POST
def person_password_link(request: SignedInRequest, pk: int) -> HttpResponse:
    return _link_page(request, _person(request, pk))


def _link_page(request: SignedInRequest, user: User) -> HttpResponse:
    """The link goes by mail to the user alone, where that is possible; else it is shown, this once."""
    link = request.build_absolute_uri(issue_password_link(user=user, by=request.access.actor()))
    try:
        is_sent = mail_link(user, link)
    except OSError as failure:
        messages.error(request, f"The link could not be mailed to {user.email}: {failure}. Try again later.")
        return redirect(user)
    response = render(request, "people/password_link.html", {"person": user, "link": "" if is_sent else link})
    add_never_cache_headers(response)
    return response


def confirmed(
    request: SignedInRequest,
    title: str,
    verb: Callable[..., Any],
    what: dict[str, Any],
    *,
    back: Any,
    button: str,
    message: str,
    asks: type[ReasonForm] = ReasonForm,
    warning: str = "",
) -> HttpResponse:
    """Asks for the reason, does it, says so and goes back; a refusal is shown at the reason."""
    form = asks(request.POST or None)
    if request.method == "POST" and form.is_valid():
        did(form, verb, **what, **form.cleaned_data, by=request.access.actor())
        if form.is_valid():
            messages.success(request, message)
            return redirect(back)
    context = {"form": form, "title": title, "button": button, "back": resolve_url(back), "warning": warning}
    return render(request, "people/confirm.html", context)


def did(form: BaseForm, verb: Callable[..., Any], **arguments: Any) -> Any:
    """What the service returns; what it refuses becomes the form's error."""
    try:
        return verb(**arguments)
    except ValidationError as refusal:
        form.add_error(None, ValidationError(refusal.messages))
        return None


def _person(request: SignedInRequest, pk: int) -> User:
    request.access.require(Permission.MANAGE_USERS)
    return get_object_or_404(User, pk=pk)


def _person_page(
    request: SignedInRequest,
    user: User,
    form: MembershipForm,
    *,
    training: TrainingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    memberships = user.memberships.select_related("site").order_by("ended_at", "role", "site")
    context = {
        "person": user,
        "memberships": memberships,
        "form": form,
        "training_form": training or TrainingForm(),
        "trainings": user.trainings.all(),
        "accepted": user.acceptances.last(),
        "is_current": user.statement_version == statement.version(),
        "sessions": of_sessions(user),
        "factors": factors_in_words(user),
        "token": ApiToken.objects.filter(user=user).select_related("only_site").first(),
    }
    return render(request, "people/person.html", context, status=status)


def _found(filters: dict[str, str]) -> QuerySet[User]:
    held = Membership.objects.filter(ended_at=None).select_related("site")
    users = User.objects.order_by("username").prefetch_related(Prefetch("memberships", held, to_attr="held"))
    if filters["q"]:
        q = filters["q"]
        users = users.filter(
            Q(username__icontains=q) | Q(first_name__icontains=q) | Q(last_name__icontains=q) | Q(email__icontains=q)
        )
    if filters["role"]:
        users = users.filter(pk__in=held.filter(role=filters["role"]).values("user"))
    if filters["status"]:
        users = users.filter(is_active=filters["status"] == "active")
    return users
