"""An amendment is proposed; a site approves it, and its visits are planned by it from then on."""

from datetime import date

from django.db import transaction

from accounts.actor import Actor, acting
from accounts.models import Site
from amendments.tasks import plan_by_amendments
from assessments.plan.fit import unfit
from assessments.plan.kept_columns import moved
from cohorts import amendments
from cohorts.models import Approval, GoesOver, ProtocolVersion


def propose(*, content: bytes, goes_over: GoesOver, by: Actor, reason: str = "") -> ProtocolVersion:
    """As cohorts.amendments.propose, of a file that fits this program's forms too."""
    return amendments.propose(content=content, goes_over=goes_over, by=by, reason=reason, checks=(unfit, moved))


def approve(*, site: Site, version: ProtocolVersion, approved_on: date, active_from: date, by: Actor) -> Approval:
    """As cohorts.amendments.approve, with the planning asked for once it is committed."""
    with acting(by):
        made = amendments.approve(site=site, version=version, approved_on=approved_on, active_from=active_from, by=by)
        # A broker that is down fails nothing: the clock asks again each minute.
        transaction.on_commit(_ask, robust=True)
    return made


def _ask() -> None:
    plan_by_amendments.apply_async(ignore_result=True)
