"""Every check again over all records, as after a change of the protocol: subject by subject, each a transaction, so
that a killed worker loses one and a second worker repeats none. No save waits for it to check."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from assessments.checks.asking import ask_what_was_found, found_by_all, whole_casebook
from assessments.checks.check import CheckedCasebook
from assessments.models import CaseForm
from cohorts.following import judging
from cohorts.models import Subject
from cohorts.services import lock_subject
from endpoints.tasks import mark_changed
from protocol import under
from review.models import CheckRun
from review.services import CheckFinding

# How often a subject is checked anew that was saved while it was checked.
TRIES = 3


def check_next() -> bool:
    """The next subject of the run under way. False where there is none, or another worker has it in hand."""
    with transaction.atomic():
        held = CheckRun.objects.select_for_update(skip_locked=True)
        run = held.filter(finished_at=None).first()
        if run is None:
            return False
        subject = Subject.objects.filter(pk__gt=run.last_subject).order_by("pk").first()
        if subject is not None:
            with under(judging(subject.protocol_id)):
                run.found += _recheck(subject, run)
            run.done, run.last_subject = run.done + 1, subject.pk
        run.finished_at = None if subject else timezone.now()
        with acting(SYSTEM, reason="checks run again"):
            run.save(update_fields=["done", "found", "last_subject", "finished_at"])
    return True


def _recheck(subject: Subject, run: CheckRun) -> int:
    """How much was found. The subject is read and checked while people save, and held only to ask about what has not
    changed meanwhile; whoever saves without an end makes it be checked while it is held."""
    for _ in range(TRIES):
        book = whole_casebook(subject.pk)
        findings = found_by_all(book)
        with suppress(_Changed), acting(SYSTEM, reason=f"checks run again: {run.reason}"):
            if _held(subject) != book:
                raise _Changed  # what is held is let go
            _ask_about(subject, findings, run)
            return len(findings)
    with acting(SYSTEM, reason=f"checks run again: {run.reason}"):
        findings = found_by_all(_held(subject))
        _ask_about(subject, findings, run)
    return len(findings)


class _Changed(Exception):
    """The subject's record is no longer what was checked."""


def _held(subject: Subject) -> CheckedCasebook:
    """What the subject's forms say, which nobody changes until the transaction ends."""
    lock_subject(subject)
    list(CaseForm.objects.select_for_update(no_key=True).filter(subject=subject).order_by("pk").values_list("pk"))
    return whole_casebook(subject.pk)


def _ask_about(subject: Subject, findings: list[CheckFinding], run: CheckRun) -> None:
    # What the derivation finds is asked anew by it.
    mark_changed([subject.pk])
    ask_what_was_found(subject.pk, findings, run)
