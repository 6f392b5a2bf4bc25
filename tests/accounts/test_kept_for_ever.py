"""What past entries name stays what it was, whoever asks: code, shell or raw SQL."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.actor import SYSTEM, acting
from accounts.models import Membership, NeverDeleted, Site, User
from accounts.roles import Role
from accounts.services import create_site, create_user
from tests.accounts.staff import Staff
from tests.unlimited import unlimited


def refused(constraint: str, sql: str, *parameters: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), acting(SYSTEM), unlimited(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.requirement("21 CFR 11.100", "21 CFR 11.300", "EMA 2023 user management")
@pytest.mark.parametrize("again", ["the.monitor", "The.Monitor", " THE.MONITOR "])
def test_a_user_name_is_never_given_out_twice_in_any_case(staff: Staff, again: str) -> None:
    with pytest.raises(ValidationError, match="given out before"):
        create_user(username=again, by=SYSTEM)


@pytest.mark.parametrize("name", ["x", "", "ä.b", "-ab", "a b", "a" * 81, "a\n"])
def test_a_user_name_that_cannot_be_typed_for_sure_is_refused(db: None, name: str) -> None:
    with pytest.raises(ValidationError):
        create_user(username=name, by=SYSTEM)


def test_the_database_refuses_a_name_with_capitals(staff: Staff) -> None:
    with pytest.raises(IntegrityError, match="user_name_in_small_letters"), acting(SYSTEM):
        User.objects.bulk_create([User(username="Anna")])


@pytest.mark.requirement("21 CFR 11.100")
def test_a_user_name_is_never_changed(staff: Staff) -> None:
    refused("never changed", "UPDATE accounts_user SET username = 'other' WHERE id = %s", staff.nobody.pk)


@pytest.mark.requirement("21 CFR 11.10(c)", "ICH E6(R3) 4.2.7")
@pytest.mark.parametrize("table", ["accounts_membership", "accounts_user", "accounts_site"])
def test_the_database_deletes_no_account_site_or_role(staff: Staff, table: str) -> None:
    refused("never deleted", f"DELETE FROM {table}")


def test_neither_does_the_code(staff: Staff) -> None:
    with pytest.raises(NeverDeleted):
        staff.nobody.delete()
    for model in (User, Site, Membership):
        with pytest.raises(NeverDeleted):
            model.objects.all().delete()


def test_nobody_has_django_rights_of_their_own(staff: Staff) -> None:
    refused("user_rights_come_from_roles_alone", "UPDATE accounts_user SET is_superuser = true")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_held_where_it_reaches(staff: Staff, role: Role) -> None:
    wrong_site = staff.site if staff[role].memberships.get().site is None else None
    with pytest.raises(IntegrityError, match="membership_role_at_its_reach"), acting(SYSTEM):
        Membership.objects.bulk_create([Membership(user=staff.nobody, role=role, site=wrong_site)])


def test_an_unknown_role_is_refused(staff: Staff) -> None:
    refused("membership_role_at_its_reach", "UPDATE accounts_membership SET role = 'king'")


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SPONSOR])
def test_a_role_is_held_once_at_a_time_and_again_after_its_end(staff: Staff, role: Role) -> None:
    held = staff[role].memberships.get()
    with pytest.raises(IntegrityError, match="membership_held_once"), acting(SYSTEM):
        Membership.objects.bulk_create([Membership(user=held.user, role=role, site=held.site)])
    with acting(SYSTEM):
        Membership.objects.filter(pk=held.pk).update(ended_at=held.granted_at)
        Membership.objects.bulk_create([Membership(user=held.user, role=role, site=held.site)])
    assert staff[role].memberships.count() == 2


def test_a_role_does_not_end_before_it_began(staff: Staff) -> None:
    refused(
        "membership_ends_after_its_start", "UPDATE accounts_membership SET ended_at = granted_at - interval '1 day'"
    )


def test_a_site_code_is_unique(staff: Staff) -> None:
    with pytest.raises(ValidationError, match="There is a site with this code"):
        create_site(code="101", name="Another", by=SYSTEM)
    with pytest.raises(IntegrityError, match="site_code_once"), acting(SYSTEM):
        Site.objects.bulk_create([Site(code="101", name="Another")])


def test_a_write_with_nobody_behind_it_is_refused(staff: Staff) -> None:
    for table, column in (("user", "left_at"), ("site", "time_zone"), ("membership", "ended_at")):
        with pytest.raises(Exception, match="needs an actor"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_{table} SET {column} = {column}")
