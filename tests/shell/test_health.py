"""Health is told to anyone, and asking often costs no more than asking once a second."""

import pytest
from django.test import Client

from trialsite import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the broker was asked since nothing was known."""
    found: list[str] = []
    monkeypatch.setattr(health, "last_answer", health.Answer())
    monkeypatch.setattr(health, "broker_answers", lambda: not found.append("broker"))
    return found


def test_a_stranger_who_asks_often_opens_one_connection_to_the_broker(client: Client, asked: list[str]) -> None:
    answers = [client.get("/health/") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].json() == {"database": "ok", "broker": "ok"}
    assert asked == ["broker"]


def test_after_a_second_it_is_looked_at_again(
    client: Client, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(health, "monotonic", lambda: now[0])
    assert client.get("/health/").status_code == 200
    monkeypatch.setattr(health, "database_answers", lambda: False)
    assert client.get("/health/").status_code == 200
    now[0] += 1
    assert client.get("/health/").status_code == 503
    assert len(asked) == 2


def test_a_broker_that_is_away_is_told_and_stops_nothing(
    client: Client, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "broker_answers", lambda: False)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["broker"]) == (200, "does not answer")
