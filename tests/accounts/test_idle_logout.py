import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.middleware import LAST_ACTIVITY, SIGNED_IN_AT
from accounts.roles import Role
from tests.accounts.staff import Staff, signed_in

MINUTES = 60


@pytest.fixture
def client(staff: Staff, settings: Any) -> Client:
    settings.IDLE_LOGOUT = timedelta(minutes=30)
    client = signed_in(staff[Role.MONITOR])
    client.get("/trail/")
    return client


def idle_for(client: Client, seconds: float) -> None:
    session = client.session
    session[LAST_ACTIVITY] = time.time() - seconds
    session.save()


def test_a_session_lives_while_something_is_done_within_the_time(client: Client) -> None:
    for _ in range(3):
        idle_for(client, 29 * MINUTES)
        assert client.get("/trail/").status_code == 200


@pytest.mark.requirement("EMA 2023 authentication")
def test_after_the_time_the_next_page_is_sign_in_with_a_reason_and_the_way_back(client: Client) -> None:
    idle_for(client, 30 * MINUTES + 1)
    response = client.get("/trail/?page=2")
    assert response.url == "/accounts/login/?next=/trail/%3Fpage%3D2"
    assert "signed out after 30 minutes without activity" in client.get(response.url).content.decode()
    assert SESSION_KEY not in client.session


def test_twelve_hours_after_the_sign_in_the_busiest_session_ends_too(client: Client) -> None:
    session = client.session
    session[SIGNED_IN_AT] = time.time() - 12 * 60 * MINUTES + 5
    session.save()
    assert client.get("/trail/").status_code == 200
    session[SIGNED_IN_AT] = time.time() - 12 * 60 * MINUTES - 1
    session.save()
    response = client.get("/trail/", headers={"x-background": "1"})
    assert "signed out 12 hours after you signed in" in client.get(response.url).content.decode()
    assert SESSION_KEY not in client.session


def test_a_session_of_before_the_limit_begins_to_count_at_its_next_request(client: Client) -> None:
    session = client.session
    del session[SIGNED_IN_AT]
    session.save()
    idle_for(client, 61)
    client.get("/trail/")
    assert time.time() - client.session[SIGNED_IN_AT] < MINUTES


def test_after_a_post_the_way_back_is_the_page_that_it_came_from(client: Client) -> None:
    idle_for(client, 31 * MINUTES)
    response = client.post("/trail/", headers={"referer": "http://testserver/subject_list/?site=1"})
    assert response.url == "/accounts/login/?next=%2Fsubject_list%2F%3Fsite%3D1"


def test_the_way_back_never_leads_off_this_site(client: Client) -> None:
    idle_for(client, 31 * MINUTES)
    response = client.post("/trail/", headers={"referer": "https://evil.example/x"})
    assert response.url == "/accounts/login/?next=%2F"


def test_a_fragment_takes_the_whole_page_to_sign_in(client: Client) -> None:
    idle_for(client, 31 * MINUTES)
    response = client.get(
        "/trail/", headers={"hx-request": "true", "hx-current-url": "http://testserver/endpoints/?cohort=1"}
    )
    assert response.status_code == 200
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=%2Fendpoints%2F%3Fcohort%3D1"


def test_the_api_is_told_that_nobody_is_signed_in(client: Client) -> None:
    idle_for(client, 31 * MINUTES)
    assert client.get("/api/v1/roles/").status_code == 401


def test_the_time_is_written_once_a_minute_at_most(client: Client) -> None:
    idle_for(client, 30)
    with CaptureQueriesContext(connection) as statements:
        client.get("/trail/")
    assert not [
        statement for statement in statements.captured_queries if statement["sql"].startswith(("UPDATE", "INSERT"))
    ]
    idle_for(client, 61)
    with CaptureQueriesContext(connection) as statements:
        client.get("/trail/")
    assert [
        statement["sql"].split()[1]
        for statement in statements.captured_queries
        if statement["sql"].startswith("UPDATE")
    ] == ['"accounts_session"']


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client: Client) -> None:
    idle_for(client, 20 * MINUTES)
    before = client.session[LAST_ACTIVITY]
    assert client.get("/trail/", headers={"x-background": "1"}).status_code == 200
    assert client.session[LAST_ACTIVITY] == before


def test_a_visitor_without_a_session_costs_no_statement(db: None) -> None:
    with CaptureQueriesContext(connection) as statements:
        assert Client().get("/open/").status_code == 200
    assert len(statements) == 0


def test_a_page_costs_session_user_and_roles(client: Client) -> None:
    with CaptureQueriesContext(connection) as statements:
        client.get("/trail/")
    assert len(statements) == 3


def test_a_page_that_asks_for_rights_costs_no_statement_more(client: Client) -> None:
    with CaptureQueriesContext(connection) as statements:
        assert client.get("/roles/").content == b"monitor"
    assert len(statements) == 3
