"""A subject's complete forms as checks see them, in one statement however many there are."""

import json
from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models

from assessments.catalogue import CATALOGUE, FormType
from assessments.checks.check import At, Casebook, Form
from assessments.items import ResultField
from assessments.models import Lesion

# One such part for each kind of form; plain SQL, because twenty kinds are one statement.
FORMS = """
    SELECT f.id, f.code, v.id, v.code, v.label, v.kind, v.window_from, v.window_to, to_jsonb(r)::text, {rows}
    FROM assessments_caseform f JOIN {table} r ON r.case_form_id = f.id LEFT JOIN cohorts_visit v ON v.id = f.visit_id
    WHERE f.subject_id = %(subject)s AND f.state = 'complete' AND f.code = '{code}'
"""
ROWS = """(SELECT jsonb_agg(to_jsonb(x) ORDER BY x.{number})::text FROM {table} x
           WHERE x.case_form_id = f.id AND NOT x.struck_out)"""
NUMBER: dict[type[models.Model], str] = {Lesion: "label"}


def casebook(subject_id: int, codes: Collection[str]) -> Casebook:
    """The subject's complete forms of these codes, by key."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(sorted(codes))), {"subject": subject_id})
        return Casebook(sorted((_form(*row) for row in cursor.fetchall()), key=lambda form: form.pk))


@cache
def _statement(codes: tuple[str, ...]) -> str:
    return " UNION ALL ".join(_part(code) for code in codes)


def _part(code: str) -> str:
    model = _rows_of(CATALOGUE[code])
    rows = ROWS.format(table=model._meta.db_table, number=NUMBER.get(model, "row")) if model else "NULL"
    return FORMS.format(code=code, table=CATALOGUE[code].record._meta.db_table, rows=rows)


def _rows_of(form_type: FormType) -> type[models.Model] | None:
    """The table of a form's rows. Of a tumour baseline the lesions that were chosen; what was found of them, then and
    later, is the derivation's: no check of ours reads it."""
    if not form_type.has_lesions:
        return form_type.rows
    return Lesion if form_type.code == "tumour_baseline" else None


def _form(pk: int, code: str, *found: Any) -> Form:
    *visit, record, rows = found
    form_type = CATALOGUE[code]
    return Form(
        code=code,
        record=_typed(form_type.record, json.loads(record, parse_float=Decimal)),
        rows=[_typed(_rows_of(form_type), row) for row in json.loads(rows, parse_float=Decimal)] if rows else (),
        visit=At(*visit) if visit[0] else None,
        pk=pk,
    )


def _typed(model: type[models.Model] | None, values: dict[str, Any]) -> dict[str, Any]:
    assert model is not None
    for name, read in _readers(model):
        if values.get(name) is not None:
            values[name] = read(values[name])
    return values


@cache
def _readers(model: type[models.Model]) -> Iterable[tuple[str, Callable[[Any], Any]]]:
    """(column, how its value comes back from JSON) of those that JSON has no type for."""
    of: dict[type[models.Field], Callable[[Any], Any]] = {
        models.DateField: date.fromisoformat,
        models.DecimalField: Decimal,
    }
    known = [(field.name, of[type(field)]) for field in model._meta.concrete_fields if type(field) in of]
    return [*known, *((one.name, one.to_python) for one in model._meta.concrete_fields if isinstance(one, ResultField))]
