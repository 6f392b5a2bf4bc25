"""The planning of visits by an amendment, and its dry run, as Celery runs them."""

from datetime import date

from celery import shared_task

from amendments.dry_run import look_and_keep
from amendments.figures import compared_with
from amendments.replanning import plan_next
from cohorts.models import ProtocolVersion


@shared_task
def plan_by_amendments() -> int:
    """Until nothing is left to plan; how many steps that were."""
    steps = 0
    while plan_next():
        steps += 1
    return steps


@shared_task
def look_at_amendment(version: int, active_from: str) -> None:
    """What it would change of all subjects, kept for its page."""
    amendment = ProtocolVersion.objects.get(pk=version)
    look_and_keep(amendment, date.fromisoformat(active_from), compared_with(amendment))
