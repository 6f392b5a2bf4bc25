"""The catalogue as plain values: what each form asks, with types, units, limits and code lists."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst

from assessments.catalogue import FormType
from assessments.items import Item, PartialDateField, ResultField, items_of
from assessments.models import Lesion, LesionResult

TYPES: tuple[tuple[Any, str], ...] = (
    (models.DateField, "date"),
    (PartialDateField, "partial date"),
    (models.IntegerField, "whole number"),
    (models.DecimalField, "number"),
    (ResultField, "result"),
    (models.CharField, "text"),
)


def form_words(form_type: FormType) -> dict[str, Any]:
    rows = [Lesion, LesionResult] if form_type.has_lesions else [form_type.rows] if form_type.rows else []
    named = {words["name"]: words for model in rows for words in _items(model)}
    return {
        "code": form_type.code,
        "title": form_type.title,
        "once_a_subject": form_type.is_once,
        "needs": form_type.needs,
        "items": _items(form_type.record),
        "rows": list(named.values()),
    }


def _items(model: type[models.Model]) -> list[dict[str, Any]]:
    return [_words(field, item) for field, item in items_of(model)]


def _words(field: Any, item: Item) -> dict[str, Any]:
    measured = getattr(field, "base_field", field)
    limits = {type(check): check.limit_value for check in measured.validators if hasattr(check, "limit_value")}
    low, high = limits.get(MinValueValidator), limits.get(MaxValueValidator)
    return {
        "name": field.name,
        "label": capfirst(str(field.verbose_name)),
        "type": _type(field),
        "unit": item.unit,
        "codelist": [{"code": code, "label": str(label)} for code, label in field.choices or () if code],
        "low": None if low is None else str(low),
        "high": None if high is None else str(high),
        "decimals": getattr(measured, "decimal_places", None),
        "expected": [str(bound) for bound in item.expected or ()],
        "required": item.required,
        "needed_if": item.needed_if[0] if item.needed_if else None,
        "critical": item.critical,
        "identifying": item.identifying,
        "only_if": item.only_if[0] if item.only_if else None,
        "only_values": item.only_if[1] if item.only_if else [],
        "cdash": item.cdash,
        "sdtm": item.sdtm,
    }


def _type(field: Any) -> str:
    if hasattr(field, "base_field"):
        return "list of numbers"
    return "choice" if field.choices else next(name for kind, name in TYPES if isinstance(field, kind))
