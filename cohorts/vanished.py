"""What of a protocol file is gone though subjects have data under it: cohorts with slots, visits with forms."""

import re
from collections.abc import Iterator

from django.db.models import Count, Q

from cohorts.models import Enrolment, EnrolmentStatus, Visit
from cohorts.services import UNSCHEDULED
from trialsite.protocol import Protocol
from values.counts import counted

# What the schedule puts before the code of the file, and behind it: C2D8, C1DLT, TA03.
CYCLE, NUMBER = re.compile(r"^C\d+"), re.compile(r"\d{2,}$")
NUMBERED = ("tumour", "follow_up")


def vanished(protocol: Protocol, *, using: str) -> list[str]:
    """A sentence for each, by the code; empty where the file still has all that was used."""
    return [*_cohorts(protocol, using), *_visits(protocol, using)]


def _cohorts(protocol: Protocol, using: str) -> Iterator[str]:
    known = {cohort.code for cohort in protocol.cohorts}
    held = Enrolment.objects.using(using).exclude(status=EnrolmentStatus.REFUSED).exclude(cohort__code__in=known)
    for code, subjects in held.values_list("cohort__code").annotate(Count("pk")).order_by("cohort__code"):
        yield f"The cohort {code} has {counted(subjects, 'subject')} and is not in the file."


def _visits(protocol: Protocol, using: str) -> Iterator[str]:
    known = {(visit.kind, visit.code) for visit in protocol.visits}
    used = Visit.every.using(using).filter(Q(visit_date__isnull=False) | Q(forms__isnull=False))
    planned = used.exclude(code__startswith=UNSCHEDULED).values_list("kind", "code").distinct()
    for kind, code in sorted({(kind, plan_code(kind, code)) for kind, code in planned} - known):
        yield f"Visits {code} of kind {kind} took place and are not in the file."


def plan_code(kind: str, code: str) -> str:
    """The code by which the file calls a visit of the schedule."""
    return NUMBER.sub("", code) if kind in NUMBERED else CYCLE.sub("", code)
