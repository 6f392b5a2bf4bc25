"""What there is to verify in a form: its items that apply, each by a digest of its value."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from assessments.catalogue import CATALOGUE, FormType
from assessments.entering.absences import PREFIX
from assessments.entering.entry import row_name
from assessments.items import Item, by_version, items_of
from assessments.models import CaseForm, FormState, Lesion
from assessments.reading.forms import LESION, RESULT, read_forms
from values.numbers import Result

NOT_DONE = "not_done_reason"
EMPTY: tuple[Any, ...] = (None, "", [])
# What a lesion is stands in the form that first told of it; the other forms only say how it is.
TOLD_ONCE = tuple(name for name in LESION if name not in ("label", "struck_out", *RESULT))


@dataclass(frozen=True)
class VerifiedPoint:
    """An item of a form as it stands: `digest` is over form, item and value, so that it fits nowhere else."""

    item: str
    digest: str
    critical: bool


def points_of(forms: Sequence[CaseForm]) -> dict[int, list[VerifiedPoint]]:
    """By the form's key, in the form's order. A number of statements that depends on the kinds of forms alone."""
    by_form: dict[int, list[VerifiedPoint]] = {form.pk: [] for form in forms}
    by_code: dict[str, list[CaseForm]] = {}
    for form in forms:
        if form.state == FormState.NOT_DONE:
            by_form[form.pk] = [_point(form, NOT_DONE, form.not_done_reason, True)]
        else:
            by_code.setdefault(form.code, []).append(form)
    for code, of_code in by_code.items():
        form_type = CATALOGUE[code]
        read = read_forms(form_type, of_code)
        by_form_key = _told_at(of_code) if form_type.has_lesions else {}
        for form in of_code:
            record, rows = read[form.pk]
            by_form[form.pk] = [*_of_record(form, form_type, record), *_of_rows(form, form_type, rows, by_form_key)]
    return by_form


def _told_at(forms: Iterable[CaseForm]) -> dict[int, set[str]]:
    states: dict[int, set[str]] = {}
    for form, label in Lesion.objects.filter(case_form__in=forms).values_list("case_form_id", "label"):
        states.setdefault(form, set()).add(label)
    return states


def _of_record(form: CaseForm, form_type: FormType, record: Mapping[str, Any]) -> Iterable[VerifiedPoint]:
    for name, item in _items(form_type.record):
        if record and item.applies(record):
            yield _point(form, name, [record.get(name), record.get(f"{PREFIX}{name}")], item.critical)


def _of_rows(
    form: CaseForm, form_type: FormType, rows: Iterable[Mapping[str, Any]], states: Mapping[int, set[str]]
) -> Iterable[VerifiedPoint]:
    known = dict(_items(form_type.rows)) if form_type.rows else {}
    known |= dict(_items(Lesion)) if form_type.has_lesions else {}
    for row in rows:
        if row.get("struck_out"):
            continue
        here = not form_type.has_lesions or row["label"] in states.get(form.pk, ())
        for name, value in row.items():
            item = known.get(name)
            if value in EMPTY or not (item or name in TOLD_ONCE) or (name in TOLD_ONCE and not here):
                continue
            if item is None or not item.computed:
                yield _point(form, f"rows[{row_name(row)}]-{name}", value, bool(item and item.critical))


def _items(model: Any) -> list[tuple[str, Item]]:
    def made() -> list[tuple[str, Item]]:
        return [(field.name, item) for field, item in items_of(model) if not item.computed]

    items: list[tuple[str, Item]] = by_version(f"points {model.__name__}", made)
    return items


def _point(form: CaseForm, item: str, value: Any, critical: bool) -> VerifiedPoint:
    canonical = json.dumps([form.pk, item, value], default=_stored, ensure_ascii=False)
    return VerifiedPoint(item, sha256(canonical.encode()).hexdigest(), critical)


def _stored(value: Any) -> str:
    return value.exact if isinstance(value, Result) else str(value)


def is_of(item: str, items: Iterable[str]) -> bool:
    """Whether an item is among those asked for; `rows[T01]` asks for a whole row."""
    return item in items or item.partition("]-")[0] + "]" in items
