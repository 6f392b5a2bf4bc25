"""Verifying signatures as Celery runs it: what changed each minute, all of them each night."""

from celery import shared_task

from signature.doubts import check_all, check_changed


@shared_task
def verify_changed() -> None:
    check_changed()


@shared_task
def verify_all() -> None:
    check_all()
