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
    SELECT f.id, f.code, v.id, v.code, v.label, v.kind, v.window_from, v.window_to,
           v.protocol_id, to_jsonb(r)::text, {rows},
           (SELECT c.code FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id
            WHERE e.subject_id = %(subject)s AND e.status = 'approved')
    FROM assessments_caseform f JOIN {table} r ON r.case_form_id = f.id LEFT JOIN cohorts_visit v ON v.id = f.visit_id
    WHERE f.subject_id = %(subject)s AND f.state = 'complete' AND f.code = '{code}'
"""
ROWS = """(SELECT jsonb_agg(to_jsonb(x) ORDER BY x.{number})::text FROM {table} x
           WHERE x.case_form_id = f.id AND NOT x.struck_out)"""
# The lesions that a form told of first or found again, each with what was found of it there.
ROWS_OF_LESIONS = """(SELECT jsonb_agg(to_jsonb(l) || jsonb_build_object(
               'state', coalesce(x.state, ''), 'diameters_mm', coalesce(to_jsonb(x.diameters_mm), '[]'),
               'method', coalesce(nullif(x.method, ''), l.method)) ORDER BY l.label)::text
           FROM assessments_lesion l
           LEFT JOIN assessments_lesionresult x ON x.lesion_id = l.id AND x.case_form_id = f.id
           WHERE l.subject_id = f.subject_id AND NOT l.struck_out AND (l.case_form_id = f.id OR x.id IS NOT NULL))"""


def casebook(subject_id: int, codes: Collection[str]) -> Casebook:
    """The subject's complete forms of these codes, by key."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(sorted(codes))), {"subject": subject_id})
        found = cursor.fetchall()
    forms = sorted((_form(*row) for *row, _ in found), key=lambda form: form.pk)
    return Casebook(forms, cohort=(found[0][-1] or "") if found else "")


@cache
def _statement(codes: tuple[str, ...]) -> str:
    return " UNION ALL ".join(_part(code) for code in codes)


def _part(code: str) -> str:
    form_type = CATALOGUE[code]
    rows = ROWS_OF_LESIONS if form_type.has_lesions else "NULL"
    if form_type.rows is not None and not form_type.has_lesions:
        rows = ROWS.format(table=form_type.rows._meta.db_table, number="row")
    return FORMS.format(code=code, table=form_type.record._meta.db_table, rows=rows)


def _rows_of(form_type: FormType) -> type[models.Model] | None:
    return Lesion if form_type.has_lesions else form_type.rows


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
    if "diameters_mm" in values:
        values["diameters_mm"] = [Decimal(size) for size in values["diameters_mm"]]
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
