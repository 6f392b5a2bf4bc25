"""What sponsor and dose committee of the synthetic trial do: confirm reports, decide on dose levels."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import User
from accounts.roles import Role
from assessments.models import CaseForm
from cohorts.models import Cohort
from demonstration.people import People
from safety.alerts import give_notices
from safety.models import DoseLevelDecision, LevelDecision, Notice, SeriousReport
from safety.services import confirm_report, considered_now, decide_level, mark_read

COMMITTEE = "The investigators of all sites, the sponsor's physician, a statistician"
# Of the first reports, and of the sponsor's confirmations, so many are in time.
REPORTED_IN_TIME, CONFIRMED_IN_TIME = 0.86, 0.93
DAY = 24


def report_in_its_time(case_form: CaseForm, day: date, rng: Random, people: People) -> None:
    """Dates what was just reported of an event to the days of the synthetic trial, and has it confirmed then.

    Typed years later it would be years late, and nobody could see what a clock is for. The trail shows that too.
    """
    give_notices()
    sponsor, manager = people.of(Role.SPONSOR), people.of(Role.DATA_MANAGER)
    mark_read(user=User.objects.get(pk=manager.user_id), by=manager)
    just_now = SeriousReport.objects.filter(event__case_form=case_form, reported_at__gte=timezone.now() - timedelta(1))
    for report in just_now.filter(confirmed_at=None).order_by("version"):
        if report.version == 1:
            known = report.aware_at
            reported = known + timedelta(hours=_hours(rng, REPORTED_IN_TIME))
        else:
            known = reported = datetime.combine(day, time(rng.randint(8, 16), rng.randint(0, 59)), UTC)
        if report.ended_at is None:
            confirm_report(report=report, by=sponsor)
        _date(report, known, reported, reported + timedelta(hours=_hours(rng, CONFIRMED_IN_TIME)), by=sponsor)


def _hours(rng: Random, in_time: float) -> float:
    return rng.uniform(1, 20) if rng.random() < in_time else DAY + rng.uniform(2, 30)


def _date(report: SeriousReport, known: datetime, reported: datetime, confirmed: datetime, *, by: Actor) -> None:
    aware_at = reported + timedelta(minutes=1)
    ends = {"ended_at": reported} if report.ended_at else {"confirmed_at": confirmed}
    with acting(by, reason="synthetic trial: dated to its own days"):
        dates = {"aware_at": known, "reported_at": reported, "alerted_at": aware_at} | ends
        SeriousReport.objects.filter(pk=report.pk).update(**dates)
        Notice.objects.filter(report=report).update(at=aware_at)
        Notice.objects.filter(report=report, read_at__isnull=False).update(read_at=confirmed)


def open_by_decision(cohort: Cohort, on: date, why: str, *, by: Actor) -> None:
    """The committee opens a level on the figures of that day; once only."""
    if DoseLevelDecision.objects.filter(cohort=cohort).exists():
        return
    figures, seen = considered_now()
    counted = [f"{level['label']}: {level['dlts']} of {level['evaluable']}" for level in figures if level["evaluable"]]
    limited = f"Dose-limiting toxicity so far, of those evaluable: {'; '.join(counted) or 'nobody is evaluable yet'}."
    decide_level(
        cohort=cohort,
        decision=LevelDecision.OPEN,
        decided_on=on,
        participants=COMMITTEE,
        rationale=f"{why} {limited}",
        seen=seen,
        signed_by=User.objects.get(pk=by.user_id),
        by=by,
    )
