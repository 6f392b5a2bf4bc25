import threading
from contextvars import copy_context
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from accounts.access import access_for
from accounts.actor import SYSTEM, Actor
from accounts.models import ApiToken, Membership
from accounts.roles import Role
from accounts.services import (
    close_site,
    create_token,
    create_user,
    grant_membership,
    reinstate_user,
    reopen_site,
    revoke_membership,
    suspend_user,
)
from tests.accounts.staff import Staff


def trail(table: str, row_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_name, role, reason, action, new FROM audit_event WHERE table_name = %s AND row_id = %s"
            " ORDER BY id",
            [table, row_id],
        )
        return cursor.fetchall()


def administrator(staff: Staff) -> Actor:
    return access_for(staff[Role.ADMINISTRATOR]).actor()


def test_a_new_user_has_no_password_until_setting_one(staff: Staff) -> None:
    user = create_user(username="new", by=administrator(staff))
    assert not user.has_usable_password()
    assert access_for(user).roles == set()


@pytest.mark.requirement("21 CFR 11.300", "EMA 2023 authentication")
@pytest.mark.parametrize("weak", ["short", "123456789012", "password1234", "new.person.name"])
def test_a_weak_password_is_refused(staff: Staff, weak: str) -> None:
    with pytest.raises(ValidationError):
        create_user(username="new.person.name", password=weak, by=SYSTEM)


def test_a_long_password_is_taken_whole(staff: Staff) -> None:
    long = "a horse, Ein Pferd & 一匹の馬 " * 8
    user = create_user(username="new", password=long, by=SYSTEM)
    assert user.check_password(long)
    assert not user.check_password(long[:-1])
    assert not user.check_password(long.lower())


def test_the_trail_names_the_administrator_and_keeps_no_password(staff: Staff) -> None:
    user = create_user(username="new", password="a horse on the stairs", by=administrator(staff))
    who, role, _, action, new = trail("accounts_user", user.pk)[0]
    assert (who, role, action) == ("the.administrator", "administrator", "insert")
    assert "password" not in str(new).replace("password_link", "").replace("password_changed", "")


@pytest.mark.requirement("EMA 2023 user management", "FDA 2024 who has access")
def test_granting_and_ending_a_role_is_on_the_trail_with_the_reason(staff: Staff) -> None:
    by = administrator(staff)
    held = grant_membership(user=staff.nobody, role=Role.AUDITOR, by=by, reason="inspection")
    revoke_membership(membership=held, by=by, reason="inspection over")
    assert [(reason, action) for _, _, reason, action, _ in trail("accounts_membership", held.pk)] == [
        ("inspection", "insert"),
        ("inspection over", "update"),
    ]
    assert held.ended_at is not None


@pytest.mark.requirement("EMA 2023 user management")
@pytest.mark.parametrize(
    ("held", "granted"),
    [
        (Role.INVESTIGATOR, Role.MONITOR),
        (Role.COORDINATOR, Role.SPONSOR),
        (Role.MONITOR, Role.COORDINATOR),
        (Role.ADMINISTRATOR, Role.DATA_MANAGER),
        (Role.DATA_MANAGER, Role.ADMINISTRATOR),
    ],
)
def test_nobody_works_for_two_sides(staff: Staff, held: Role, granted: Role) -> None:
    site = staff.other_site if granted in (Role.MONITOR, Role.COORDINATOR) else None
    with pytest.raises(ValidationError, match="cannot be"):
        grant_membership(user=staff[held], role=granted, site=site, by=SYSTEM)


def test_a_role_of_the_past_does_not_bind(staff: Staff) -> None:
    revoke_membership(membership=staff[Role.MONITOR].memberships.get(), by=SYSTEM, reason="left the company")
    grant_membership(user=staff[Role.MONITOR], role=Role.COORDINATOR, site=staff.site, by=SYSTEM)
    assert access_for(staff[Role.MONITOR]).roles == {Role.COORDINATOR}


@pytest.mark.parametrize(("role", "at_a_site"), [(Role.MONITOR, False), (Role.SPONSOR, True)])
def test_a_role_at_the_wrong_reach_is_refused_in_words(staff: Staff, role: Role, at_a_site: bool) -> None:
    with pytest.raises(ValidationError, match="A site role needs a site"):
        grant_membership(user=staff.nobody, role=role, site=staff.site if at_a_site else None, by=SYSTEM)


def test_the_same_role_twice_is_refused_in_words(staff: Staff) -> None:
    with pytest.raises(ValidationError):
        grant_membership(user=staff[Role.MONITOR], role=Role.MONITOR, site=staff.site, by=SYSTEM)


def test_suspension_takes_the_token_and_keeps_roles_and_name(staff: Staff) -> None:
    user = staff[Role.MONITOR]
    create_token(user=user, by=access_for(user).actor())
    suspend_user(user=user, by=administrator(staff), reason="on leave")
    assert not user.is_active
    assert not ApiToken.objects.filter(user=user).exists()
    assert Membership.objects.filter(user=user, ended_at=None).exists()
    reinstate_user(user=user, by=administrator(staff), reason="back")
    assert access_for(user).roles == {Role.MONITOR}


def test_nobody_suspends_the_own_account(staff: Staff) -> None:
    with pytest.raises(ValidationError, match="own account"):
        suspend_user(user=staff[Role.ADMINISTRATOR], by=administrator(staff), reason="tired")


def test_the_last_administrator_stays(staff: Staff) -> None:
    last = staff[Role.ADMINISTRATOR]
    with pytest.raises(ValidationError, match="last administrator"):
        suspend_user(user=last, by=SYSTEM, reason="left")
    with pytest.raises(ValidationError, match="last administrator"):
        revoke_membership(membership=last.memberships.get(), by=SYSTEM, reason="left")
    grant_membership(user=staff.nobody, role=Role.ADMINISTRATOR, by=SYSTEM)
    suspend_user(user=last, by=SYSTEM, reason="left")
    assert not last.is_active


def test_two_administrators_who_suspend_each_other_leave_one(committed_db: None) -> None:
    staff = Staff()
    other = staff.nobody
    grant_membership(user=other, role=Role.ADMINISTRATOR, by=SYSTEM)
    pair = [staff[Role.ADMINISTRATOR], other]
    refusals: list[ValidationError] = []

    def suspend(place: int) -> None:
        try:
            suspend_user(user=pair[place], by=access_for(pair[1 - place]).actor(), reason="quarrel")
        except ValidationError as refusal:
            refusals.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy_context().run, args=[suspend, place]) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for user in pair:
        user.refresh_from_db()
    assert [user.is_active for user in pair].count(True) == 1
    assert len(refusals) == 1


def test_a_site_closes_and_opens_with_a_reason(staff: Staff) -> None:
    close_site(site=staff.site, by=administrator(staff), reason="contract ended")
    staff.site.refresh_from_db()
    assert not staff.site.is_active
    reopen_site(site=staff.site, by=administrator(staff), reason="contract renewed")
    staff.site.refresh_from_db()
    assert staff.site.is_active
    reasons = [reason for _, _, reason, _, _ in trail("accounts_site", staff.site.pk)]
    assert reasons == ["", "contract ended", "contract renewed"]
