from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import access as access_module
from accounts.access import Access, access_for, landing
from accounts.actor import SYSTEM
from accounts.models import Membership, Site
from accounts.roles import ROLES, Permission, Role
from accounts.services import grant_membership, revoke_membership, suspend_user
from tests.accounts.staff import Staff

LANDINGS = {
    Role.INVESTIGATOR: "subject_list",
    Role.COORDINATOR: "subject_list",
    Role.MONITOR: "query_list",
    Role.DATA_MANAGER: "cohort_list",
    Role.SPONSOR: "endpoints",
    Role.AUDITOR: "endpoints",
    Role.ADMINISTRATOR: "people",
}


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(access_module, "on_refusal", lambda *refusal: seen.append(refusal[1:]))
    return seen


@pytest.mark.parametrize("role", list(Role))
def test_a_user_may_at_the_own_site_what_the_role_allows(staff: Staff, role: Role) -> None:
    access = access_for(staff[role])
    assert {p for p in Permission if access.can(p, staff.site.pk)} == ROLES[role].permissions
    assert {p for p in Permission if access.can(p)} == ROLES[role].permissions


@pytest.mark.parametrize("role", list(Role))
def test_a_site_role_reaches_no_other_site_and_a_role_at_all_sites_does(staff: Staff, role: Role) -> None:
    reached = {p for p in Permission if access_for(staff[role]).can(p, staff.other_site.pk)}
    assert reached == (ROLES[role].permissions if ROLES[role].all_sites else set())


def test_a_stranger_to_the_site_gets_404(staff: Staff, refusals: list[Any]) -> None:
    with pytest.raises(Http404):
        access_for(staff[Role.INVESTIGATOR]).require(Permission.ENTER_DATA, staff.other_site.pk)
    assert refusals == [(Permission.ENTER_DATA, staff.other_site.pk, True)]


def test_the_administrator_is_a_stranger_to_every_site(staff: Staff, refusals: list[Any]) -> None:
    with pytest.raises(Http404):
        access_for(staff[Role.ADMINISTRATOR]).require(Permission.VIEW_SUBJECTS, staff.site.pk)


def test_a_reader_who_tries_to_write_gets_403(staff: Staff, refusals: list[Any]) -> None:
    with pytest.raises(PermissionDenied):
        access_for(staff[Role.SPONSOR]).require(Permission.ENTER_DATA, staff.site.pk)
    assert refusals == [(Permission.ENTER_DATA, staff.site.pk, False)]


def test_a_right_without_a_site_is_refused_with_403(staff: Staff, refusals: list[Any]) -> None:
    with pytest.raises(PermissionDenied):
        access_for(staff[Role.COORDINATOR]).require(Permission.MANAGE_USERS)
    assert refusals == [(Permission.MANAGE_USERS, None, False)]


def test_what_is_allowed_is_no_refusal(staff: Staff, refusals: list[Any]) -> None:
    access_for(staff[Role.MONITOR]).require(Permission.VERIFY_SOURCE, staff.site.pk)
    assert refusals == []


def test_loading_a_row_of_another_site_is_a_refused_stranger(staff: Staff, refusals: list[Any]) -> None:
    access = access_for(staff[Role.COORDINATOR])
    assert access.load(Site.objects.all(), Permission.VIEW_SUBJECTS, site="pk", code="101") == staff.site
    with pytest.raises(Http404):
        access.load(Site.objects.all(), Permission.VIEW_SUBJECTS, site="pk", code="102")
    assert len(refusals) == 1
    with pytest.raises(Http404):
        access.load(Site.objects.all(), Permission.VIEW_SUBJECTS, site="pk", code="999")
    assert len(refusals) == 1


def test_a_list_holds_the_rows_of_the_own_sites_only(staff: Staff) -> None:
    def seen(role: Role) -> set[str]:
        limited = access_for(staff[role]).limit(Site.objects.all(), Permission.VIEW_SUBJECTS, site="pk")
        return set(limited.values_list("code", flat=True))

    assert seen(Role.COORDINATOR) == {"101"}
    assert seen(Role.SPONSOR) == {"101", "102"}
    assert seen(Role.ADMINISTRATOR) == set()


def test_every_question_together_costs_one_statement(staff: Staff) -> None:
    access = access_for(staff[Role.INVESTIGATOR])
    with CaptureQueriesContext(connection) as statements:
        for permission in Permission:
            access.can(permission, staff.site.pk)
            access.site_ids(permission)
        access.actor(staff.site.pk)
        landing(access)
    assert len(statements) == 1


@pytest.mark.parametrize("who", [AnonymousUser, lambda: None], ids=["nobody signed in", "suspended"])
def test_who_is_not_active_may_nothing(staff: Staff, who: Callable[[], Any]) -> None:
    user = who()
    if user is None:
        user = staff[Role.DATA_MANAGER]
        suspend_user(user=user, by=SYSTEM, reason="left")
    access = access_for(user)
    assert access.roles == set()
    assert not any(access.can(permission) for permission in Permission)
    assert all(access.site_ids(permission) == frozenset() for permission in Permission)


def test_a_revoked_role_gives_nothing_any_more(staff: Staff) -> None:
    held = Membership.objects.get(user=staff[Role.MONITOR])
    revoke_membership(membership=held, by=SYSTEM, reason="moved")
    assert access_for(staff[Role.MONITOR]).roles == set()


def test_the_actor_is_in_the_weightiest_role_at_that_site(staff: Staff) -> None:
    user = staff[Role.INVESTIGATOR]
    grant_membership(user=user, role=Role.COORDINATOR, site=staff.site, by=SYSTEM)
    grant_membership(user=user, role=Role.COORDINATOR, site=staff.other_site, by=SYSTEM)
    access = access_for(user)
    assert access.actor(staff.site.pk).role == "investigator"
    assert access.actor(staff.other_site.pk, channel="api").role == "coordinator"
    assert access.actor(staff.other_site.pk, channel="api").channel == "api"


def test_the_actor_of_a_permission_is_in_the_role_that_gives_it(staff: Staff) -> None:
    user = staff[Role.MONITOR]
    grant_membership(user=user, role=Role.DATA_MANAGER, by=SYSTEM)
    access = access_for(user)
    assert access.actor(staff.site.pk, permission=Permission.VERIFY_SOURCE).role == "monitor"
    assert access.actor(staff.site.pk, permission=Permission.LOCK).role == "data_manager"


def test_who_has_no_role_acts_without_one(staff: Staff) -> None:
    assert access_for(staff.nobody).actor().role == "none"
    assert landing(access_for(staff.nobody)) == "account"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_lands_where_its_work_begins(staff: Staff, role: Role) -> None:
    assert landing(access_for(staff[role])) == LANDINGS[role]


held_roles = st.lists(
    st.sampled_from([(r, None) if ROLES[r].all_sites else (r, site) for r in Role for site in (1, 2, 3)]), max_size=6
)


@given(held=held_roles, permission=st.sampled_from(list(Permission)), site=st.sampled_from([1, 2, 3, 4]))
@settings(max_examples=200, deadline=None)
def test_can_and_site_ids_never_disagree(held: list[Any], permission: Permission, site: int) -> None:
    access = Access(AnonymousUser())
    access.held = held
    sites = access.site_ids(permission)
    assert access.can(permission, site) == (sites is None or site in sites)
    assert access.can(permission) == (sites is None or bool(sites))


@given(held=held_roles, more=held_roles, permission=st.sampled_from(list(Permission)), site=st.sampled_from([1, 2, 3]))
@settings(max_examples=200, deadline=None)
def test_a_further_role_takes_no_right_away(
    held: list[Any], more: list[Any], permission: Permission, site: int
) -> None:
    before, after = Access(AnonymousUser()), Access(AnonymousUser())
    before.held, after.held = held, held + more
    assert not before.can(permission, site) or after.can(permission, site)
