"""Sealing as Celery runs it: the clock asks every few seconds, and a burst of saves is sealed until nothing is left."""

from celery import shared_task


@shared_task
def seal() -> None:
    from audit.sealing import seal_trail

    seal_trail()
