"""Forgetting old receipts, as Celery runs it."""

from celery import shared_task

from receipts.services import forget


@shared_task
def forget_receipts() -> int:
    return forget()
