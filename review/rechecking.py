"""Every check again over all records, as after a change of the protocol: batch by batch, each taken up where the one
before ended, so that a killed worker loses one batch and a second worker repeats none."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import SYSTEM, Actor, acting, broken_rule
from assessments.checks.asking import ask_about_subject
from cohorts.models import Subject
from cohorts.services import lock_subject
from endpoints.tasks import mark_changed
from review.models import CheckRun
from review.services import NotAllowed
from review.tasks import run_checks
from trialsite.protocol import current

# Subjects a transaction: nobody can save a form of theirs meanwhile.
BATCH = 5


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


def run_batch() -> bool:
    """The next subjects of the run under way. False where there is none, or another worker has it in hand."""
    with acting(SYSTEM, reason="checks run again"):
        held = CheckRun.objects.select_for_update(skip_locked=True)
        run = held.filter(finished_at=None).first()
        if run is None:
            return False
        batch = list(Subject.objects.filter(pk__gt=run.last_subject).order_by("pk")[:BATCH])
        with acting(SYSTEM, reason=f"checks run again: {run.reason}"):
            run.found += sum(_recheck(subject, run) for subject in batch)
        run.done += len(batch)
        run.last_subject = batch[-1].pk if batch else run.last_subject
        run.finished_at = None if batch else timezone.now()
        run.save(update_fields=["done", "found", "last_subject", "finished_at"])
    return True


def _recheck(subject: Subject, run: CheckRun) -> int:
    lock_subject(subject)
    # What the derivation finds is asked anew by it.
    mark_changed([subject.pk])
    return ask_about_subject(subject.pk, run)
