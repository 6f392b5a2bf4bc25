"""While PostgreSQL does not answer, the API says so in its own form, and pages by a page of their own."""

from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client
from rest_framework.test import APIClient

from accounts.actor import SYSTEM
from accounts.services import create_token
from tests.cast import Trial

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def carla(trial: Trial) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=trial.coordinator, by=SYSTEM)}")
    return client


@pytest.fixture
def browser_of_carla(trial: Trial) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(trial.coordinator)
    return client


def is_told(answer: Any) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/json")
    assert answer.json()["code"] == "unavailable"
    assert {*answer.json()} == {"code", "detail", "errors"}
    assert int(answer.headers["Retry-After"]) > 0


def test_the_api_answers_503_and_goes_on_when_it_is_back(database: Any, carla: Any, browser_of_carla: Client) -> None:
    assert carla.get("/api/v1/subjects/").status_code == 200
    database.stop_database()
    for headers in ({}, {"Idempotency-Key": "a"}):
        is_told(carla.post("/api/v1/subjects/", {"site": "101"}, headers=headers))
    for address in ("subjects/", "subjects/1/", "me/", "catalogue/", "queries/csv/"):
        is_told(carla.get(f"/api/v1/{address}"))
    # By a session, which is looked for before the API has its turn.
    is_told(browser_of_carla.get("/api/v1/subjects/"))
    page = browser_of_carla.get("/subjects/")
    assert (page.status_code, int(page.headers["Retry-After"]) > 0) == (503, True)
    assert "The database does not answer" in page.content.decode()
    assert Client(raise_request_exception=False).get("/api/v1/nothing/").status_code == 404
    database.start_database()
    assert carla.get("/api/v1/subjects/").json()["count"] == 0
    assert carla.post("/api/v1/subjects/", {"site": "101"}, headers={"Idempotency-Key": "a"}).status_code == 201
    assert browser_of_carla.get("/subjects/").status_code == 200


FULL = OperationalError("could not extend file: No space left on device")
ENDED = DatabaseError("Forced update did not affect any rows.")


@pytest.mark.requirement("EMA 2023 loss of data")
@pytest.mark.parametrize(("failure", "status"), [(FULL, 503), (ENDED, 400)])
def test_a_session_that_cannot_be_kept_is_the_requests_fault_only_where_it_was_ended(
    browser_of_carla: Client, monkeypatch: pytest.MonkeyPatch, failure: DatabaseError, status: int
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr("accounts.models.Session.save", fails)
    assert browser_of_carla.get("/subjects/").status_code == status
