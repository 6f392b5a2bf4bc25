"""Sealing as Celery runs it: the clock asks every few seconds, and a burst of saves is sealed until nothing is left.

So the log of access hears of a changed protocol file: whatever runs was started anew to read it, and so was the worker.
"""

from celery import shared_task


@shared_task
def seal() -> None:
    from audit.sealing import seal_trail

    seal_trail()


@shared_task
def tell_of_strangers() -> None:
    from audit.strangers import tell_of_counted

    tell_of_counted()


@shared_task
def verify_trail() -> None:
    from audit.models import Whole
    from audit.verifying import answered
    from audit.wholes import carry_out

    carry_out(Whole.TRAIL, answered)


@shared_task
def verify_wholes() -> None:
    from audit.wholes import ask_for_all

    ask_for_all()


@shared_task
def go_on_verifying() -> None:
    from audit.wholes import send_again

    send_again()


@shared_task
def note_protocol() -> None:
    from audit.access_log import record_protocol

    record_protocol()
