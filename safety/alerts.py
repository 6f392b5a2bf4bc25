"""Telling those who must know of a serious event: a notice in the application, and an e-mail where that is set."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils import timezone

from accounts.access import SYSTEM
from accounts.actor import acting
from accounts.models import Membership, User
from accounts.roles import ROLES, Permission, Role
from safety.models import CLOCK, Notice, SeriousReport
from trialsite.protocol import current

logger = logging.getLogger(__name__)
BATCH = 100


def give_notices() -> int:
    """A notice of each report that nobody was told of yet, for everyone who is to know; how many reports. One
    transaction: a worker that is killed leaves the report as it was, and no one is told twice."""
    with acting(SYSTEM, reason="serious event reported"):
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


def _recipients(site_ids: Iterable[int]) -> dict[int, set[int]]:
    """By site the users whose role there, or everywhere, is told of serious events."""
    roles = [role for role in Role if Permission.CONFIRM_SERIOUS in ROLES[role].permissions]
    held = Membership.objects.filter(
        Q(site=None) | Q(site__in=site_ids), role__in=roles, ended_at=None, user__is_active=True
    )
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, site_id in held.values_list("user_id", "site_id"):
        for site in site_ids if site_id is None else (site_id,):
            found[site].add(user_id)
    return found


def send_emails() -> int:
    """An e-mail for each fresh notice that has had none, where the installation sends any; how many were sent.

    One that fails is left for the next run. What it says names no person: site, subject number, where to read on.
    """
    if not settings.ALERTS_BY_EMAIL:
        return 0
    # Where e-mail is set only later, nobody is written to about what is past.
    fresh = Notice.objects.filter(emailed_at=None, at__gte=timezone.now() - CLOCK).exclude(user__email="")
    return sum(_email(pk) for pk in list(fresh.order_by("id").values_list("pk", flat=True)[:BATCH]))


def _email(pk: int) -> bool:
    """The notice is held while it is sent, so that of two workers one sends it."""
    try:
        with acting(SYSTEM, reason="serious event reported"):
            notices = Notice.objects.select_related("user", "report__event", "report__subject__site")
            held = notices.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, emailed_at=None).first()
            if held is None or not held.user.is_active:
                return False
            _send(held.user, held.report)
            Notice.objects.filter(pk=pk).update(emailed_at=timezone.now())
    except (OSError, SMTPException):
        logger.exception("notice %d could not be sent by e-mail", pk)
        return False
    return True


def _send(user: User, report: SeriousReport) -> None:
    event, subject = report.event, report.subject
    words = (
        f"{report.get_kind_display()} of serious adverse event {event.number}, version {report.version}.\n\n"
        f"Subject {subject.label}, site {subject.site.code}.\n"
        f"Reported {report.reported_at:%Y-%m-%d %H:%M} UTC. To be confirmed by {report.due_at:%Y-%m-%d %H:%M} UTC.\n\n"
        f"Read it here: {settings.SITE_ADDRESS}{event.get_absolute_url()}\n"
    )
    title = f"[{current().code}] Serious adverse event {event.number}: {report.get_kind_display().lower()}"
    EmailMessage(title, words, to=[user.email], connection=get_connection()).send()
