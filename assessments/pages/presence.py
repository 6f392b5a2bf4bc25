"""Who else has a form open, told to whoever opens it and while it is open."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from assessments.models import OpenForm
from cohorts.models import Subject

# A page says every 20 seconds that it is open; one that was closed or crashed is forgotten after three times that.
GONE_AFTER = timedelta(seconds=60)


def others_at(subject: Subject, key: str, user: User) -> list[OpenForm]:
    """Who has it open beside this user, the longest there first. One statement."""
    seen = OpenForm.objects.filter(subject=subject, key=key, seen__gt=timezone.now() - GONE_AFTER)
    return list(seen.exclude(user=user).select_related("user").order_by("since"))


def say_here(subject: Subject, key: str, user: User) -> None:
    """Note that the user has it open now; what is long gone of this subject goes. Two statements."""
    now = timezone.now()
    gone = Q(seen__lte=now - GONE_AFTER)
    OpenForm.objects.filter(gone, subject=subject).delete()
    OpenForm.objects.bulk_create(
        [OpenForm(subject=subject, key=key, user=user, since=now, seen=now)],
        update_conflicts=True,
        unique_fields=["subject", "key", "user"],
        update_fields=["seen"],
    )
