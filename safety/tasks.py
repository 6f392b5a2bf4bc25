"""Alerts as Celery runs them: asked for after a save, repeated by beat for what a lost message left behind."""

import logging

from celery import shared_task

logger = logging.getLogger(__name__)


def ask_for_alerts() -> None:
    alert.apply_async(ignore_result=True)


@shared_task
def alert() -> None:
    from safety.alerts import give_notices, send_emails

    while reports := give_notices():
        logger.info("told of %d serious event reports", reports)
    while emails := send_emails():
        logger.info("tried %d e-mails of serious events", emails)
