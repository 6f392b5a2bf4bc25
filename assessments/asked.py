"""Which forms the protocol asks for at which visit, as two columns that a statement can join."""

from dataclasses import dataclass

from django.db import connection

from assessments.placing import forms_due
from cohorts.models import Visit


@dataclass(frozen=True)
class Asked:
    """Side by side: the code of a visit, a form that it asks for."""

    visits: list[str]
    forms: list[str]


def asked_now() -> Asked:
    """For each code that some visit of the trial has, whosever: codes are the protocol's, and to look at each visit's
    site first takes longer than all else. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, kind, cycle FROM edc.visit_codes()")
        plans = cursor.fetchall()
    pairs = [
        (code, form) for code, kind, cycle in plans for form in forms_due(Visit(code=code, kind=kind, cycle=cycle))
    ]
    return Asked([code for code, _ in pairs], [form for _, form in pairs])
