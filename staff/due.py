"""When the next review of access is due, and the one mail that reminds the administrators of it."""

import logging
from calendar import monthrange
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Max, Min
from django.template.loader import render_to_string

from accounts.actor import Actor, acting
from accounts.models import Membership, User
from accounts.roles import Role
from staff.models import AccessReview, ReviewReminder

logger = logging.getLogger(__name__)


def due_on() -> date | None:
    """ACCESS_REVIEW_MONTHS after the last one was signed, or after the first user came; None where none is asked."""
    if not settings.ACCESS_REVIEW_MONTHS:
        return None
    last = AccessReview.objects.aggregate(last=Max("signed_at"))["last"]
    last = last or User.objects.aggregate(first=Min("date_joined"))["first"]
    return months_after(last.date(), settings.ACCESS_REVIEW_MONTHS) if last else None


def months_after(day: date, months: int) -> date:
    """The same day of that month, or the last one that the month has."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def remind(*, day: date, by: Actor) -> bool:
    """Mail the administrators once of a review that is due on `day`; tried again at the next call where mail fails."""
    due, readers = due_on(), _administrators()
    if due is None or due > day or not (settings.MAIL_IS_SENT and readers):
        return False
    try:
        with acting(by, reason="reminder of the review of access", waits=False):
            # Made first: of two workers the second one waits here, and finds it made.
            _, is_new = ReviewReminder.objects.get_or_create(due_on=due)
            if is_new:
                text = render_to_string("staff/due.txt", {"due": due, "address": settings.SITE_ADDRESS})
                send_mail("The review of access is due", text, None, readers)
    except OSError:
        logger.exception("the reminder of the review of access could not be sent")
        return False
    return is_new


def _administrators() -> list[str]:
    held = Membership.objects.filter(role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True)
    return sorted(set(held.exclude(user__email="").values_list("user__email", flat=True)))
