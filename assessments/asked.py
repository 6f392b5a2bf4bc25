"""Which forms the protocol asks for at which visit, as two columns that a statement can join."""

from dataclasses import dataclass

from accounts.scope import EVERYWHERE, showing
from assessments.placing import forms_due
from cohorts.models import Visit


@dataclass(frozen=True)
class Asked:
    """Side by side: the code of a visit, a form that it asks for."""

    visits: list[str]
    forms: list[str]


@showing(EVERYWHERE)
def asked_now() -> Asked:
    """For each code that some visit of the trial has, whosever: codes are the protocol's, and to look at each visit's
    site first takes longer than all else. One statement."""
    plans = Visit.objects.order_by().values_list("code", "kind", "cycle").distinct()
    pairs = [
        (code, form) for code, kind, cycle in plans for form in forms_due(Visit(code=code, kind=kind, cycle=cycle))
    ]
    return Asked([code for code, _ in pairs], [form for _, form in pairs])
