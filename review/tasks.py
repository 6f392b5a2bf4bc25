"""The checks over all records: asked for by a person, run by Celery. Beat takes up a run that a killed worker left."""

from celery import shared_task
from django.db import IntegrityError, transaction

from accounts.actor import Actor, acting, broken_rule
from cohorts.models import Subject
from protocol import current
from review.models import CheckRun
from review.services import NotAllowed


def ask_for_run(*, reason: str, by: Actor) -> CheckRun:
    """Have all checks run again. NotAllowed while a run is under way: of two who ask at once the table takes one."""
    try:
        with acting(by, reason=reason):
            run = CheckRun.objects.create(
                asked_by=by.name,
                reason=reason,
                protocol_version=current().version,
                subjects=Subject.objects.count(),
            )
            # A broker that is down fails nothing: the clock asks again each minute.
            transaction.on_commit(_ask, robust=True)
    except IntegrityError as broken:
        if broken_rule(broken) != "one_run_at_a_time":
            raise
        raise NotAllowed("The checks are being run already.") from None
    return run


def _ask() -> None:
    run_checks.apply_async(ignore_result=True)


@shared_task
def run_checks() -> None:
    from review.rechecking import check_next

    while check_next():
        pass
