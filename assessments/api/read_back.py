"""What the API sends of a form beside what was read of it: nothing of it is thrown away without a word.

A form may be sent back whole as it was read. What a save does not take (whose form it is, what the server computes)
has to stand as it was; an answer that the rest of the form leaves no room for is refused. A page empties such an item
before the eyes of whoever types; a program would believe that it was saved.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as Broken

from accounts.resource.body import plain, without_unchanged
from assessments.api.posted import SAVE
from assessments.catalogue import FormType
from assessments.entering.completeness import EMPTY
from assessments.entering.entry import Entry
from assessments.entering.row_names import item_of_row, row_name
from assessments.forms.building import record_form, row_set
from assessments.forms.items import ItemForm

Errors = dict[str, list[str]]
# What a lesion is was said where it was first seen, and which number a row has is given out.
SET_ELSEWHERE = ("kind", "location", "location_detail", "struck_out", "row")
# By what a row is known, and which analyte: sent alone they say nothing of it.
NAMES = ("label", "analyte", "row")


def reads_back(form_type: FormType, body: Mapping[str, Any]) -> bool:
    """Whether a body has more than a save takes, so that what is stored has to be read."""
    record, rows = body.get("record"), body.get("rows")
    return bool(
        body.keys() - {*SAVE}
        or (isinstance(record, dict) and record.keys() - {*record_form(form_type).base_fields})
        or (isinstance(rows, list) and any(_has_more(form_type, row) for row in rows))
    )


def _has_more(form_type: FormType, row: Any) -> bool:
    return form_type.rows is not None and isinstance(row, dict) and bool(row.keys() - {*_row_items(form_type)})


def _row_items(form_type: FormType) -> Any:
    return row_set(form_type).form.base_fields


def without_what_was_read(form_type: FormType, body: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a body that a save takes. Raises DRF's ValidationError for the rest, where it is not as `shown`."""
    taken = without_unchanged(body, shown, SAVE)
    if "state" in body and "complete" not in body:
        taken["complete"] = body["state"] == "complete"
    waiting = {text["item"] for text in shown["not_taken"]} if "not_taken" in body else set()
    if isinstance(body.get("record"), dict):
        record = without_unchanged(body["record"], shown["record"], record_form(form_type).base_fields)
        taken["record"] = _without_empty(record, waiting)
    rows = body.get("rows")
    if isinstance(rows, list) and form_type.rows is not None:
        by_name = {row_name(row): row for row in shown["rows"]}
        taken["rows"] = [_row(form_type, row, by_name, number, waiting) for number, row in enumerate(rows)]
    return taken


def _row(form_type: FormType, row: Any, shown: Mapping[str, Any], number: int, waiting: Collection[str]) -> Any:
    if not isinstance(row, dict):
        return row
    here = {name for name in row if item_of_row(row, name) in waiting}
    row = without_unchanged(row, shown.get(row_name(row), {}), _row_items(form_type), f"rows-{number}-")
    return _without_empty(row, here)


def _without_empty(values: Mapping[str, Any], waiting: Collection[str]) -> dict[str, Any]:
    """Where a text waits the item has no value: read as empty and sent back as that, it is not meant to be emptied."""
    return {name: value for name, value in values.items() if name not in waiting or value not in EMPTY}


def thrown_away(entry: Entry, sent: Any, whole: Any) -> Errors:
    """By field, what a checked entry would not store as it was `sent`, or would empty of what a PATCH leaves as it is.

    `whole` is `sent` beside what is stored, for a PATCH; for any other save it is the same.
    """
    parts = [("", entry.record_form, sent.record, whole.record)]
    for form, sent_form, merged in zip(entry.rows or (), sent.rows, whole.rows, strict=False):
        parts.append((f"{form.prefix}-", form, sent_form, merged))
    return {
        f"{prefix}{name}": [sentence]
        for prefix, form, sent_form, merged in parts
        for name, sentence in _lost(form, sent_form, merged)
    }


def _lost(form: ItemForm, sent_values: Mapping[str, Any], merged: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    items, cleaned = form.item_of, form.cleaned_data
    if form.prefix and not form.counts:
        # Of a row that a save does not take, as a unit without a result, nothing is kept.
        says = [name for name, value in sent_values.items() if name in form.fields and name not in NAMES and value]
        yield from ((name, "This says nothing by itself: send the whole row, or leave it out.") for name in says)
        return
    for name, value in merged.items():
        if name not in form.fields or name not in cleaned or value in EMPTY:
            continue
        item, was_sent = items.get(name), name in sent_values
        if item is not None and item.computed:
            if was_sent and plain(value) != plain(form.initial.get(name)):
                yield name, "This is computed at each save: leave it out."
        elif item is not None and not item.applies(cleaned):
            yield name, _does_not_apply(form, item.only_if, plain(value), was_sent)
        elif was_sent and not _is_kept(form, name, value):
            yield name, _other(form, name)


def _does_not_apply(form: ItemForm, only_if: Any, value: str, was_sent: bool) -> str:
    parent, answers = only_if
    labels = dict(getattr(form.fields[parent], "choices", ()))
    words = " or ".join(f"{answer} ({labels[answer]})" if answer in labels else answer for answer in answers)
    rule = f"This applies only where “{form.label_of(parent)}” is {words}"
    if was_sent:
        return f"{rule}: leave it out, or change that answer."
    return f"{rule}, and holds “{value}”, which would be lost: send it empty too if that is meant."


def _is_kept(form: ItemForm, name: str, value: Any) -> bool:
    """Whether the checked value says what was sent; one of those that a form may set itself has to be the same."""
    try:
        cleaned = form.fields[name].clean(value)
    except Broken:
        return True  # refused already
    kept = form.cleaned_data[name]
    if cleaned in EMPTY or _is_zero(cleaned):
        return True
    return cleaned == kept if name in SET_ELSEWHERE else kept not in EMPTY


def _is_zero(value: Any) -> bool:
    """Diameters of 0 mm say that a lesion is gone, which is stored as its finding."""
    return isinstance(value, Sequence) and not isinstance(value, str) and not sum(value)


def _other(form: ItemForm, name: str) -> str:
    kept = form.cleaned_data[name]
    if kept in EMPTY:
        return "This is emptied where what it follows from is changed: leave it out, or send what follows now."
    return f"This is “{plain(kept)}” and cannot be changed here: leave it out."
