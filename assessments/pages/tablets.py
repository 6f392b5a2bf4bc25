"""Beside the tablets handed out: how far what was taken agrees with what was to be taken."""

from collections import defaultdict
from typing import Any

from django.db.models import Model, QuerySet

from assessments.arithmetic.compliance import (
    Dosing,
    HandOut,
    dosed_by_exposure,
    dosed_by_tablets,
    handed_out,
    overall,
    periods,
)
from assessments.models import DrugDispensingRow, EverolimusInterval, ExposureInterval
from assessments.models.case_form import SAYS_NOTHING
from assessments.plan.drugs import NAMED, of_tablets
from cohorts.models import Subject
from protocol import current


def beside(subject: Subject) -> dict[str, Any]:
    """What the page of tablets shows beside its form."""
    return {"compliance": compliance_of(subject)}


def compliance_of(subject: Subject) -> dict[str, Any]:
    """By drug {"drug", "periods", "overall"} of what is stored, in three statements. Half-filled rows are left out."""
    handed, dosed = _hand_outs(subject), _dosing(subject)
    drugs = of_tablets(current())
    by_drug = [(drug.label, periods(handed[drug.code], dosed[drug.code])) for drug in drugs]
    return {
        "drugs": [
            {"drug": label, "periods": drug_periods, "overall": overall(drug_periods)}
            for label, drug_periods in by_drug
            if drug_periods
        ]
    }


def _standing(model: type[Model], subject: Subject) -> QuerySet[Any]:
    """The subject's rows that were not struck out, of forms that say something."""
    rows = model._default_manager.filter(case_form__subject=subject, struck_out=False)
    return rows.exclude(case_form__state__in=SAYS_NOTHING)


def _hand_outs(subject: Subject) -> dict[str, list[HandOut]]:
    """What was dispensed and came back, by the code of the drug."""
    by_drug = defaultdict(list)
    for row in _standing(DrugDispensingRow, subject).values():
        if hand_out := handed_out(row):
            by_drug[row["treatment"] or NAMED[0]].append(hand_out)
    return by_drug


def _dosing(subject: Subject) -> dict[str, list[Dosing]]:
    """By drug, of both forms of doses."""
    by_drug = defaultdict(list)
    for model, dosed in ((EverolimusInterval, dosed_by_tablets), (ExposureInterval, dosed_by_exposure)):
        for row in _standing(model, subject).values():
            if dosing := dosed(row):
                by_drug[row.get("treatment", NAMED[0])].append(dosing)
    return by_drug
