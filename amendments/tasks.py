"""What this app does by itself."""

from celery import shared_task

from amendments.replanning import plan_batch


@shared_task
def plan_by_amendments() -> int:
    """Until nothing is left to plan; how many batches that were."""
    batches = 0
    while plan_batch():
        batches += 1
    return batches
