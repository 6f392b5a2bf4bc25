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
from protocol import current
from safety.levels import figures, levels
from safety.models import DoseLevelDecision, LevelDecision, Notice, SeriousReport

MEANING = "I record the decision of the dose committee on the figures shown."


def confirm_report(*, report: SeriousReport, by: Actor) -> None:
    """The sponsor has it: the clocks of this version and of those before it stop. The notices of whoever confirms are
    read with them."""
    with acting(by, reason="receipt confirmed", waits=False):
        now = timezone.now()
        reports = SeriousReport.objects.filter(event=report.event_id, version__lte=report.version)
        SeriousReport.objects.select_for_update().get(pk=report.pk)
        report.refresh_from_db()
        if report.confirmed_at:
            raise Refused(f"{report.confirmed_by} has confirmed this version already.")
        if report.ended_at:
            raise Refused("There is nothing to confirm: the event is not serious, or was withdrawn.")
        reports.filter(confirmed_at=None, ended_at=None).update(confirmed_at=now, confirmed_by=by.name)
        mine = Notice.objects.filter(report__in=reports, user__username=by.name, read_at=None)
        # Of a colleague whom no mail reached they are still to hear.
        mine.filter(undelivered=None).update(read_at=now)
    report.refresh_from_db()


def mark_read(*, user: User, by: Actor) -> int:
    """Every notice of that user; how many were new."""
    with acting(by, reason="notices read", waits=False):
        return Notice.objects.filter(user=user, read_at=None).update(read_at=timezone.now())


def considered_now() -> tuple[list[dict[str, Any]], str]:
    """The figures of all levels and their digest, which the page of a decision carries along."""
    considered = figures(levels())
    return considered, digest(considered)


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
    """Store the committee's decision with the figures that it rests on, and open or close levels by it.

    `seen` is the digest of the figures as they were shown: Refused where they have changed since. Who signs has given
    user name and password again (accounts.signing).
    """
    if not cohort.plan.dlt_evaluated:
        raise Refused(f"{cohort} is not a dose level that a committee decides on.")
    reason = f"decision of the dose committee: {rationale}"
    with acting(by, reason=reason):
        turns = turns_of(decision, cohort, _held_ladder(cohort))
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
        for turned, is_open in turns:
            (open_cohort if is_open else close_cohort)(cohort=turned, reason=reason, by=by)
    return made


def _held_ladder(cohort: Cohort) -> list[Cohort]:
    """The levels of this one's schedule, from the lowest dose up. Nobody is given a slot at any of them meanwhile."""
    plans = [plan for plan in current().cohorts if plan.dlt_evaluated and plan.schedule == cohort.plan.schedule]
    codes = [plan.code for plan in sorted(plans, key=lambda plan: plan.dose_level or 0)]
    held = {rung.code: rung for rung in Cohort.objects.select_for_update().filter(code__in=codes).order_by("pk")}
    return [held[code] for code in codes]


def turns_of(decision: LevelDecision, cohort: Cohort, ladder: list[Cohort]) -> list[tuple[Cohort, bool]]:
    """What the decision makes of which level: (level, whether it is open). Refused where there is no lower one."""
    at = next(position for position, level in enumerate(ladder) if level.pk == cohort.pk)
    if decision != LevelDecision.DE_ESCALATE:
        return [(ladder[at], decision != LevelDecision.CLOSE)]
    if at == 0:
        raise Refused(f"{cohort} is the lowest level of its schedule: close it instead.", "decision")
    # What is too toxic here is not tried higher up.
    return [(ladder[at - 1], True), *((level, False) for level in ladder[at:])]


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
