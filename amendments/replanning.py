"""The visits of a site planned by an amendment that it approved: subject by subject, each a transaction, so that a save
waits for no subject but its own, a killed worker loses one and a second worker repeats none."""

import logging

from django.db import transaction
from django.utils import timezone

from accounts.actor import SYSTEM, Locked, acting
from assessments.milestones import follow_the_record
from cohorts.models import Approval, Subject
from signature.shut import shut_places

logger = logging.getLogger(__name__)


def plan_next() -> bool:
    """The next subject of the oldest approval that is not planned by. False where there is none, or another worker has
    it in hand."""
    with transaction.atomic():
        held = Approval.objects.select_for_update(skip_locked=True, of=("self",)).select_related("version")
        approval = held.filter(planned_at=None).order_by("pk").first()
        if approval is None:
            return False
        later = Subject.objects.filter(site=approval.site_id, pk__gt=approval.planned_to)
        subject = later.order_by("pk").first()
        if subject is not None:
            _plan(subject, f"planned by {approval.version}")
            approval.planned_to = subject.pk
        approval.planned_at = None if subject else timezone.now()
        with acting(SYSTEM, reason="planned by an amendment"):
            approval.save(update_fields=["planned_to", "planned_at"])
    return True


def _plan(subject: Subject, reason: str) -> None:
    """Of what is frozen or locked nothing is planned: the database would refuse it."""
    if shut_places([subject.pk]).state_of(subject.site_id, subject.pk):
        return
    try:
        with acting(SYSTEM, reason=reason):
            follow_the_record(subject)
    except Locked as locked:
        logger.info("the visits of %s are not planned: %s", subject, locked)
    except Exception:
        # One subject must not keep the others from the amendment; the night tries it again.
        logger.exception("the visits of %s could not be planned", subject)
