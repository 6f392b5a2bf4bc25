"""A run of the checks by the real worker, killed in the middle."""

from typing import Any

import pytest
from django.db import connection

from cohorts.models import Subject
from review.models import CheckRun
from review.tasks import ask_for_run, run_checks
from tests.cast import Trial, actor
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("committed_db", "broker")


def done() -> int:
    return int(CheckRun.objects.get().done)


def test_a_killed_worker_s_run_is_taken_up_where_it_was(trial: Trial, celery_worker_process: Any) -> None:
    import psycopg

    subjects = [trial.subject() for _ in range(12)]
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT set_config('edc.sites', 'all', false), edc.enter_system()")
        # The worker waits here, at the eighth.
        held = other.execute("SELECT 1 FROM cohorts_subject WHERE id = %s FOR UPDATE", [subjects[7].pk])
        assert held.fetchone() == (1,)
        ask_for_run(reason="protocol 1.1", by=actor(trial.data_manager, "data_manager"))
        assert until(lambda: done() == 7)
        celery_worker_process.kill()
    assert done() == 7
    celery_worker_process.start()
    run_checks.apply_async(ignore_result=True)  # what beat does each minute
    assert until(lambda: CheckRun.objects.filter(finished_at__isnull=False).exists())
    assert done() == Subject.objects.count() == 12
