"""The refresh as Celery runs it: asked for after each save, repeated by beat for what a lost message left behind."""

import logging
from collections.abc import Iterable

from celery import shared_task
from django.db import connection, transaction

from endpoints.models import Mark

logger = logging.getLogger(__name__)


def mark_changed(subject_ids: Iterable[int]) -> None:
    """Note, in the transaction of a change, that these subjects must be derived again; ask for it once that commits.

    robust: a broker that is down fails no save. The marks stay, and beat finds them.
    """
    Mark.objects.bulk_create(Mark(subject_id=subject_id) for subject_id in subject_ids)
    # Once a transaction: an import saves a subject's forms in one, and each message to a dead broker waits.
    if not any(waiting[1] is ask_for_refresh for waiting in connection.run_on_commit):
        transaction.on_commit(ask_for_refresh, robust=True)


def ask_for_refresh() -> None:
    refresh.apply_async(ignore_result=True)


@shared_task
def refresh() -> None:
    """Derive what is marked, until nothing is."""
    from endpoints.refresh import refresh_marked

    while derived := refresh_marked():
        logger.info("derived %d subjects afresh", derived)
