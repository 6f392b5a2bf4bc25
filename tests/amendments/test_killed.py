"""A worker that is killed while it plans a site by an amendment: the next one goes on, and repeats nothing."""

import os
import signal
import subprocess
import sys
from datetime import date

import pytest

from amendments.replanning import plan_next
from amendments.services import propose
from audit.models import Event
from cohorts.amendments import approve, put_in_force
from cohorts.following import follow
from cohorts.models import Approval, GoesOver, Subject, Visit
from tests.cast import SETUP, Trial, actor
from tests.cohorts.amended import SCANS_EVERY_12_WEEKS, amended

# Plans two subjects at a time, and is gone before its nth statement.
WORKER = """
import os, signal, sys
import django
django.setup()
from database.scope import EVERYWHERE, show
show(EVERYWHERE)
from django.db import connection
from amendments.replanning import plan_next
from cohorts.following import follow

left = int(sys.argv[1])

def last_one_kills(execute, *asked):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*asked)

follow()
with connection.execute_wrapper(last_one_kills):
    while plan_next(2):
        pass
"""


def work(statements: int) -> int:
    """What a worker ends with that is killed before so many statements."""
    run = [sys.executable, "-c", WORKER, str(statements)]
    return subprocess.run(run, env=os.environ, check=False).returncode


@pytest.fixture
def approved(committed_db: None) -> Approval:
    """Five subjects whose first assessments move from the eighth week to the twelfth."""
    trial = Trial()
    for _ in range(5):
        trial.treated_subject()
    with_an_end = Subject.objects.order_by("pk")
    assert len(with_an_end) == 5
    by = actor(trial.data_manager, "data_manager")
    version = propose(content=amended(*SCANS_EVERY_12_WEEKS), goes_over=GoesOver.VISIT, by=SETUP)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    return approve(site=trial.site, version=version, approved_on=date(2008, 2, 1), active_from=date(2008, 2, 1), by=by)


def test_killed_at_any_statement_it_goes_on_and_repeats_nothing(approved: Approval) -> None:
    key = Subject.objects.order_by("pk").values_list("pk", flat=True)
    reached = []
    for statements in (1, 4, 8, 12, 16, 20):
        assert work(statements) == -signal.SIGKILL, statements
        approved.refresh_from_db()
        reached.append(approved.planned_to)
        # Of a step that was killed nothing is there, and of one that was not all.
        over = set(Subject.objects.filter(protocol=approved.version).values_list("pk", flat=True))
        assert over == {subject for subject in key if subject <= approved.planned_to}
    assert reached == sorted(reached) and 0 in reached and reached[-1] > 0
    while plan_next(2):
        pass
    approved.refresh_from_db()
    assert approved.planned_at is not None
    assert set(Subject.objects.values_list("protocol", flat=True)) == {approved.version_id}
    assert not Visit.objects.exclude(protocol=approved.version).filter(target_date__gte=date(2026, 1, 1)).exists()
    went_over = Event.objects.filter(table_name="cohorts_subject", action="update", new__has_key="protocol_id")
    assert went_over.filter(new__protocol_id=approved.version_id).count() == 5
