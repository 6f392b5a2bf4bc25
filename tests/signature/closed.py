"""Forms that are shut, for tests of what happens at them."""

from accounts.actor import Actor
from assessments.models import CaseForm
from signature.closing import reach_of_form, reopen, shut
from signature.models import ClosureState


def freeze_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    shut(reach=reach_of_form(case_form), state=ClosureState.FROZEN, reason=reason, by=by)


def lock_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    shut(reach=reach_of_form(case_form), state=ClosureState.LOCKED, reason=reason, by=by)


def unlock_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    reopen(reach=reach_of_form(case_form), state=ClosureState.LOCKED, reason=reason, by=by)
