"""The logs of a subject: adverse events, medication, deviations ... each entry a form of its own, listed by date."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField
from django.utils.text import capfirst

from assessments.catalogue import CATALOGUE, FormType
from assessments.items import PartialDateField, label_of, planned_field
from assessments.reading.deidentified import masked_row
from casebook.reading import Casebook, FormCell
from protocol import current
from values.dates import middle_of, shown_date

# Sorts after every date.


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One form of a log with the words of its key columns. Numbers are given in the order of the first saves."""

    form: FormCell
    number: int
    named: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Log:
    code: str
    title: str
    title_of_entry: str
    columns: list[str]
    entries: list[LogEntry]
    # How many were entered in error, shown or not.
    in_error: int

    @property
    def counted(self) -> int:
        return sum(not entry.form.is_in_error for entry in self.entries)

    @property
    def open_queries(self) -> int:
        return sum(entry.form.open_queries for entry in self.entries)


def logs_of(book: Casebook, *, identifying: bool, in_error: bool = False) -> list[Log]:
    """Every log of the protocol, those without an entry too; one statement a log that has any. `in_error`: with what
    was entered in error."""
    by_code: dict[str, list[FormCell]] = {}
    for form in (*book.loose, *(book.in_error if in_error else ())):
        by_code.setdefault(form.code, []).append(form)
    form_types, numbers = [CATALOGUE[code] for code in current().log_forms if CATALOGUE[code].is_log], book.numbers
    errors = Counter(form.code for form in book.in_error)
    return [
        _log(form_type, by_code.get(form_type.code, []), numbers, identifying, errors[form_type.code])
        for form_type in form_types
    ]


def _log(
    form_type: FormType, forms: Sequence[FormCell], numbers: Mapping[int, int], identifying: bool, in_error: int
) -> Log:
    model, names = form_type.record, form_type.log_columns
    entries = model._default_manager.filter(pk__in=[form.pk for form in forms]).values("pk", *names) if forms else ()
    records = {record.pop("pk"): record for record in entries}
    if not identifying:
        records = {pk: masked_row(model, record) for pk, record in records.items()}
    numbered = [(numbers.get(form.pk or 0, 0), form, records.get(form.pk, {})) for form in forms]
    return Log(
        code=form_type.code,
        title=str(capfirst(model._meta.verbose_name_plural)),
        title_of_entry=form_type.title,
        columns=[_label(form_type, name) for name in names],
        in_error=in_error,
        entries=[
            LogEntry(form, number, [(_label(form_type, name), _words(form_type, name, record)) for name in names])
            for number, form, record in sorted(numbered, key=lambda entry: _day(entry[2].get(names[0])))
        ],
    )


def _day(recorded: date | str | None) -> date:
    """The day by which an entry stands among the others; one without a date stands last."""
    return middle_of(str(recorded)) if recorded else date.max


def _label(form_type: FormType, name: str) -> str:
    return label_of(form_type.record, name)


def _words(form_type: FormType, name: str, record: dict[str, Any]) -> str:
    value = record.get(name)
    field = planned_field(form_type.record, name) or form_type.record._meta.get_field(name)
    if isinstance(field, DateField | PartialDateField):
        return shown_date(value)
    terms = dict(field.flatchoices)  # type: ignore[union-attr]
    return "" if value is None else str(terms.get(value, value))
