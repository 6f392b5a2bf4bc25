"""What the pages and the API show of serious events: limited to the user's sites, masked as their forms are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from accounts.roles import Permission
from assessments.models import AdverseEvent
from assessments.reading.deidentified import may_identify
from safety import difference
from safety.difference import ReportDifference
from safety.models import CLOCK, Notice, SeriousReport

# Hours from which days say more.
LONG = 72
OF_NOTICE = ("report__event", "report__subject__site", "undelivered__user")
WAITING: dict[str, Any] = {"confirmed_at": None, "ended_at": None}
TOOK = ExpressionWrapper(F("reported_at") - F("aware_at"), DurationField())
REPORTS = SeriousReport.objects.select_related("event__case_form", "subject__site")


@dataclass(frozen=True, slots=True)
class Clock:
    """How a report stands: within how long it is to be confirmed, or was. Of a draft: to be made, `to` says."""

    due_at: datetime
    confirmed_at: datetime | None
    now: datetime
    ended: bool = False
    to: str = "confirm"

    @property
    def state(self) -> str:
        if self.confirmed_at:
            return "late" if self.confirmed_at > self.due_at else "confirmed"
        if self.ended:
            return "ended"
        return "overdue" if self.now > self.due_at else "running"

    @property
    def words(self) -> str:
        if self.confirmed_at:
            late = self.confirmed_at - self.due_at
            return f"Confirmed {span(late)} late" if late > timedelta() else "Confirmed in time"
        if self.ended:
            return "Nothing to confirm"
        left = self.due_at - self.now
        return f"{span(left)} left to {self.to}" if left >= timedelta() else f"Overdue by {span(-left)}"


@dataclass(frozen=True, slots=True)
class Promptness:
    """How long after it was known a serious event was reported."""

    took: timedelta

    @property
    def in_time(self) -> bool:
        return self.took <= CLOCK

    @property
    def words(self) -> str:
        return f"Reported after {span(self.took)}" if self.in_time else f"Reported {span(self.took - CLOCK)} late"


def span(length: timedelta) -> str:
    """Hours and minutes, from three days on days and hours; what has only begun is not counted."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    return f"{hours} h {minutes:02d} min" if hours < LONG else f"{hours // 24} d {hours % 24} h"


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of a report as a user sees it."""

    report: SeriousReport
    term: str
    grade: str
    criteria: list[str]
    lines: list[ReportDifference]
    clock: Clock
    # Of the first report: a later version is known when it is entered.
    promptness: Promptness | None


def shown(
    report: SeriousReport, before: SeriousReport | None, access: Access, waiting_since: datetime | None = None
) -> Shown:
    """`waiting_since` is when the clock of the oldest version began that is not confirmed yet: it is more urgent than
    that of this one."""
    since = waiting_since or report.reported_at
    first_took = report.took if report.version == 1 else getattr(report, "first_took", None)
    identify = may_identify(access, report.subject.site_id)
    return Shown(
        report=report,
        term=difference.term(report.content, identify=identify),
        grade=difference.in_words("grade", report.content.get("grade"), identify=identify),
        criteria=difference.criteria(report.content),
        lines=difference.lines(report.content, before.content if before else None, identify=identify),
        clock=Clock(
            since + CLOCK,
            None if waiting_since else report.confirmed_at,
            timezone.now(),
            ended=report.ended_at is not None,
        ),
        promptness=Promptness(first_took) if first_took is not None else None,
    )


def clock_of_draft(draft: AdverseEvent) -> Clock:
    """It runs from when the site knew; from now where that is not entered yet."""
    now = timezone.now()
    known = {"aware_date": draft.aware_date and draft.aware_date.isoformat(), "aware_time": draft.aware_time}
    return Clock(difference.aware_at(known, now, draft.case_form.subject.site.zone) + CLOCK, None, now, to="report")


def summary(report: SeriousReport, access: Access) -> Shown:
    """The last version for a list, with the most urgent clock of its event (see newest_reports)."""
    return shown(report, None, access, getattr(report, "waiting_since", None))


def newest_reports(access: Access, filters: Mapping[str, Any]) -> QuerySet[SeriousReport]:
    """The last version of each event that the user may see: `state` is "waiting" or "confirmed", `site` a site."""
    last = SeriousReport.objects.filter(event=OuterRef("event")).order_by("-version").values("pk")[:1]
    reports = access.limit(REPORTS, Permission.VIEW_SUBJECTS, site="subject__site_id").filter(pk=Subquery(last))
    waiting = SeriousReport.objects.filter(event=OuterRef("event"), **WAITING).order_by("version")
    first = SeriousReport.objects.filter(event=OuterRef("event"), version=1).annotate(length=TOOK)
    reports = reports.annotate(first_took=Subquery(first.values("length")))
    reports = reports.annotate(waiting_since=Subquery(waiting.values("reported_at")[:1]))
    if filters.get("site"):
        reports = reports.filter(subject__site=filters["site"])
    if filters.get("state"):
        reports = reports.filter(**WAITING) if filters["state"] == "waiting" else reports.exclude(**WAITING)
    return reports.order_by("-reported_at", "-id")


def versions(event_id: int, access: Access) -> list[Shown]:
    """Every version of one event's report, the newest first, each against the one before it."""
    reports = list(REPORTS.filter(event=event_id).order_by("version"))
    pairs = zip(reports, [None, *reports[:-1]], strict=True)
    return [shown(report, before, access) for report, before in pairs][::-1]


def notices_of(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user).select_related(*OF_NOTICE).order_by("-id")


def unread(user: User) -> int:
    return Notice.objects.filter(user=user, read_at=None).count()
