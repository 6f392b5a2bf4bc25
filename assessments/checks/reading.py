"""A subject's complete forms as checks see them, in one statement however many there are."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models

from assessments.catalogue import CATALOGUE, FormType
from assessments.checks.check import ALONE, At, CheckedCasebook, Form
from assessments.items import ResultField
from assessments.models import Lesion
from cohorts.models import Subject
from cohorts.versions import VersionTimeline, versions_of

# One such part for each kind of form; plain SQL, because twenty kinds are one statement.
FORMS = """
    SELECT f.subject_id, f.id, f.code, v.id, v.code, v.label, v.kind, v.window_from, v.window_to,
           v.protocol_id, to_jsonb(r)::text, {rows},
           (SELECT c.code FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id
            WHERE e.subject_id = f.subject_id AND e.status = 'approved'),
           EXISTS (SELECT 1 FROM cohorts_subject s JOIN cohorts_approval a ON a.site_id = s.site_id
                   WHERE s.id = f.subject_id)
    FROM assessments_caseform f JOIN {table} r ON r.case_form_id = f.id LEFT JOIN cohorts_visit v ON v.id = f.visit_id
    WHERE f.subject_id = ANY (%(subjects)s) AND f.state = 'complete' AND f.code = '{code}'
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


def casebook(subject_id: int, codes: Collection[str]) -> CheckedCasebook:
    """The subject's complete forms of these codes, by key. Three statements more where an amendment is active at the
    site."""
    rows = _rows_of_subjects([subject_id], codes)[subject_id]
    is_amended = bool(rows) and rows[0][-1]
    return _casebook(rows, versions_of(Subject.objects.get(pk=subject_id)) if is_amended else ALONE)


def casebooks(versions: Mapping[int, VersionTimeline], codes: Collection[str]) -> dict[int, CheckedCasebook]:
    """Those of several subjects by their keys, each judged by the versions given for it. One statement."""
    rows = _rows_of_subjects(list(versions), codes)
    return {key: _casebook(rows[key], held) for key, held in versions.items()}


def _rows_of_subjects(subject_ids: Sequence[int], codes: Collection[str]) -> dict[int, list[tuple[Any, ...]]]:
    rows: dict[int, list[tuple[Any, ...]]] = {key: [] for key in subject_ids}
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(sorted(codes))), {"subjects": [*subject_ids]})
        for key, *row in cursor.fetchall():
            rows[key].append(tuple(row))
    return rows


def _casebook(rows: Sequence[tuple[Any, ...]], versions: VersionTimeline) -> CheckedCasebook:
    forms = sorted((_form(*row) for *row, _, _ in rows), key=lambda form: form.pk)
    return CheckedCasebook(forms, (rows[0][-2] or "") if rows else "", versions)


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


def _form(pk: int, code: str, *columns: Any) -> Form:
    *visit, record, rows = columns
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
    return [
        *known,
        *(
            (result_field.name, result_field.to_python)
            for result_field in model._meta.concrete_fields
            if isinstance(result_field, ResultField)
        ),
    ]
