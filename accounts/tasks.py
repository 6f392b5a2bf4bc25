"""Reminders of tokens as Celery runs them: beat asks each hour, and who was told is not told again."""

from celery import shared_task


@shared_task
def remind_of_tokens() -> None:
    from accounts.actor import SYSTEM
    from accounts.token_reminders import remind_owners

    remind_owners(by=SYSTEM)
