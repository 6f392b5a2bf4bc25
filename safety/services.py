"""What people do about safety: confirm that a report came, read notices, sign what the committee decided."""

import json
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import User
from cohorts.models import Cohort
from cohorts.services import Refused, close_cohort, open_cohort
from safety.levels import figures, levels
from safety.models import OPENS, DoseLevelDecision, LevelDecision, Notice, SeriousReport

MEANING = "I record the decision of the dose committee on the figures shown."


def confirm_report(*, report: SeriousReport, by: Actor) -> None:
    """The sponsor has it: the clocks of this version and of those before it stop. The notices of whoever confirms are
    read with them."""
    with acting(by, reason="receipt confirmed"):
        now = timezone.now()
        told = SeriousReport.objects.filter(event=report.event_id, version__lte=report.version)
        if SeriousReport.objects.select_for_update().get(pk=report.pk).confirmed_at:
            report.refresh_from_db()
            raise Refused(f"{report.confirmed_by} has confirmed this version already.")
        told.filter(confirmed_at=None).update(confirmed_at=now, confirmed_by=by.name)
        Notice.objects.filter(report__in=told, user__username=by.name, read_at=None).update(read_at=now)
    report.refresh_from_db()


def mark_read(*, user: User, by: Actor) -> int:
    """Every notice of that user; how many were new."""
    with acting(by, reason="notices read"):
        return Notice.objects.filter(user=user, read_at=None).update(read_at=timezone.now())


def considered_now() -> tuple[list[dict[str, Any]], str]:
    """The figures of all levels and their digest, which the page of a decision carries along."""
    found = figures(levels())
    return found, digest(found)


def digest(content: Any) -> str:
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def decide_level(
    *,
    cohort: Cohort,
    decision: LevelDecision,
    decided_on: date,
    participants: str,
    rationale: str,
    seen: str,
    signed_by: User,
    by: Actor,
) -> DoseLevelDecision:
    """Store the committee's decision with the figures that it rests on, and open or close the level by it.

    `seen` is the digest of the figures as they were shown: Refused where they have changed since. Who signs has given
    user name and password again (accounts.signing).
    """
    if not cohort.plan.dlt_evaluated:
        raise Refused(f"{cohort} is no dose level that a committee decides on.")
    with acting(by, reason=f"decision of the dose committee: {rationale}"):
        Cohort.objects.select_for_update().get(pk=cohort.pk)
        considered, now_seen = considered_now()
        if seen != now_seen:
            raise Refused("The figures have changed since this page was opened: look at them again.")
        made = DoseLevelDecision(
            cohort=cohort,
            decision=decision,
            decided_on=decided_on,
            participants=participants,
            rationale=rationale,
            considered=considered,
            signed_by=signed_by,
            printed_name=signed_by.printed_name,
            signed_at=timezone.now(),
            meaning=MEANING,
        )
        made.digest = digest(_signed(made))
        made.save(force_insert=True)
        turn = open_cohort if OPENS[decision] else close_cohort
        turn(cohort=cohort, reason=f"decision of the dose committee: {rationale}", by=by)
    return made


def signature_holds(decision: DoseLevelDecision) -> bool:
    """Whether the stored decision is still, to the letter, the one that was signed."""
    return decision.digest == digest(_signed(decision))


def _signed(decision: DoseLevelDecision) -> dict[str, Any]:
    return {
        "cohort": decision.cohort.code,
        "decision": str(decision.decision),
        "decided_on": decision.decided_on.isoformat(),
        "participants": decision.participants,
        "rationale": decision.rationale,
        "considered": decision.considered,
        "signed_by": decision.signed_by.get_username(),
        "printed_name": decision.printed_name,
        "signed_at": decision.signed_at.isoformat(),
        "meaning": decision.meaning,
    }
