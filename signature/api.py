"""Freezing and locking in the API."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import KeyFilter, YesNoFilter
from accounts.forms import ReasonForm
from accounts.resource.base import Resource
from accounts.roles import Permission
from accounts.serializers import Problem, Reason
from assessments.api.forms import HEADERS, Forms
from assessments.api.serializers import FormHeader
from cohorts.api import key_in
from signature.closing import Reach, reach_of_form, reopen, shut
from signature.forms import ShutForm
from signature.models import Closure, ClosureState, Scope
from signature.places import RIGHT_TO, load_reach
from signature.preflight import open_work
from signature.reading import closures_for
from signature.serializers import ClosureIn, ClosureOut, LockIn, PlaceIn

REFUSALS = {400: Problem, 403: Problem, 404: Problem}


class FormShutResource(Forms):
    """One form, frozen or locked by its key."""

    serializer_class = FormHeader

    @extend_schema(request=Reason, responses={200: FormHeader, **REFUSALS})
    @action(detail=True, methods=["post"])
    def freeze(self, request: Request, pk: int) -> Response:
        """Freeze the form: it takes no entries, and its queries go on."""
        return self._turn(pk, shut, ClosureState.FROZEN)

    @extend_schema(request=Reason, responses={200: FormHeader, **REFUSALS})
    @action(detail=True, methods=["post"])
    def unfreeze(self, request: Request, pk: int) -> Response:
        return self._turn(pk, reopen, ClosureState.FROZEN)

    @extend_schema(request=LockIn, responses={200: FormHeader, **REFUSALS})
    @action(detail=True, methods=["post"])
    def lock(self, request: Request, pk: int) -> Response:
        """Lock the form: nobody changes it, by any channel. Confirmed (`all_the_same`) where something is open."""
        case_form = self.load(Permission.LOCK, pk=pk)
        reach, by = reach_of_form(case_form), self.by(Permission.LOCK, case_form.subject.site_id)
        self.sent(LockIn)
        shut(reach=reach, state=ClosureState.LOCKED, **_confirmed(self, reach, ClosureState.LOCKED), by=by)
        return self.said(HEADERS.get(pk=pk))

    @extend_schema(request=Reason, responses={200: FormHeader, **REFUSALS})
    @action(detail=True, methods=["post"])
    def unlock(self, request: Request, pk: int) -> Response:
        return self._turn(pk, reopen, ClosureState.LOCKED)

    def _turn(self, pk: int, service: Any, state: ClosureState) -> Response:
        case_form = self.load(RIGHT_TO[state], pk=pk)
        by = self.by(RIGHT_TO[state], case_form.subject.site_id)
        service(reach=reach_of_form(case_form), state=state, **self.checked(ReasonForm), by=by)
        return self.said(HEADERS.get(pk=pk))


def _confirmed(resource: Resource, reach: Reach, state: ClosureState) -> dict[str, str]:
    """The reason of a freeze or lock, and what is open there and accepted. Raises ValidationError."""
    form = ShutForm(resource.body, open_work(reach, resource.access) if state == ClosureState.LOCKED else None)
    if not form.is_valid():
        raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    if resource.body.get("all_the_same") and "all_the_same" not in form.fields:
        raise ValidationError({"all_the_same": ["Nothing that this is asked of is open there: leave it out."]})
    return form.cleaned_data


class ClosureFilter(filters.FilterSet):
    scope = filters.ChoiceFilter(choices=Scope.choices)
    state = filters.ChoiceFilter(choices=ClosureState.choices)
    subject = KeyFilter()
    live = YesNoFilter(field_name="reopened_at", lookup_expr="isnull")


class ClosureResource(Resource):
    """Freezes and locks of forms, visits, subjects, sites and the trial."""

    serializer_class = ClosureOut
    queryset = Closure.objects.all()
    filterset_class = ClosureFilter

    def list(self, request: Request) -> Response:
        """What is and was shut, newest first."""
        self.access.require(Permission.VIEW_SUBJECTS)
        return self.shown(closures_for(self.access, Permission.VIEW_SUBJECTS))

    @extend_schema(request=ClosureIn, responses={201: ClosureOut, **REFUSALS})
    def create(self, request: Request) -> Response:
        """Freeze or lock a place. A lock is confirmed (`all_the_same`) where something is open."""
        reach, state = self._asked(ClosureIn)
        by = self.by(RIGHT_TO[state], reach.site.pk if reach.site else None)
        return self.said(shut(reach=reach, state=state, **_confirmed(self, reach, state), by=by), 201)

    @extend_schema(request=PlaceIn, responses={200: ClosureOut, **REFUSALS})
    @action(detail=False, methods=["post"])
    def reopen(self, request: Request) -> Response:
        """Unfreeze or unlock a place."""
        reach, state = self._asked(PlaceIn)
        by = self.by(RIGHT_TO[state], reach.site.pk if reach.site else None)
        return self.said(reopen(reach=reach, state=state, reason=self.body["reason"].strip(), by=by))

    def _asked(self, described: type[PlaceIn]) -> tuple[Reach, ClosureState]:
        state = self.body.get("state")
        right = Permission.LOCK if state == ClosureState.LOCKED else Permission.FREEZE
        scope = self.body.get("scope")
        if scope in Scope.values and scope != Scope.TRIAL:
            reach = load_reach(self.access, right, Scope(scope), key_in(self.body, "key"))
        else:
            reach = load_reach(self.access, right, Scope.TRIAL, None)
        sent = self.sent(described)
        if sent["scope"] == Scope.TRIAL and sent.get("key") is not None:
            raise ValidationError({"key": ["The trial is one and has no key: leave it out."]})
        return reach, ClosureState(sent["state"])
