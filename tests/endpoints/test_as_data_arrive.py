"""A real worker over the real broker: what is saved reaches the figures, whatever dies on the way."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cohorts.models import Subject
from endpoints.models import Estimate, Mark, Outcome
from endpoints.refresh import REFRESH_LOCK, mark_everyone
from endpoints.tasks import ask_for_refresh
from tests.cast import Trial
from tests.unlimited import unlimited
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed_db", "broker")

RESPONSE = {"T01": "30", "T02": "20"}


def nothing_is_marked() -> bool:
    return not Mark.objects.exists()


def responders() -> int:
    estimate = Estimate.objects.filter(population="P2", analysis_set="measurable").first()
    return int(estimate.figures["response"]["unconfirmed"]["orr"]["x"]) if estimate else 0


@pytest.fixture
def held_refresh() -> Iterator[Callable[[], None]]:
    """Holds the lock that a refresh waits for, so that a worker can be caught in the middle; call it to let go."""
    import psycopg
    from django.conf import settings

    database = settings.DATABASES["default"]
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        assert database
        other.execute("SELECT pg_advisory_lock(%s)", [REFRESH_LOCK])
        yield lambda: other.execute("SELECT pg_advisory_unlock(%s)", [REFRESH_LOCK])  # type: ignore[misc]


def test_a_save_reaches_the_estimate_by_the_worker(trial: Trial, celery_worker_process: Any) -> None:
    subject = trial.treated_subject()
    trial.assess(subject, 57, RESPONSE, "PR")
    assert until(lambda: responders() == 1)
    assert until(nothing_is_marked)


def test_saves_while_the_broker_is_down_succeed_and_are_caught_up(trial: Trial, broker: Any, tmp_path: Path) -> None:
    from tests.programs import worker

    subject = trial.treated_subject()
    broker.stop_broker()
    started = time.monotonic()
    trial.assess(subject, 57, RESPONSE, "PR")
    assert time.monotonic() - started < 5
    assert Mark.objects.filter(subject=subject).exists()
    broker.start_broker()
    for _ in worker(tmp_path / "late-worker.log"):
        ask_for_refresh()  # what beat does every ten seconds
        assert until(lambda: responders() == 1)


def test_a_worker_killed_in_the_middle_loses_nothing_and_counts_nothing_twice(
    trial: Trial, celery_worker_process: Any, held_refresh: Callable[[], None]
) -> None:
    subject = trial.treated_subject()
    trial.assess(subject, 57, RESPONSE, "PR")
    assert until(refresh_is_waiting)
    celery_worker_process.kill()
    held_refresh()
    assert Mark.objects.filter(subject=subject).exists()
    assert not Outcome.objects.exists()
    celery_worker_process.start()
    ask_for_refresh()
    assert until(lambda: responders() == 1)
    assert until(nothing_is_marked)
    assert Outcome.objects.filter(subject=subject).count() == 1


def test_a_burst_of_saves_is_coalesced(
    trial: Trial, celery_worker_process: Any, held_refresh: Callable[[], None]
) -> None:
    subject = trial.treated_subject()
    for day in range(57, 257):
        trial.assess(subject, day, RESPONSE, "PR")
    assert Mark.objects.filter(subject=subject).count() >= 200
    held_refresh()
    assert until(nothing_is_marked)
    log = celery_worker_process.log
    assert until(lambda: "derived 1 subjects afresh" in log.read_text())
    assert log.read_text().count("derived 1 subjects afresh") <= 5


def test_two_workers_do_not_undo_each_other(trial: Trial, celery_worker_process: Any, tmp_path: Path) -> None:
    from tests.programs import worker

    subjects = [trial.treated_subject() for _ in range(6)]
    for _ in worker(tmp_path / "second-worker.log"):
        for day in (57, 90, 120):
            for subject in subjects:
                trial.assess(subject, day, RESPONSE, "PR")
        assert until(nothing_is_marked)
        assert until(lambda: responders() == len(subjects))
        confirmed = Estimate.objects.get(population="P2", analysis_set="measurable").figures["response"]["confirmed"]
        assert confirmed["orr"]["x"] == len(subjects)


def test_a_rebuild_gives_what_the_refreshes_gave(trial: Trial, celery_worker_process: Any) -> None:
    for overall in ("PR", "SD"):
        trial.assess(trial.treated_subject(), 57, RESPONSE if overall == "PR" else {"T01": "60", "T02": "40"}, overall)
    assert until(lambda: responders() == 1 and nothing_is_marked())
    before = dict(Outcome.objects.values_list("subject", "derivation"))
    with unlimited():
        Outcome.objects.all().delete()
    assert mark_everyone() == Subject.objects.count()
    ask_for_refresh()
    assert until(nothing_is_marked)
    assert dict(Outcome.objects.values_list("subject", "derivation")) == before


def refresh_is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])
