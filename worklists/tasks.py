"""The night's work as Celery runs it: beat asks each hour, and what is done for the day is not done again."""

from celery import shared_task
from django.utils import timezone

from accounts.actor import SYSTEM
from worklists.nightly import do_the_night


@shared_task
def nightly() -> None:
    do_the_night(day=timezone.localdate(), by=SYSTEM)
