"""Forgetting which saves have arrived, as Celery runs it."""

from celery import shared_task

from assessments.pages.receipts import forget


@shared_task
def forget_receipts() -> int:
    return forget()
