"""Beside the tablets handed out: how far what was taken agrees with what was to be taken."""

from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from assessments.compliance import EVERY_DAYS, Dosing, HandOut, overall, periods
from assessments.models import DrugDispensingRow, EverolimusInterval
from assessments.models.case_form import SAYS_NOTHING
from cohorts.models import Subject


def compliance_of(subject: Subject) -> dict[str, Any]:
    """{"periods", "overall"} of what is stored, in two statements. Half-filled rows are left out."""
    found = periods(_hand_outs(subject), _dosing(subject))
    return {"periods": found, "overall": overall(found)}


def _standing(model: type[Model], subject: Subject) -> QuerySet[Any]:
    """The subject's rows that were not struck out, of forms that say something."""
    own = model._default_manager.filter(case_form__subject=subject, struck_out=False)
    return own.exclude(case_form__state__in=SAYS_NOTHING)


def _hand_outs(subject: Subject) -> list[HandOut]:
    rows = _standing(DrugDispensingRow, subject).exclude(strength_mg="")
    return [
        HandOut(
            row.dispensed_on,
            row.returned_on if row.tablets_returned is not None else None,
            Decimal(row.strength_mg),
            row.tablets_dispensed,
            row.tablets_returned or 0,
            row.tablets_lost or 0,
        )
        for row in rows.filter(dispensed_on__isnull=False, tablets_dispensed__isnull=False)
    ]


def _dosing(subject: Subject) -> list[Dosing]:
    rows = _standing(EverolimusInterval, subject)
    return [
        Dosing(row.start_date, row.end_date, row.dose_mg, EVERY_DAYS.get(row.frequency, 1))
        for row in rows.filter(start_date__isnull=False, dose_mg__isnull=False)
    ]
