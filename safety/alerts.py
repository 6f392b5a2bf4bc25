"""Telling those who must know of a serious event: a notice in the application, and an e-mail where that is set."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils import timezone

from accounts.access import SYSTEM
from accounts.actor import acting
from accounts.models import Membership, User
from accounts.roles import ROLES, Permission, Role
from protocol import current
from safety.models import CLOCK, Notice, SeriousReport
from values.times import shown_moment

logger = logging.getLogger(__name__)
BATCH = 100
TOLD = [role for role in Role if Permission.CONFIRM_SERIOUS in ROLES[role].permissions]
# How long after each failure an e-mail is tried again: a server that is down for an hour costs no notice its mail.
AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)


def give_notices() -> int:
    """A notice of each report that nobody was told of yet, for everyone who is to know; how many reports. One
    transaction: a worker that is killed leaves the report as it was, and no one is told twice."""
    with acting(SYSTEM, reason="serious event reported", waits=False):
        waiting = SeriousReport.objects.filter(alerted_at=None).order_by("id").select_related("subject")
        reports = list(waiting.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        if not reports:
            return 0
        by_site = _recipients({report.subject.site_id for report in reports})
        Notice.objects.bulk_create(
            [
                Notice(user_id=user_id, report=report, subject_id=report.subject_id)
                for report in reports
                for user_id in by_site[report.subject.site_id]
            ],
            ignore_conflicts=True,
        )
        SeriousReport.objects.filter(pk__in=[report.pk for report in reports]).update(alerted_at=timezone.now())
    return len(reports)


def _recipients(site_ids: Iterable[int], roles: Iterable[Role] = TOLD) -> dict[int, set[int]]:
    """By site the users who have one of these roles there, or everywhere."""
    held = Membership.objects.filter(
        Q(site=None) | Q(site__in=site_ids), role__in=roles, ended_at=None, user__is_active=True
    )
    recipients: dict[int, set[int]] = defaultdict(set)
    for user_id, site_id in held.values_list("user_id", "site_id"):
        for site in site_ids if site_id is None else (site_id,):
            recipients[site].add(user_id)
    return recipients


def send_emails() -> int:
    """An e-mail for each fresh notice that has had none, where the installation sends any; how many were tried.

    Those never tried come first, so that addresses that fail hold up nobody. One that fails is tried again after each
    of AGAIN_AFTER and then given up: the data managers are told. What it says names no person: site, subject number,
    where to read on.
    """
    if not settings.ALERTS_BY_EMAIL:
        return 0
    now = timezone.now()
    # Where e-mail is set only later, nobody is written to about what is past.
    fresh = Notice.objects.filter(emailed_at=None, undelivered=None, at__gte=now - CLOCK, user__is_active=True)
    waiting = fresh.filter(Q(email_failures=0) | Q(email_again_at__lte=now)).exclude(user__email="")
    keys = list(waiting.order_by("email_failures", "id").values_list("pk", flat=True)[:BATCH])
    return sum(_email(pk) for pk in keys)


def _email(pk: int) -> bool:
    """Whether this worker tried it: the notice is held while it is sent, so that of two workers one does."""
    with acting(SYSTEM, reason="serious event reported", waits=False):
        notices = Notice.objects.select_related("user", "report__event", "report__subject__site")
        held = notices.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, emailed_at=None).first()
        if held is None:
            return False
        try:
            _send(held.user, held.report)
        except (OSError, SMTPException):
            logger.exception("notice %d could not be sent by e-mail", pk)
            _try_again(held)
        else:
            held.emailed_at = timezone.now()
        held.save(update_fields=["emailed_at", "email_failures", "email_again_at"])
    return True


def _try_again(notice: Notice) -> None:
    """When the next try is due; none after the last, of which the data managers are told."""
    again = AGAIN_AFTER[notice.email_failures] if notice.email_failures < len(AGAIN_AFTER) else None
    notice.email_failures += 1
    notice.email_again_at = timezone.now() + again if again else None
    if again is None:
        site_id = notice.report.subject.site_id
        Notice.objects.bulk_create(
            [
                Notice(user_id=user_id, report=notice.report, subject_id=notice.subject_id, undelivered=notice)
                for user_id in _recipients({site_id}, [Role.DATA_MANAGER])[site_id]
            ],
            ignore_conflicts=True,
        )


def _send(user: User, report: SeriousReport) -> None:
    event, subject = report.event, report.subject
    due = "" if report.ended_at else f" To be confirmed by {shown_moment(report.due_at)}."
    words = (
        f"{report.get_kind_display()} of serious adverse event {event.number}, version {report.version}.\n\n"
        f"Subject {subject.label}, site {subject.site.code}.\n"
        f"Reported {shown_moment(report.reported_at)}.{due}\n\n"
        f"Read it here: {settings.SITE_ADDRESS}{event.get_absolute_url()}\n"
    )
    title = f"[{current().code}] Serious adverse event {event.number}: {report.get_kind_display().lower()}"
    EmailMessage(title, words, to=[user.email], connection=get_connection()).send()
