"""The night's work: visits planned on by the calendar, and each site told what waits."""

import logging
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Count
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actor import Actor, Locked, acting
from accounts.models import Membership, Site
from accounts.roles import Role
from assessments.visits.milestones import milestones
from cohorts.models import Subject, SubjectStatus
from cohorts.planning import plan_visits
from cohorts.services import lock_subject
from review.models import Query, QueryState
from signature.shut import shut_places
from values.dates import shown_date
from worklists.models import Digest
from worklists.reading import LISTS, Worklists

logger = logging.getLogger(__name__)
# Of these the calendar alone moves the plan.
MOVING = (SubjectStatus.SCREENING, SubjectStatus.ENROLLED, SubjectStatus.ON_TREATMENT, SubjectStatus.FOLLOW_UP)
READERS = (Role.INVESTIGATOR, Role.COORDINATOR)


def do_the_night(*, day: date, by: Actor) -> None:
    """Once a day, however often it is called: the digests, made last, say that a day's work is done."""
    if Site.objects.filter(is_active=True).exclude(digests__day=day).exists():
        follow_the_calendar(day=day, by=by)
        make_digests(day=day, by=by)
    send_digests(day=day, by=by)


def follow_the_calendar(*, day: date, by: Actor) -> int:
    """Plan the visits of every subject whose trial goes on as of `day`, one transaction each. Returns how many.

    Of what is frozen or locked nothing is planned: the database would refuse it.
    """
    subjects, places = Subject.objects.filter(status__in=MOVING).order_by("pk"), shut_places()
    is_open = (subject for subject in subjects if not places.state_of(subject.site_id, subject.pk))
    return sum(_plan_on(subject, day, by) for subject in is_open)


def _plan_on(subject: Subject, day: date, by: Actor) -> bool:
    try:
        with acting(by, reason="the calendar moved on"):
            lock_subject(subject)
            plan, _, _ = milestones(subject)
            plan_visits(subject=subject, milestones=plan, today=day)
    except Locked as locked:
        # One of its visits, or all of them since this night began: no fault.
        logger.info("the visits of %s are not planned on: %s", subject, locked)
        return False
    except Exception:
        # One subject must not keep the others from their night.
        logger.exception("the visits of %s could not be planned on", subject)
        return False
    return True


def make_digests(*, day: date, by: Actor) -> int:
    """What waits at each site in numbers. A digest that is there already stays as it is."""
    waiting = Worklists(None, day).counts_by_site()
    live = Query.objects.filter(state=QueryState.OPEN).order_by().values_list("subject__site_id")
    queries = dict(live.annotate(number=Count("pk")))
    with acting(by, reason="digest of the day", waits=False):
        made = Digest.objects.bulk_create(
            [
                Digest(
                    site=site,
                    day=day,
                    queries=queries.get(site.pk, 0),
                    **{name: waiting.get(site.pk, {}).get(name, 0) for name in LISTS},
                )
                for site in Site.objects.filter(is_active=True)
            ],
            ignore_conflicts=True,
        )
    return len(made)


def send_digests(*, day: date, by: Actor) -> int:
    """By e-mail too, where the installation wants it; one that could not be sent is tried again at the next call."""
    if not settings.DIGEST_EMAIL:
        return 0
    unsent = Digest.objects.filter(day=day, emailed_at=None).values_list("pk", flat=True)
    return sum(_send(pk, by) for pk in list(unsent))


def _send(pk: int, by: Actor) -> bool:
    try:
        with acting(by, reason="digest sent", waits=False):
            # Held while it is sent: two workers at once send one message.
            held = Digest.objects.select_for_update(of=("self",), skip_locked=True).select_related("site")
            digest = held.filter(pk=pk, emailed_at=None).first()
            readers = _readers(digest.site) if digest else []
            if digest is None or not digest.has_work or not readers:
                return False
            text = render_to_string("worklists/digest.txt", {"digest": digest, "address": settings.SITE_ADDRESS})
            send_mail(f"Site {digest.site.code}: open work on {shown_date(digest.day)}", text, None, readers)
            digest.emailed_at = timezone.now()
            digest.save(update_fields=["emailed_at"])
    except OSError:
        logger.exception("the digest %s could not be sent", pk)
        return False
    return True


def _readers(site: Site) -> list[str]:
    """The addresses of those who enter the site's data."""
    held = Membership.objects.filter(site=site, role__in=READERS, ended_at=None, user__is_active=True)
    return sorted(set(held.exclude(user__email="").values_list("user__email", flat=True)))
