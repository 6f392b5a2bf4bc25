"""The Celery application: workers derive and re-estimate, beat repairs what a lost message left behind."""

import os

from celery import Celery
from celery.signals import beat_init, before_task_publish, task_postrun, task_prerun, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")

app = Celery("trialsite", task_cls="database.scope:SystemTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def need_the_key_of_the_seal_and_the_protocol(**_: object) -> None:
    from audit.seal_keys import refuse_missing_seal_keys
    from trialsite.starting import or_end, refuse_wrong_protocol

    or_end(refuse_missing_seal_keys, refuse_wrong_protocol)


@worker_process_init.connect
def give_way(**_: object) -> None:
    """On the same machine a save comes before what follows from it."""
    os.nice(10)


@worker_process_init.connect
def say_so(**_: object) -> None:
    """A worker sees every site: that one began is in the log of access."""
    from audit.access_log import AccessKind, record

    record(AccessKind.SYSTEM, name="system", detail="a worker began, which sees every site")


@worker_process_init.connect
def note_work(**_: object) -> None:
    """In a worker, and not where a task is merely called: after each task it says that it is there."""
    task_postrun.connect(_worker_is_here, weak=False)


@worker_process_init.connect
def follow_the_protocol(**_: object) -> None:
    """An amendment may have taken force since the task before."""
    task_prerun.connect(_by_the_version_in_force, weak=False)


@beat_init.connect
def need_the_protocol(**_: object) -> None:
    from trialsite.starting import or_end, refuse_wrong_protocol

    or_end(refuse_wrong_protocol)


@beat_init.connect
def note_asking(**_: object) -> None:
    """In the clock: each time that it asks for work, which it does before it reaches the broker."""
    before_task_publish.connect(_clock_is_here, weak=False)


def _by_the_version_in_force(**_: object) -> None:
    from cohorts.following import follow

    follow()


def _worker_is_here(**_: object) -> None:
    from trialsite.heartbeats import WORKER, note

    note(WORKER)


def _clock_is_here(**_: object) -> None:
    from trialsite.heartbeats import CLOCK, note

    note(CLOCK)
