"""Verifying signatures as Celery runs it: what changed each minute, all of them each night and when somebody asks."""

from celery import shared_task

from audit.models import Whole
from audit.wholes import carry_out
from signature.doubts import answered, check_changed


@shared_task
def verify_changed() -> None:
    check_changed()


@shared_task
def verify_all() -> None:
    carry_out(Whole.SIGNATURES, answered)
