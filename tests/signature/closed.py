"""Forms that are shut, for tests of what happens at them."""

from accounts.actor import Actor
from assessments.models import CaseForm
from cohorts.models import Subject, Visit
from signature.closing import Reach, reach_of_form, reopen, shut
from signature.models import ClosureState


def freeze_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    shut(reach=reach_of_form(case_form), state=ClosureState.FROZEN, reason=reason, by=by)


def lock_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    shut(reach=reach_of_form(case_form), state=ClosureState.LOCKED, reason=reason, by=by)


def unlock_form(*, case_form: CaseForm, reason: str, by: Actor) -> None:
    reopen(reach=reach_of_form(case_form), state=ClosureState.LOCKED, reason=reason, by=by)


def reach_of(way: str, subject: Subject, visit: Visit | None) -> Reach:
    """The visit, its subject, the subject's site or the trial."""
    return {
        "visit": Reach(subject.site, subject, visit),
        "subject": Reach(subject.site, subject),
        "site": Reach(subject.site),
        "trial": Reach(),
    }[way]
