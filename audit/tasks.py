"""Sealing as Celery runs it: the clock asks every few seconds, and a burst of saves is sealed until nothing is left.

So the log of access hears of a changed protocol file: whatever runs was started anew to read it, and so was the worker.
"""

from celery import shared_task


@shared_task
def seal() -> None:
    from audit.sealing import seal_trail

    seal_trail()


@shared_task
def note_protocol() -> None:
    from audit.access_log import record_protocol

    record_protocol()
