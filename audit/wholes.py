"""Verifying wholes: the trail against its seal, signatures against what they sign, figures against a fresh derivation.

Asked for on a page or by the clock each night, carried out by the worker: it alone has the key of the seal.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actor import SYSTEM, Actor, acting, broken_rule
from audit.models import Whole, WholeVerified

logger = logging.getLogger(__name__)

# By name: the apps of signatures and figures stand above this one.
TASKS = {
    Whole.TRAIL: "audit.tasks.verify_trail",
    Whole.SIGNATURES: "signature.tasks.verify_all",
    Whole.FIGURES: "endpoints.tasks.verify_figures",
}
MOST_NAMED = 200
# A worker that was killed says nothing more: after this long another one begins anew.
GIVEN_UP = timedelta(minutes=30)


class VerificationUnderWay(Exception):
    """It is being verified already."""


class Answer(NamedTuple):
    """What a verification came to: how many entries it looked at, in one sentence, and what is wrong, one by one."""

    entries: int
    says: str
    faults: list[str]


def ask_to_verify(of: Whole, by: Actor) -> WholeVerified:
    """Have it verified. Raises UnderWay while it is: of two who ask at once the table takes one."""
    try:
        with acting(by, reason=f"{of.label} to be verified", waits=False):
            verification = WholeVerified.objects.create(of=of, asked_by=by.name)
            # A broker that is down fails nothing: the clock asks again each minute.
            transaction.on_commit(lambda: send(of), robust=True)
    except IntegrityError as broken:
        if broken_rule(broken) != "verified_one_at_a_time":
            raise
        raise VerificationUnderWay from None
    return verification


def send(of: Whole) -> None:
    current_app.send_task(TASKS[of], ignore_result=True)


def send_again() -> None:
    """What was asked for and is in no worker's hands."""
    for of in _free().values_list("of", flat=True):
        send(Whole(of))


def carry_out(of: Whole, verify: Callable[[], Answer]) -> WholeVerified | None:
    """Verify what was asked for and write down what was found; None where nobody asked, or it is in other hands."""
    with acting(SYSTEM, reason=f"{of.label}: verification begun", waits=False):
        begun = _free().filter(of=of).select_for_update(skip_locked=True).first()
        if begun is None:
            return None
        begun.begun_at = timezone.now()
        begun.save(update_fields=["begun_at"])
    answer = verify()
    for fault in answer.faults:
        logger.error("verification of %s: %s", of.value, fault)
    return _ended(begun, answer)


def ask_for_all() -> None:
    """What the clock asks for each night."""
    for of in Whole:
        with suppress(VerificationUnderWay):
            ask_to_verify(of, SYSTEM)


def last_of_each() -> list[WholeVerified]:
    """The last verification of each whole that there was one of, finished or not."""
    return list(WholeVerified.objects.order_by("of", "-id").distinct("of"))


def _free() -> QuerySet[WholeVerified]:
    given_up = timezone.now() - GIVEN_UP
    open_ones = WholeVerified.objects.filter(ended_at=None)
    return open_ones.filter(Q(begun_at=None) | Q(begun_at__lt=given_up))


def _ended(begun: WholeVerified, answer: Answer) -> WholeVerified:
    with acting(SYSTEM, reason=f"{begun.get_of_display()}: verified", waits=False):
        begun.ended_at, begun.entries, begun.says = timezone.now(), answer.entries, answer.says
        begun.faults, begun.fault_count = answer.faults[:MOST_NAMED], len(answer.faults)
        begun.save(update_fields=["ended_at", "entries", "says", "faults", "fault_count"])
    return begun
