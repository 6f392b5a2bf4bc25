"""The visits of a site planned by an amendment that it approved: some subjects at a time, in one transaction, so that
a save waits for few, a killed worker loses some and a second worker repeats none."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.actor import SYSTEM, Locked, acting
from assessments.visits.milestones import follow_the_record, follow_the_records
from cohorts.models import Approval, Subject
from signature.shut import shut_places

logger = logging.getLogger(__name__)


# So many that statements do not count beside the planning itself, and that a save waits for less than a second.
BATCH = 100


def plan_next(batch: int = BATCH) -> bool:
    """The next subjects of the oldest approval that are not planned by. False where there is none, or another worker
    has it in hand."""
    with transaction.atomic():
        held = Approval.objects.select_for_update(skip_locked=True, of=("self",)).select_related("version")
        approval = held.filter(planned_at=None).order_by("pk").first()
        if approval is None:
            return False
        later = Subject.objects.filter(site=approval.site_id, pk__gt=approval.planned_to)
        subjects = list(later.order_by("pk")[:batch])
        if subjects:
            _plan(subjects, f"planned by {approval.version}")
            approval.planned_to = subjects[-1].pk
        approval.planned_at = None if subjects else timezone.now()
        with acting(SYSTEM, reason="planned by an amendment"):
            approval.save(update_fields=["planned_to", "planned_at"])
    return True


def _plan(subjects: Sequence[Subject], reason: str) -> None:
    """Of what is frozen or locked nothing is planned: the database would refuse it."""
    places = shut_places([subject.pk for subject in subjects])
    free = [subject for subject in subjects if not places.state_of(subject.site_id, subject.pk)]
    try:
        with acting(SYSTEM, reason=reason):
            follow_the_records(free)
    except Exception:
        # One subject must not keep the others from the amendment.
        logger.exception("%s subjects are planned one by one", len(free))
        for subject in free:
            _plan_alone(subject, reason)


def _plan_alone(subject: Subject, reason: str) -> None:
    try:
        with acting(SYSTEM, reason=reason):
            follow_the_record(subject)
    except Locked as locked:
        logger.info("the visits of %s are not planned: %s", subject, locked)
    except Exception:
        # The night tries it again.
        logger.exception("the visits of %s could not be planned", subject)
