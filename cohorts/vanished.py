"""What of a protocol file is gone though subjects have data under it: cohorts with slots, visits with forms."""

import re
from collections.abc import Iterator
from itertools import groupby

from django.db.models import Count, Q

from cohorts.models import Enrolment, EnrolmentStatus, Visit
from cohorts.schedule import NUMBERED
from protocol import Protocol
from protocol.visits import UNSCHEDULED
from protocol.visits import Visit as PlannedVisit
from values.counts import counted

IN_A_CYCLE = ("cycle", "dlt")
MOST_NAMED = 10


def vanished(protocol: Protocol, *, using: str) -> list[str]:
    """A sentence for each, by the code; empty where the file still has all that was used."""
    return [*vanished_cohorts(protocol, using), *_visits(protocol, using)]


def vanished_cohorts(protocol: Protocol, using: str) -> Iterator[str]:
    known = {cohort.code for cohort in protocol.cohorts}
    held = Enrolment.objects.using(using).exclude(status=EnrolmentStatus.REFUSED).exclude(cohort__code__in=known)
    for code, subjects in held.values_list("cohort__code").annotate(Count("pk")).order_by("cohort__code"):
        yield f"The cohort {code} has {counted(subjects, 'subject')} and is not in the file."


def _visits(protocol: Protocol, using: str) -> Iterator[str]:
    patterns = [_rows_of(visit) for visit in protocol.visits]
    used = Visit.every.using(using).filter(Q(visit_date__isnull=False) | Q(forms__isnull=False))
    planned = used.exclude(code__startswith=UNSCHEDULED).values_list("kind", "code").distinct()
    gone = [(kind, code) for kind, code in planned if not any(p.fullmatch(f"{kind} {code}") for p in patterns)]
    for kind, codes in groupby(sorted(gone), key=lambda visit: visit[0]):
        listed = [code for _, code in codes]
        yield f"Visits of kind {kind} took place and are not in the file: {', '.join(listed[:MOST_NAMED])}."


def _rows_of(visit: PlannedVisit) -> re.Pattern[str]:
    """The kind and code of the visits that the schedule makes of one of the file: C2D8, C1DLT, TA03."""
    before = r"C\d+" if visit.kind in IN_A_CYCLE else ""
    behind = r"\d{2,}" if visit.kind in NUMBERED else ""
    return re.compile(f"{visit.kind} {before}{re.escape(visit.code)}{behind}")
