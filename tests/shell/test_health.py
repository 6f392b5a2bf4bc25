"""Health is told to anyone, is of what can be saved, and asking often costs no more than asking once a second."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from audit.sealing import seal_trail
from embedded.places import PROJECT
from embedded.process import Process
from tests.programs import wait_until
from tests.servers import TestServers
from trialsite import health, heartbeats
from trialsite.models import Heartbeat


@pytest.fixture
def broker_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the broker was asked since nothing was known."""
    calls: list[str] = []
    monkeypatch.setattr(health, "last_answer", health.HealthAnswer())
    monkeypatch.setattr(health, "broker_says", lambda: calls.append("broker") or "ok")
    return calls


@pytest.mark.django_db
def test_a_stranger_who_asks_often_opens_one_connection_to_the_broker(client: Client, broker_calls: list[str]) -> None:
    seal_trail()
    answers = [client.get("/health/") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    never = {"worker": "never seen", "clock": "never seen"}
    last = answers[-1].json()
    assert last.items() >= ({"database": "ok", "broker": "ok", "seal": "ok", "sealed_age_s": 0} | never).items()
    assert broker_calls == ["broker"]


@pytest.mark.django_db
def test_after_a_second_it_is_looked_at_again(
    client: Client, broker_calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(health, "monotonic", lambda: now[0])
    assert client.get("/health/").status_code == 200
    monkeypatch.setattr(health, "database_says", lambda: "does not answer")
    assert client.get("/health/").status_code == 200
    now[0] += 1
    assert client.get("/health/").status_code == 503
    assert len(broker_calls) == 2


@pytest.mark.django_db
def test_a_broker_that_is_away_is_told_and_stops_nothing(
    client: Client, broker_calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "broker_says", lambda: "does not answer")
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["broker"]) == (200, "does not answer")


@pytest.mark.django_db
def test_the_probe_writes_to_the_log_and_to_the_disk_beside_it_and_leaves_nothing() -> None:
    def written() -> Any:
        with connection.cursor() as cursor:
            return cursor.execute("SELECT pg_current_wal_insert_lsn()").fetchone()[0]

    before = written()
    assert health.database_says() == "ok"
    assert int(written().replace("/", ""), 16) > int(before.replace("/", ""), 16)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        sort = health.WRITE.split(";")[1]
        plan = "\n".join(line for (line,) in cursor.execute(f"EXPLAIN (ANALYZE) {sort}").fetchall())
    assert "Disk:" in plan


@pytest.fixture
def administered(database: TestServers) -> Iterator[psycopg.Connection]:
    """The superuser's connection; what it sets for the application's role or the database is taken back."""
    assert database.installation.database is not None
    connection.close()
    with database.installation.database.connect() as superuser:
        yield superuser
        superuser.execute("ALTER ROLE edc_worker RESET ALL")
        superuser.execute("ALTER DATABASE edc RESET ALL")
    connection.close()


@pytest.mark.requirement("EMA 2023 loss of data")
@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("ALTER DATABASE edc SET default_transaction_read_only = on", "nothing can be saved: it is read-only"),
        ("ALTER ROLE edc_worker SET temp_file_limit = '8kB'", "nothing can be saved: a write fails with"),
    ],
)
def test_a_database_that_takes_no_writes_is_not_healthy_and_says_why(
    administered: psycopg.Connection, client: Client, broker_calls: list[str], setting: Any, says: str
) -> None:
    administered.execute(setting)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["database"].startswith(says)


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_full_disk_is_told_as_one(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    # As the server tells it: SQLSTATE 53100, raised by the server itself.
    full = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
    monkeypatch.setattr(health, "WRITE", full)
    assert health.database_says() == "nothing can be saved: its disk is full"


def test_a_copy_that_follows_another_is_told_as_one(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(health, "MAY_BE_WRITTEN", "SELECT true, true")
    assert health.database_says() == "nothing can be saved: it is a copy that follows another database, or recovers"


def test_without_a_database_nothing_is_said_of_worker_and_clock(database: TestServers, broker_calls: list[str]) -> None:
    connection.close()
    database.stop_database()
    answer = Client().get("/health/")
    assert answer.status_code == 503
    unknown = "unknown while the database does not answer"
    parts = {"database": "does not answer", "broker": "ok", "backup": "no backup was ever taken"}
    known = parts | {"release": settings.RELEASE}
    assert answer.json() == known | dict.fromkeys(("protocol", "worker", "clock", "seal"), unknown)


@pytest.mark.django_db
def test_a_worker_that_was_not_heard_of_for_a_minute_is_told(client: Client, broker_calls: list[str]) -> None:
    heartbeats._noted.clear()
    heartbeats.note(heartbeats.WORKER)
    heartbeats.note(heartbeats.CLOCK)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trialsite_heartbeat SET at = at - interval '75 seconds' WHERE name = 'clock'")
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json()["worker"] == "ok"
    assert answer.json()["clock"].startswith("last seen 7") and answer.json()["clock"].endswith(" s ago")


@pytest.mark.django_db
def test_a_heart_beat_is_noted_at_most_once_in_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeats._noted.clear()
    now = [100.0]
    monkeypatch.setattr(heartbeats, "monotonic", lambda: now[0])

    def noted() -> Any:
        heartbeats.note(heartbeats.WORKER)
        return Heartbeat.objects.get(name="worker").at

    first = noted()
    assert noted() == first
    now[0] += heartbeats.NOTED_EVERY_S
    assert noted() > first


def test_the_worker_and_the_clock_note_that_they_work(celery_worker_process: Any, tmp_path: Path) -> None:
    schedule = ["--schedule", str(tmp_path / "schedule"), "--pidfile="]
    command = [sys.executable, "-m", "celery", "-A", "trialsite.celery", "beat", *schedule]
    clock = Process("beat", command, tmp_path / "beat.log", folder=PROJECT)
    clock.start()
    try:
        wait_until(lambda: set(heartbeats.ages()) == {"worker", "clock"}, clock, patience=90)
        assert all(age < heartbeats.LATE_AFTER_S for age in heartbeats.ages().values())
    finally:
        clock.stop()
