"""A subject of whom every form holds values that occur nowhere else, so that any answer that shows one is found out."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db.models import Field, Model

from accounts.actor import acting
from assessments.catalogue import CATALOGUE, FormType
from assessments.items import ResultField
from assessments.models import CaseForm
from cohorts.models import Subject
from tests.cast import SETUP
from values.dates import shown_date

# Nobody's trial is that old, and no other date of the tests.
FIRST_DAY = date(1803, 1, 1)
SHORTEST = 8
# {code of the form: the marks in it, each in every way that it may be written}
Marks = dict[str, set[str]]


def marked(subject: Subject) -> Marks:
    """One form of each kind with its row, every text and date of it a mark."""
    numbers = count(1)
    with acting(SETUP):
        return {code: set(_fill(subject, form_type, numbers)) for code, form_type in CATALOGUE.items()}


def _fill(subject: Subject, form_type: FormType, numbers: Iterator[int]) -> Iterator[str]:
    case_form = CaseForm.objects.filter(subject=subject, code=form_type.code).first()
    case_form = case_form or CaseForm.objects.create(subject=subject, code=form_type.code)
    yield from _write(form_type.record, case_form, numbers)
    if form_type.rows is not None:
        more: dict[str, Any] = {"lesion": subject.lesions.first()} if form_type.has_lesions else {"row": 99}
        yield from _write(form_type.rows, case_form, numbers, **more)


def _write(model: type[Model], case_form: CaseForm, numbers: Iterator[int], **more: Any) -> Iterator[str]:
    values = {field.attname: mark for field in model._meta.concrete_fields if (mark := _mark(field, numbers))}
    held = model._default_manager.filter(case_form=case_form, **more)
    if not held.update(**values):
        model._default_manager.create(case_form=case_form, **more, **values)
    for value in values.values():
        yield from {str(value), shown_date(value)}


def _mark(field: Field, numbers: Iterator[int]) -> Any:
    """None for what takes no text of one's own: choices, numbers, keys, a time of day."""
    kind, number = field.get_internal_type(), next(numbers)
    if kind == "DateField":
        return FIRST_DAY + timedelta(number)
    if (
        isinstance(field, ResultField)
        or kind not in ("CharField", "TextField")
        or field.choices
        or (field.max_length or SHORTEST) < SHORTEST
    ):
        return None
    # Ten characters are a day that may be partial.
    return (FIRST_DAY + timedelta(number)).isoformat() if field.max_length == 10 else f"zq{number:04}zq"
