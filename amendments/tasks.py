"""What this app does by itself."""

from celery import shared_task

from amendments.replanning import plan_next


@shared_task
def plan_by_amendments() -> int:
    """Until nothing is left to plan; how many steps that were."""
    steps = 0
    while plan_next():
        steps += 1
    return steps
