"""The visits of a site planned by an amendment that it approved: batch by batch, each taken up where the one before
ended, so that a killed worker loses one batch and a second worker repeats none."""

from django.utils import timezone

from accounts.actor import SYSTEM, Locked, acting
from assessments.milestones import follow_the_record
from cohorts.models import Approval, Subject
from signature.shut import shut_places

# Subjects a transaction: nobody can save a form of theirs meanwhile.
BATCH = 10


def plan_batch() -> bool:
    """The next subjects of the oldest approval that is not planned by. False where there is none, or another worker has
    it in hand."""
    with acting(SYSTEM, reason="planned by an amendment", waits=False):
        held = Approval.objects.select_for_update(skip_locked=True, of=("self",)).select_related("version")
        approval = held.filter(planned_at=None).order_by("pk").first()
        if approval is None:
            return False
        subjects = Subject.objects.filter(site=approval.site_id, pk__gt=approval.planned_to).order_by("pk")
        batch, places = list(subjects[:BATCH]), shut_places()
        for subject in batch:
            if not places.state_of(subject.site_id, subject.pk):
                _plan(subject, str(approval.version))
        approval.planned_to = batch[-1].pk if batch else approval.planned_to
        approval.planned_at = None if batch else timezone.now()
        approval.save(update_fields=["planned_to", "planned_at"])
    return True


def _plan(subject: Subject, version: str) -> None:
    try:
        with acting(SYSTEM, reason=f"planned by {version}"):
            follow_the_record(subject)
    except Locked:
        pass  # locked since: its visits stay as they are
