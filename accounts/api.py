"""Users, sites and roles in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.factor_reset import reset_second_factor
from accounts.filters import YesNoFilter
from accounts.forms import (
    CorrectionForm,
    FactorResetForm,
    InvitationForm,
    MembershipForm,
    ReasonForm,
    SessionForm,
    SessionReasonForm,
    SiteForm,
    TrainingForm,
)
from accounts.models import Membership, Site, User
from accounts.password_link import mail_link
from accounts.resource.base import Resource
from accounts.resource.problems import problem
from accounts.roles import ROLES, Permission, Role
from accounts.serializers import (
    Correction,
    FactorReset,
    Me,
    MembershipOut,
    PasswordLink,
    PersonIn,
    Problem,
    Reason,
    RoleOut,
    SessionEnd,
    SessionIn,
    SessionOut,
    SiteOut,
    Standing,
    TrainingOut,
    UserOut,
)
from accounts.services import (
    add_person,
    close_site,
    correct_person,
    create_site,
    grant_membership,
    issue_password_link,
    record_training,
    reinstate_user,
    reopen_site,
    revoke_membership,
    suspend_user,
)
from accounts.signing import is_known_anew
from accounts.standing import end_all_sessions, end_session, leave, of_sessions, standing_of

NOT_KNOWN_ANEW = "Give your password again on the pages first (/accounts/reauthenticate/), or use a token."


class MeResource(Resource):
    serializer_class = Me
    queryset = User.objects.none()
    pagination_class = None

    def show(self, request: Request) -> Response:
        """Your user, in which roles at which sites, and what each may do."""
        held = Membership.objects.filter(user=request.user, ended_at=None).select_related("site")
        rights = {right for role in self.access.roles for right in ROLES[role].permissions}
        me = {
            "id": request.user.pk,
            "username": request.user.get_username(),
            "name": request.user.printed_name,
            "memberships": held,
            "rights": [right.value for right in Permission if right in rights],
        }
        return Response(Me(me).data)

    @extend_schema(responses=Standing)
    def standing(self, request: Request) -> Response:
        """Your training and your statement of accountability."""
        return Response(Standing(standing_of(request.user)).data)

    @extend_schema(responses=SessionOut(many=True))
    def sessions(self, request: Request) -> Response:
        """Where the user is signed in on the pages, the newest first."""
        return Response(SessionOut(of_sessions(request.user), many=True).data)

    @extend_schema(request=SessionIn, responses=SessionOut(many=True))
    def end_session(self, request: Request) -> Response:
        """End one of your own sessions; the answer lists the others. By a token, or after giving the password again."""
        if request.auth is None and not is_known_anew(request._request):
            raise PermissionDenied(NOT_KNOWN_ANEW, code="reauthentication_missing")
        session = self.checked(SessionForm, of_sessions(request.user))["session"]
        end_session(sign_in=session, by=self.access.actor(channel="api"), reason="session ended by its user")
        return self.sessions(request)


class SiteResource(Resource):
    """Sites: those where the user sees subjects; all of them for the administrator."""

    serializer_class = SiteOut
    queryset = Site.objects.order_by("code")

    def list(self, request: Request) -> Response:
        if self.access.can(Permission.MANAGE_USERS):
            return self.shown(self.queryset)
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(self.access.limit(self.queryset, Permission.VIEW_SUBJECTS, site="pk"))

    def create(self, request: Request) -> Response:
        self.access.require(Permission.MANAGE_USERS)
        return self.said(create_site(**self.checked(SiteForm), by=self.by(Permission.MANAGE_USERS)), 201)

    @extend_schema(request=Reason, responses=SiteOut)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        return self._turn(pk, close_site)

    @extend_schema(request=Reason, responses=SiteOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        return self._turn(pk, reopen_site)

    def _turn(self, pk: int, service: Any) -> Response:
        self.access.require(Permission.MANAGE_USERS)
        site = get_object_or_404(Site, pk=pk)
        service(site=site, **self.checked(ReasonForm), by=self.by(Permission.MANAGE_USERS))
        return self.said(site)


class UserFilter(filters.FilterSet):
    q = filters.CharFilter(method="named", label="Part of a name or address")
    role = filters.ChoiceFilter(method="holding", choices=[(role.value, role.label) for role in Role])
    is_active = YesNoFilter()

    def named(self, users: QuerySet, name: str, q: str) -> QuerySet:
        parts = ("username", "first_name", "last_name", "email")
        return users.filter(Q(*((f"{part}__icontains", q) for part in parts), _connector=Q.OR))

    def holding(self, users: QuerySet, name: str, role: str) -> QuerySet:
        return users.filter(pk__in=Membership.objects.filter(ended_at=None, role=role).values("user"))


class UserResource(Resource):
    """People and their roles, for the administrator. A membership that has ended stays in the list."""

    serializer_class = UserOut
    queryset = User.objects.prefetch_related("memberships__site").order_by("username")
    filterset_class = UserFilter

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access.require(Permission.MANAGE_USERS)

    def list(self, request: Request) -> Response:
        return self.shown(self.queryset.all())

    def retrieve(self, request: Request, pk: int) -> Response:
        return self.said(get_object_or_404(self.queryset, pk=pk))

    @extend_schema(request=PersonIn, responses={201: UserOut, 400: Problem})
    def create(self, request: Request) -> Response:
        """Add a person, with the role, its sites and the training where they are known: all of it or nothing."""
        user = add_person(**self.checked(InvitationByCode), by=self.by(Permission.MANAGE_USERS))
        return self.said(get_object_or_404(self.queryset, pk=user.pk), 201)

    @extend_schema(request=Reason, responses=UserOut)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: int) -> Response:
        return self._turn(pk, suspend_user)

    @extend_schema(request=Reason, responses=UserOut)
    @action(detail=True, methods=["post"])
    def reinstate(self, request: Request, pk: int) -> Response:
        return self._turn(pk, reinstate_user)

    @extend_schema(request=Reason, responses=UserOut)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: int) -> Response:
        """For good: every role, session and token ends."""
        return self._turn(pk, leave)

    @extend_schema(request=Reason, responses=UserOut)
    @action(detail=True, methods=["post"], url_path="sign-out")
    def sign_out(self, request: Request, pk: int) -> Response:
        """End every session of the user."""
        return self._turn(pk, end_all_sessions)

    @extend_schema(request=Correction, responses=UserOut)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: int) -> Response:
        """Correct name and e-mail; what was signed keeps the name of that time."""
        user = get_object_or_404(User, pk=pk)
        form = self.checked(CorrectionForm, instance=get_object_or_404(User, pk=pk))
        correct_person(user=user, **form, by=self.by(Permission.MANAGE_USERS))
        return self.said(user)

    @extend_schema(request=FactorReset, responses=UserOut)
    @action(detail=True, methods=["post"], url_path="reset-factor")
    def reset_factor(self, request: Request, pk: int) -> Response:
        """Take away a lost second factor; the user, who is told, sets up a new one at the next sign-in."""
        user = get_object_or_404(User, pk=pk)
        reset_second_factor(user=user, **self.checked(FactorResetForm), by=self.by(Permission.MANAGE_USERS))
        return self.said(user)

    @extend_schema(responses=Standing)
    @action(detail=True, methods=["get"])
    def standing(self, request: Request, pk: int) -> Response:
        return Response(Standing(standing_of(get_object_or_404(User, pk=pk))).data)

    @extend_schema(request=TrainingOut, responses={201: Standing})
    @action(detail=True, methods=["post"])
    def trainings(self, request: Request, pk: int) -> Response:
        """Record a training that the user had."""
        user = get_object_or_404(User, pk=pk)
        record_training(user=user, **self.checked(TrainingForm), by=self.by(Permission.MANAGE_USERS))
        return Response(Standing(standing_of(user)).data, status=201)

    @extend_schema(responses=SessionOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def sessions(self, request: Request, pk: int) -> Response:
        """Where the user is signed in on the pages, the newest first."""
        return Response(SessionOut(of_sessions(get_object_or_404(User, pk=pk)), many=True).data)

    @extend_schema(request=SessionEnd, responses=SessionOut(many=True))
    @action(detail=True, methods=["post"], url_path="end-session", pagination_class=None, filterset_class=None)
    def end_session(self, request: Request, pk: int) -> Response:
        """End one session of the user; the answer lists the others."""
        form = self.checked(SessionReasonForm, of_sessions(get_object_or_404(User, pk=pk)))
        by = self.by(Permission.MANAGE_USERS)
        end_session(sign_in=form["session"], reason=form["reason"], by=by)
        return self.sessions(request, pk)

    def _turn(self, pk: int, service: Any) -> Response:
        user = get_object_or_404(User, pk=pk)
        service(user=user, **self.checked(ReasonForm), by=self.by(Permission.MANAGE_USERS))
        return self.said(user)

    @extend_schema(request=None, responses={200: PasswordLink, 502: Problem})
    @action(detail=True, methods=["post"], url_path="password-link", answer_is_secret=True)
    def password_link(self, request: Request, pk: int) -> Response:
        self.takes_nothing()
        user = get_object_or_404(User, pk=pk)
        link = request.build_absolute_uri(issue_password_link(user=user, by=self.by(Permission.MANAGE_USERS)))
        try:
            answer = {"mailed_to": user.email} if mail_link(user, link) else {"link": link}
        except OSError as failure:
            words = f"The link could not be mailed to {user.email}: {failure}. Try again later."
            return Response(problem("not_mailed", words), status=502)
        return Response(answer, headers={"Cache-Control": "no-store"})

    @extend_schema(request=MembershipOut, responses={201: UserOut})
    @action(detail=True, methods=["post"])
    def memberships(self, request: Request, pk: int) -> Response:
        """Give the user a role."""
        user = get_object_or_404(User, pk=pk)
        form = self.checked(MembershipByCode, instance=Membership(user=user))
        role = Role(form["role"])
        grant_membership(user=user, role=role, site=form["site"], by=self.by(Permission.MANAGE_USERS))
        return self.said(get_object_or_404(self.queryset, pk=pk), 201)


class InvitationByCode(InvitationForm):
    """The link for the first password is asked for by itself."""

    invite = None  # type: ignore[assignment]
    sites = forms.ModelMultipleChoiceField(Site.objects.order_by("code"), to_field_name="code", required=False)


class MembershipByCode(MembershipForm):
    site = forms.ModelChoiceField(Site.objects.all(), to_field_name="code", required=False)


class MembershipResource(Resource):
    serializer_class = MembershipOut
    queryset = Membership.objects.select_related("user", "site")

    @extend_schema(request=Reason, responses=MembershipOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """End this role of the user, with a reason."""
        self.access.require(Permission.MANAGE_USERS)
        held = get_object_or_404(self.queryset, pk=pk, ended_at=None)
        revoke_membership(membership=held, **self.checked(ReasonForm), by=self.by(Permission.MANAGE_USERS))
        return self.said(held)


class RoleResource(Resource):
    serializer_class = RoleOut
    queryset = Membership.objects.none()
    pagination_class = None

    def list(self, request: Request) -> Response:
        """What each role may do."""
        table = [{"role": role, **vars(definition)} for role, definition in ROLES.items()]
        for row in table:
            row["permissions"] = [right for right in Permission if right in row["permissions"]]
        return Response(RoleOut(table, many=True).data)
