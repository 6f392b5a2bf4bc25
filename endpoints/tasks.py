"""The refresh as Celery runs it: asked for after a save, repeated by beat for what a lost message left behind."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial, update_wrapper

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from database.prepared import Prepared, insert_in_one_go
from endpoints.models import Mark

logger = logging.getLogger(__name__)
LONGEST_PAUSE = 1.0
# As many times as long as it worked: in a burst deriving takes a tenth of a processor from the saves.
REST = 9
OLDER = Prepared(lambda pk: Mark.objects.filter(pk__lt=pk).order_by()[:1])


def mark_changed(subject_ids: Iterable[int]) -> None:
    """Note, in the transaction of a change, that these subjects must be derived again; ask for it once that commits.

    robust: a broker that is down fails no save. The marks stay, and beat finds them.
    """
    now = timezone.now()
    rows = [{"subject": subject_id, "at": now} for subject_id in subject_ids]
    # Once a transaction: an import saves a subject's forms in one, and each message to a dead broker waits.
    waiting = {getattr(entry[1], "func", None) for entry in connection.run_on_commit}
    marked = insert_in_one_go(Mark, rows)
    if _ask_unless_asked not in waiting:
        # Named as the function is: Django logs a robust hook that failed by its name, which a bare partial has not.
        asking = update_wrapper(partial(_ask_unless_asked, marked), _ask_unless_asked)
        transaction.on_commit(asking, robust=True)


def _ask_unless_asked(marked: Callable[[], list[int]]) -> None:
    """Send no message while older marks are there: whoever takes those looks again after committing, and finds ours.

    So a burst of saves costs a message or two. Where the older marks' own message was lost, beat is there for all.
    """
    if not OLDER.all(min(marked())):
        ask_for_refresh()


def ask_for_refresh() -> None:
    refresh.apply_async(ignore_result=True)


@shared_task
def refresh() -> None:
    """Derive what is marked, until nothing is. In a burst it rests between: saves come first."""
    from endpoints.refresh import refresh_marked

    started = time.monotonic()
    while derived := refresh_marked():
        logger.info("derived %d subjects afresh", derived)
        if derived > 1:
            time.sleep(min(REST * (time.monotonic() - started), LONGEST_PAUSE))
        started = time.monotonic()


@shared_task
def verify_figures() -> None:
    from audit.models import Whole
    from audit.wholes import carry_out
    from endpoints.verifying import answered

    carry_out(Whole.FIGURES, partial(answered, mark_changed))
