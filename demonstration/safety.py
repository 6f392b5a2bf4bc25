"""What sponsor and dose committee of the synthetic trial do: confirm reports, decide on dose levels."""

from datetime import date

from accounts.actor import Actor
from accounts.models import User
from cohorts.models import Cohort
from safety.models import DoseLevelDecision, LevelDecision, SeriousReport
from safety.services import confirm_report, considered_now, decide_level

COMMITTEE = "The investigators of all sites, the sponsor's physician, a statistician"


def confirm_all(*, by: Actor) -> None:
    """Every report of a serious event that still waits."""
    for report in SeriousReport.objects.filter(confirmed_at=None).order_by("id"):
        confirm_report(report=report, by=by)


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
