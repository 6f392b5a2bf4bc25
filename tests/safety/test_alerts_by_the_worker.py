"""The real worker over the real broker: those who must know are told within a minute, whatever dies on the way."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safety.models import Notice, SeriousReport
from safety.tasks import ask_for_alerts
from tests.cast import Trial
from tests.safety.conftest import SERIOUS

pytestmark = pytest.mark.usefixtures("committed_db", "broker")

A_MINUTE = 60


def seconds_until(condition: Callable[[], bool], patience: float = A_MINUTE) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience, "nobody was told in time"
        time.sleep(0.05)
    return time.monotonic() - started


def both_are_told() -> bool:
    return Notice.objects.count() == 2


def test_a_serious_event_reaches_sponsor_and_data_manager_within_a_minute(
    trial: Trial, celery_worker_process: Any
) -> None:
    trial.fill(trial.treated_subject(), "adverse_event", SERIOUS)
    assert seconds_until(both_are_told) < A_MINUTE


def test_a_save_while_the_broker_is_down_succeeds_and_the_alert_is_made_up_for(
    trial: Trial, broker: Any, tmp_path: Path
) -> None:
    from tests.programs import worker

    subject = trial.treated_subject()
    broker.stop_broker()
    started = time.monotonic()
    trial.fill(subject, "adverse_event", SERIOUS)
    assert time.monotonic() - started < 5
    assert SeriousReport.objects.get().alerted_at is None
    broker.start_broker()
    for _ in worker(tmp_path / "late-worker.log"):
        ask_for_alerts()  # what beat does every twenty seconds
        seconds_until(both_are_told)


def test_beat_asks_for_alerts_more_than_once_a_minute(settings: Any) -> None:
    (entry,) = [
        schedule for schedule in settings.CELERY_BEAT_SCHEDULE.values() if schedule["task"] == "safety.tasks.alert"
    ]
    assert entry["schedule"] < A_MINUTE / 2
