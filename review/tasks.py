"""The checks over all records as Celery runs them; beat takes up a run that a killed worker left."""

from celery import shared_task


@shared_task
def run_checks() -> None:
    from review.rechecking import check_next

    while check_next():
        pass
