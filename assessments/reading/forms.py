"""Filled forms as plain values: record and rows of many headers in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from assessments.catalogue import FormType
from assessments.entering.absences import stored_reasons
from assessments.items import columns_of, items_of
from assessments.models import CaseForm, Lesion, LesionResult

Row = dict[str, Any]
LESION = ("label", "kind", "location", "location_detail", "method", "struck_out")
RESULT = ("state", "diameters_mm", "examined_on", "method")


def item_names(model: type[models.Model]) -> list[str]:
    return [field.name for field, _ in items_of(model)]


def computed_names(form_type: FormType) -> list[str]:
    """Columns of the record that the server computes at each save."""
    known = {*(field.name for field, _ in columns_of(form_type.record)), "case_form"}
    return [field.name for field in form_type.record._meta.concrete_fields if field.name not in known]


def computed_of_rows(model: type[models.Model]) -> list[str]:
    """Columns of a row that the server computes at each save."""
    known = {*(field.name for field, _ in columns_of(model)), "id", "case_form", "row", "struck_out"}
    return [field.name for field in model._meta.concrete_fields if field.name not in known]


def read_forms(form_type: FormType, headers: Sequence[CaseForm]) -> dict[int, tuple[Row, list[Row]]]:
    """(record, rows) by the form's key; a form that was never filled has an empty record."""
    keys = [header.pk for header in headers]
    names = [*item_names(form_type.record), *computed_names(form_type)]
    held = form_type.record._default_manager.filter(pk__in=keys).values("case_form_id", *names)
    records = {row.pop("case_form_id"): row for row in held}
    rows = _lesions(keys) if form_type.has_lesions else _plain_rows(form_type.rows, keys)
    reasons = stored_reasons(form_type.record, keys)
    return {key: (records[key] | reasons[key] if key in records else {}, rows[key]) for key in keys}


def _plain_rows(model: type[models.Model] | None, keys: Sequence[int]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    if model is not None:
        names = ("case_form_id", "row", *item_names(model), *computed_of_rows(model), "struck_out")
        for row in model._default_manager.filter(case_form__in=keys).order_by("row").values(*names):
            grouped[row.pop("case_form_id")].append(row)
    return grouped


def _lesions(keys: Sequence[int]) -> dict[int, list[Row]]:
    """The findings of each form, and the lesions that it first told of without a finding (struck out, or a draft)."""
    rows: dict[int, dict[str, Row]] = defaultdict(dict)
    for lesion in Lesion.objects.filter(case_form__in=keys):
        rows[lesion.case_form_id][lesion.label] = _as_row(lesion, None)
    for result in LesionResult.objects.filter(case_form__in=keys).select_related("lesion"):
        rows[result.case_form_id][result.lesion.label] = _as_row(result.lesion, result)
    return defaultdict(list, {key: sorted(by_lesion.values(), key=_place) for key, by_lesion in rows.items()})


def _as_row(lesion: Lesion, result: LesionResult | None) -> Row:
    row = {name: getattr(lesion, name) for name in LESION} | {"state": "", "diameters_mm": [], "examined_on": ""}
    return row | ({name: getattr(result, name) for name in RESULT} if result else {})


KINDS: Iterable[str] = ("TARGET", "NON-TARGET", "NEW")


def _place(row: Row) -> tuple[int, str]:
    return list(KINDS).index(row["kind"]), row["label"]
