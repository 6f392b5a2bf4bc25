"""Which forms the protocol asks for at which visit, as columns that a statement can join."""

from dataclasses import dataclass

from django.db import connection

from assessments.visits.placing import forms_due
from cohorts.models import Visit


@dataclass(frozen=True)
class Asked:
    """Side by side: the version that a visit stands under (0 where none was stamped), its code, a form that it asks
    for."""

    versions: list[int]
    visits: list[str]
    forms: list[str]


def asked_now() -> Asked:
    """For each code that some visit of the trial has, whosever: codes are the protocol's, and to look at each visit's
    site first takes longer than all else. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT protocol, code, kind, cycle FROM edc.visit_codes()")
        plans = cursor.fetchall()
    rows = [
        (version or 0, code, form)
        for version, code, kind, cycle in plans
        for form in forms_due(Visit(protocol_id=version, code=code, kind=kind, cycle=cycle))
    ]
    return Asked(*([row[place] for row in rows] for place in range(3)))
