"""Clients that send each save with a key until it is answered: servers die, connections break, nothing stands twice."""

import os
import random
import time
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests

from accounts.actor import SYSTEM
from accounts.services import create_token
from assessments.models import AdverseEvent, CaseForm
from audit.models import Event
from receipts.models import Receipt
from tests.cast import Trial
from tests.programs import killable_site

CLIENTS, SAVES = 4, 8
PATIENCE_S = 90


@pytest.fixture
def server(committed_db: None, broker: Any, static_files: Any, tmp_path: Any) -> Iterator[Any]:
    yield from killable_site(tmp_path / "web.log", static_files)


@pytest.fixture
def send(server: Any, trial: Trial) -> Any:
    """Sends an adverse event of one subject as the coordinator."""
    subject = trial.treated_subject().pk
    token = create_token(user=trial.coordinator, by=SYSTEM)

    def post(number: int, key: str, **options: Any) -> requests.Response:
        event = {"term": f"Nausea {number}", "grade": "2", "start_date": "2008-01-10"}
        headers = {"Authorization": f"Token {token}", "Idempotency-Key": key}
        address = f"{server.address}/api/v1/forms/adverse_event/"
        return requests.post(address, json={"subject": subject, "record": event}, headers=headers, **options)

    return post


def until_answered(send: Any, number: int, chance: random.Random) -> dict[str, Any]:
    """As a client that trusts no connection: every third attempt it hangs up before the answer can be there."""
    key, deadline = str(uuid4()), time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            answer = send(number, key, timeout=chance.choice([0.01, 30, 30]))
        except requests.RequestException:
            time.sleep(0.05)
            continue
        if answer.status_code == 201:
            return answer.json()
        assert answer.status_code in (409, 503), answer.content
        time.sleep(0.05)
    raise AssertionError(f"no answer to save {number} in {PATIENCE_S} s")


def test_clients_with_keys_save_nothing_twice_through_an_outage(server: Any, send: Any) -> None:
    answers: dict[int, dict[str, Any]] = {}

    def client(place: int) -> None:
        chance = random.Random(place)
        for number in range(place * SAVES, (place + 1) * SAVES):
            answers[number] = until_answered(send, number, chance)

    clients = [Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in clients:
        thread.start()
    for _ in range(2):
        time.sleep(0.7)
        server.kill()
        time.sleep(0.3)
        server.start()
    for thread in clients:
        thread.join()
    assert len(answers) == CLIENTS * SAVES
    terms = dict(AdverseEvent.objects.values_list("case_form_id", "term"))
    assert terms == {answer["id"]: f"Nausea {number}" for number, answer in answers.items()}
    assert Event.objects.filter(table_name="assessments_adverseevent", action="insert").count() == len(answers)
    assert Receipt.objects.filter(status=201).count() == Receipt.objects.count() == len(answers)


def test_of_many_at_once_with_one_key_one_is_done(send: Any) -> None:
    key, start, answers = str(uuid4()), Barrier(8), []

    def client() -> None:
        start.wait()
        answers.append(send(1, key, timeout=30))

    clients = [Thread(target=client) for _ in range(8)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == 8
    assert len({answer.content for answer in done}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in done) == 1
    assert all(answer.json()["code"] == "under_way" and answer.headers["Retry-After"] == "1" for answer in waiting)
    assert CaseForm.objects.filter(code="adverse_event").count() == 1


def test_a_server_killed_within_the_save_leaves_neither_change_nor_key(server: Any, send: Any) -> None:
    """A lock holds the save up after its claim of the key: there the server dies, and the key is free at once."""
    key, failures = str(uuid4()), []

    def client() -> None:
        try:
            send(1, key, timeout=30)
        except requests.RequestException as failure:
            failures.append(failure)

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        with owner.transaction():
            owner.execute("LOCK TABLE assessments_adverseevent IN ACCESS EXCLUSIVE MODE")
            sender = Thread(target=client)
            sender.start()
            _until_somebody_waits(owner)
            second = send(1, key, timeout=30)
            server.kill()
        sender.join()
    assert (second.status_code, second.json()["code"]) == (409, "under_way")
    assert failures
    assert not AdverseEvent.objects.exists() and not Receipt.objects.exists()
    server.start()
    answer = send(1, key, timeout=30)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)
    assert AdverseEvent.objects.count() == 1


def _until_somebody_waits(owner: psycopg.Connection) -> None:
    deadline = time.monotonic() + 20
    while not owner.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:  # type: ignore[index]
        assert time.monotonic() < deadline, "the save never got as far as the lock"
        time.sleep(0.02)
