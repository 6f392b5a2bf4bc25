from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.actor import SYSTEM
from accounts.models import ApiToken
from accounts.roles import Role
from accounts.services import create_token, reinstate_user, suspend_user
from tests.accounts.staff import Staff, signed_in

URL = "/api/v1/roles/"

WANTED = {"scope": "write", "days": "30"}


def ask(token: str) -> Any:
    return Client(headers={"authorization": f"Token {token}"}).get(URL)


@pytest.fixture
def token(staff: Staff) -> str:
    return create_token(user=staff[Role.SPONSOR], by=SYSTEM)


def test_a_token_acts_as_its_user(token: str) -> None:
    assert ask(token).json() == {"user": "the.sponsor", "roles": ["sponsor"]}


def test_the_database_does_not_hold_the_token(token: str) -> None:
    assert token not in ApiToken.objects.get().digest


def test_an_unknown_token_is_refused(token: str) -> None:
    assert ask(f"{token}x").status_code == 401


def test_a_suspended_users_token_is_refused_for_good(token: str, staff: Staff) -> None:
    suspend_user(user=staff[Role.SPONSOR], by=SYSTEM, reason="left")
    assert ask(token).status_code == 401
    reinstate_user(user=staff[Role.SPONSOR], by=SYSTEM, reason="back")
    assert ask(token).status_code == 401


def test_a_user_makes_replaces_and_revokes_the_own_token(staff: Staff) -> None:
    client = signed_in(staff[Role.MONITOR])
    first, second = (client.post("/account/token/create/", WANTED).context["new_token"] for _ in range(2))
    assert ask(first).status_code == 401
    assert ask(second).json()["user"] == "the.monitor"
    assert second not in client.get("/account/").content.decode()
    client.post("/account/token/revoke/")
    assert ask(second).status_code == 401


def test_the_page_with_a_new_token_is_kept_nowhere(staff: Staff) -> None:
    response = signed_in(staff[Role.MONITOR]).post("/account/token/create/")
    assert "no-store" in response.headers["Cache-Control"]


def test_without_a_user_the_api_says_nothing(db: None) -> None:
    assert Client().get(URL).status_code == 401


def test_a_session_may_write_to_the_api_only_with_its_token_against_forgery(staff: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff[Role.MONITOR])
    assert client.get(URL).status_code == 200
    assert client.post(URL).status_code == 403


def test_too_many_requests_are_slowed_down(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.throttling import UserThrottle

    monkeypatch.setattr(UserThrottle, "THROTTLE_RATES", {"user": "3/min"})
    assert [ask(token).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_trail_says_when_a_token_was_made_and_keeps_nothing_of_it(token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, reason, new::text FROM audit_event WHERE table_name = 'accounts_apitoken'")
        events = cursor.fetchall()
    assert [row[:2] for row in events] == [("insert", "API token created")]
    assert "digest" not in events[0][2]
