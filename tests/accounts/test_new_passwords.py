"""A password that its owner changes, or sets by a link."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.access import access_for
from accounts.actor import SYSTEM, acting
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_token, issue_password_link
from accounts.sessions import kept_as
from accounts.standing import of_sessions
from tests.accounts.staff import LOGIN, NEW_PASSWORD, PASSWORD, Staff, sign_in, signed_in
from tests.unlimited import unlimited


def test_changing_the_password_is_on_the_trail_without_the_password(monitor: User) -> None:
    client = signed_in(monitor)
    new = "a cart before the horse"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    monitor.refresh_from_db()
    assert monitor.check_password(new)
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_name, role, reason, new FROM audit_event ORDER BY id DESC LIMIT 1")
        who, role, reason, changed = cursor.fetchone()
    assert (who, role, reason) == ("the.monitor", "monitor", "password changed")
    assert changed.count("password_changed_at") == 1
    assert "md5" not in changed


def test_a_changed_password_ends_the_token_and_every_other_session(monitor: User) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, "the.monitor")
    token = create_token(user=monitor, by=SYSTEM)
    page = reverse("account_change_password")
    assert "every other session of yours ends" in here.get(page).content.decode()
    typed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert "so has any API token" in here.post(page, typed, follow=True).content.decode()
    assert_ended(token, elsewhere, monitor, "password changed")
    assert here.get("/trail/").status_code == 200
    assert [session.session_key for session in of_sessions(monitor)] == [kept_as(here.session.session_key)]


def test_a_password_set_by_a_link_ends_the_token_and_every_session(monitor: User, staff: Staff) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "the.monitor")
    token = create_token(user=monitor, by=SYSTEM)
    set_by_link(monitor, staff)
    assert_ended(token, elsewhere, monitor, "password set by the link that the.administrator issued")
    assert not of_sessions(monitor).exists()


def assert_ended(token: str, elsewhere: Client, user: User, reason: str) -> None:
    assert Client(headers={"authorization": f"Token {token}"}).get("/api/v1/roles/").status_code == 401
    assert elsewhere.get("/trail/").url.startswith(LOGIN)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, action, new ? 'sessions_ended_at' FROM audit_event WHERE reason = %s ORDER BY id",
            [reason],
        )
        assert cursor.fetchall() == [("accounts_apitoken", "delete", None), ("accounts_user", "update", True)]


@pytest.mark.requirement("21 CFR 11.300")
def test_a_password_link_works_once_and_for_the_latest_only(monitor: User, staff: Staff) -> None:
    by = access_for(staff[Role.ADMINISTRATOR]).actor()
    first, second = (issue_password_link(user=monitor, by=by) for _ in range(2))
    assert b"is no longer valid" in opened(Client(), first).content
    client, new = Client(), "a cart before the horse"
    form = opened(client, second).url
    client.post(form, {"password1": new, "password2": new})
    monitor.refresh_from_db()
    assert monitor.check_password(new)
    assert b"is no longer valid" in opened(Client(), second).content


@pytest.mark.requirement("EMA 2023 security")
def test_no_address_that_a_server_is_asked_for_carries_the_key_of_a_link(monitor: User) -> None:
    """Addresses are in the logs of every server and proxy on the way; what stands behind a # is sent to none."""
    sent, key = issue_password_link(user=monitor, by=SYSTEM).split("#")
    client = Client()
    assert client.get(sent).status_code == 200
    answer = opened(client, f"{sent}#{key}")
    assert answer.url.endswith("-set-password/")
    assert key.partition("-")[2] not in answer.url
    assert client.get(answer.url).status_code == 200
    assert Client().get(f"{sent}{key}/").status_code == 404


def test_a_whole_link_can_be_pasted_where_no_script_opens_it(monitor: User) -> None:
    link = issue_password_link(user=monitor, by=SYSTEM)
    answer = Client().post(reverse("password_link"), {"key": f"https://edc.example.org{link}"})
    assert answer.url.endswith("-set-password/")


def test_the_trail_tells_a_password_set_by_a_link_from_one_that_its_owner_changed(monitor: User, staff: Staff) -> None:
    set_by_link(monitor, staff)
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_id, actor_name, role, reason, new FROM audit_event ORDER BY id DESC LIMIT 1")
        *who, new = cursor.fetchone()
    assert who == [None, "password link", "none", "password set by the link that the.administrator issued"]
    assert "password_link_used_at" in new


def test_the_next_sign_in_tells_once_that_the_password_was_set_by_a_link(monitor: User, staff: Staff) -> None:
    notice = "by the link that the.administrator issued"
    client = Client()
    sign_in(client, "the.monitor")
    assert notice not in client.get("/account/").content.decode()
    set_by_link(monitor, staff)
    client = Client()
    sign_in(client, "the.monitor", NEW_PASSWORD)
    assert "somebody else may have worked in your name" in client.get("/account/").content.decode()
    client = Client()
    sign_in(client, "the.monitor", NEW_PASSWORD)
    page = client.get("/account/").content.decode()
    assert "somebody else may have worked in your name" not in page
    assert notice in page


def opened(client: Client, link: str) -> Any:
    """As the script of the page does it."""
    page, key = link.split("#")
    return client.post(page, {"key": key})


def set_by_link(user: User, staff: Staff) -> None:
    client = Client()
    user.refresh_from_db()
    link = issue_password_link(user=user, by=access_for(staff[Role.ADMINISTRATOR]).actor())
    client.post(opened(client, link).url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})


def test_a_password_link_leaves_no_address_behind_that_would_bar_the_second_factor(monitor: User) -> None:
    with acting(SYSTEM), unlimited():
        User.objects.filter(pk=monitor.pk).update(email="mona@example.org")
    monitor.refresh_from_db()
    opened(Client(), issue_password_link(user=monitor, by=SYSTEM))
    assert not EmailAddress.objects.exists()


def test_a_weak_password_is_refused_at_the_link_too(monitor: User) -> None:
    client = Client()
    form = opened(client, issue_password_link(user=monitor, by=SYSTEM)).url
    assert client.post(form, {"password1": "123456789012", "password2": "123456789012"}).status_code == 200
    monitor.refresh_from_db()
    assert monitor.check_password(PASSWORD)
