"""A form as it is read: the stored values in words."""

from collections.abc import Iterable
from typing import Any

from django.forms.boundfield import BoundField

from assessments.entering.absences import PREFIX
from assessments.entering.entry import Entry
from assessments.forms.items import ItemForm
from assessments.forms.lesions import LESION_WORDS, LesionForm
from assessments.items import clock_times_of, items_of
from assessments.models import LesionResult
from assessments.pages.of_forms import headings
from assessments.pages.results import result_table
from components.templatetags.form_rows import stored_text

OF_RESULT = {field.name: item for field, item in items_of(LesionResult)}


def sections_of(code: str, form: ItemForm, time_zone: str) -> list[tuple[str, list[dict[str, str]]]]:
    """(legend, [{"name", "label", "words"}]) in the order of the form; items that do not apply are left out.

    `time_zone` is the name of the one that times of day are of.
    """
    sections: list[tuple[str, list[dict[str, str]]]] = [("", [])]
    times = {f"{name}_time" for name in clock_times_of(form._meta.model)}
    legends = headings(code, form.item_of)
    for name, item in form.item_of.items():
        if name in legends:
            sections.append((legends[name], []))
        if name in form.not_asked and not form.initial.get(name):
            continue
        if item.applies(form.initial) or item.only_if[0] in form.untaken:  # type: ignore[index]
            reason = f"{PREFIX}{name}"
            lacking = stored_text(form[reason]) if reason in form.fields else ""
            words = lacking or with_unit(stored_text(form[name]), time_zone if name in times else item.unit)
            sections[-1][1].append(
                {"name": name, "label": str(form[name].label), "words": words + _not_taken(form, name)}
            )
    return [section for section in sections if section[1]]


def table_of(entry: Entry) -> dict[str, Any] | None:
    """The rows of a form: {"head": labels, "rows": [{"cells": [(id, words)], "struck"}]}."""
    if entry.rows is None:
        return None
    if entry.form_type.has_results:
        return result_table(entry.rows)
    forms = list(entry.rows)
    shown = [
        name
        for name in _names(forms)
        if name not in ("row", "struck_out") and any(stored_text(row[name]) or name in row.untaken for row in forms)
    ]
    return {
        "head": [_heading(forms[0], name) for name in shown],
        "rows": [
            {
                "cells": [(row[name].auto_id, stored_text(row[name]) + _not_taken(row, name)) for name in shown],
                "struck": bool(row.initial.get("struck_out")),
            }
            for row in forms
        ],
    }


def _not_taken(form: ItemForm, name: str) -> str:
    """What waits at an item, behind its value: a reader sees that the site wrote something there."""
    if name not in form.untaken:
        return ""
    text = form.untaken[name].text
    words = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    return f" (entered, not accepted: “{words.get(text, text)}”)"


def _names(forms: Iterable[ItemForm]) -> list[str]:
    first = next(iter(forms), None)
    if first is None:
        return []
    return (
        ["label", *(name for name in first.fields if name != "label")] if "label" in first.fields else [*first.fields]
    )


def _heading(form: ItemForm, name: str) -> str:
    """The item's name, with its unit, which stands at no value of a column."""
    of_lesion = isinstance(form, LesionForm)
    words = {"label": "lesion", **LESION_WORDS} if of_lesion else {}
    items = form.item_of | (OF_RESULT if of_lesion else {})
    label = words[name].capitalize() if name in words else str(form[name].label)
    return f"{label}, {items[name].unit}" if name in items and items[name].unit else label


def with_unit(words: str, unit: str) -> str:
    return f"{words} {unit}".strip() if words else "–"


def differences(entry: Entry) -> list[dict[str, str]]:
    """What was typed beside what is stored, item by item where they differ: `name`, `label`, `theirs`, `mine`."""
    return [
        {
            "name": row.add_prefix(name),
            "label": row.label_of(name),
            "theirs": stored_text(row[name]),
            "mine": typed_text(row[name]),
        }
        for row in [entry.record_form, *(entry.rows or ())]
        for name in row.changed_data
        if name not in ("row", "label")
    ]


def typed_text(bound: BoundField) -> str:
    """What was typed, in the words of the screen."""
    value = bound.field.prepare_value(bound.data)
    words = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    if isinstance(value, bool):
        return "yes" if value else "no"
    return words.get(str(value), str(value)) if value not in (None, "") else ""
