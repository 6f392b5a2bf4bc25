"""Reminders of reviews of access as Celery runs them: beat asks each hour, and what was sent is not sent again."""

from celery import shared_task
from django.utils import timezone

from accounts.actor import SYSTEM


@shared_task
def remind_of_review() -> None:
    from staff.due import remind

    remind(day=timezone.localdate(), by=SYSTEM)
