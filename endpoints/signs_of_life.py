"""The dated facts that only a living person makes, beside contacts and assessments: what survival is censored by.

A death report is none, nor is a date that may have been typed about somebody dead: the end of an event that was fatal
or whose outcome is unknown, the end of a medication, tablets that came back, a deviation, an evaluation on paper.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast

from assessments.catalogue import CATALOGUE, FormType
from assessments.codelists import EventOutcome
from assessments.models import (
    AdverseEvent,
    CaseForm,
    ConcomitantMedication,
    DrugDispensingRow,
    FormState,
)
from cohorts.models import Visit
from endpoints.arithmetic.records import Contact

SURVIVED = (EventOutcome.RECOVERED, EventOutcome.SEQUELAE)
SIGN = ("sign_subject", "sign_key", "sign_day", "sign_code", "sign_asked", "sign_label")
VISIT = "visit"
# Visits whose day says that somebody came: of the others their form says who was seen.
CAME = ("screening", "cycle", "tumour", "unscheduled")


@dataclass(frozen=True)
class SignOfLife:
    """The dates of one table: `asked` where a check of the form already holds the date against death."""

    code: str
    rows: QuerySet
    item: str
    asked: bool = True


def _signs() -> tuple[SignOfLife, ...]:
    return (
        *(_of_a_form(form) for form in CATALOGUE.values() if form.shows_life),
        SignOfLife("adverse_event", AdverseEvent.objects.all(), "start_date"),
        SignOfLife("adverse_event", AdverseEvent.objects.filter(outcome__in=SURVIVED, ongoing="N"), "end_date"),
        SignOfLife("medication", ConcomitantMedication.objects.all(), "start_date", asked=False),
        SignOfLife("dispensing", DrugDispensingRow.objects.filter(struck_out=False), "dispensed_on", asked=False),
    )


def _of_a_form(form: FormType) -> SignOfLife:
    return SignOfLife(form.code, form.record._default_manager.all(), form.dated_by, asked=form.within_life)


def signs_of_life(subject_ids: Sequence[int]) -> dict[int, list[Contact]]:
    """By subject, from complete forms alone, in one statement."""
    contacts: dict[int, list[Contact]] = defaultdict(list)
    dated = (_dated(sign, subject_ids) for sign in _signs())
    for subject, key, day, code, is_asked, label in _visits(subject_ids).union(*dated, all=True):
        source = f"visit {label}" if code == VISIT else CATALOGUE[code].title.lower()
        contacts[subject].append(Contact(day, source, f"{code}:{key}", asked=is_asked))
    return contacts


def _dated(sign: SignOfLife, subject_ids: Sequence[int]) -> QuerySet:
    complete = sign.rows.filter(case_form__subject__in=subject_ids, case_form__state=FormState.COMPLETE)
    return _named(complete, "case_form__subject_id", "case_form_id", sign.item, sign.code, sign.asked, Value(""))


def _named(rows: QuerySet, subject: str, key: str, day: str, code: str, is_asked: bool, label: F | Value) -> QuerySet:
    named = rows.annotate(
        sign_subject=F(subject),
        sign_key=F(key),
        sign_day=Cast(day, TextField()),
        sign_code=Value(code, output_field=TextField()),
        sign_asked=Value(is_asked, output_field=BooleanField()),
        sign_label=Cast(label, TextField()),
    )
    return named.filter(sign_day__gt="").order_by().values_list(*SIGN)


def _visits(subject_ids: Sequence[int]) -> QuerySet:
    """Visits that took place and have no form, whose day somebody stated: a form says itself what it shows."""
    forms = CaseForm.objects.filter(visit=OuterRef("pk"))
    came = Visit.objects.filter(~Exists(forms), subject__in=subject_ids, kind__in=CAME, visit_date__isnull=False)
    return _named(came, "subject_id", "pk", "visit_date", VISIT, False, F("label"))
