"""What a save would say of a form that is being typed: what it would refuse, and what its checks would ask.

By the same forms and checks as a save, so that none is written twice; nothing is written at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from assessments.checks.asking import would_ask
from assessments.entering.aside import set_aside
from assessments.entering.entry import Entry, Values
from assessments.entering.row_names import OF_ROW, row_name
from assessments.forms.items import ItemForm
from assessments.place import Place
from assessments.storing import computed
from cohorts.services import Refused

Sentences = dict[str, list[str]]


def answers_to(place: Place, data: Mapping[str, Any]) -> dict[str, Sentences]:
    """{"errors": {field: sentences}, "asks": {field: sentences}}, fields named as the page posts them.

    A draft's errors: what is still missing is no error while one types.
    """
    typed = Entry(place.form_type, subject=place.subject, case_form=place.case_form, data=data, visit=place.visit)
    errors = {} if typed.is_valid() else typed.errors
    entry = set_aside(typed) if errors else typed
    if not entry.is_valid():
        return {"errors": errors, "asks": {}}
    values, rows = _named(entry)
    try:
        values = computed(place.form_type, values, place.subject)
    except Refused as refused:
        # Only the save would know; without the value there is nothing that its checks could ask.
        return {"errors": errors | refused.errors, "asks": {}}
    asks: Sentences = {}
    for finding in would_ask(place, values):
        asks.setdefault(_field(finding.item, rows), []).append(finding.text)
    return {"errors": errors, "asks": {name: asks[name] for name in asks if name and name not in errors}}


def _named(entry: Entry) -> tuple[Values, dict[str, ItemForm]]:
    """The values, each row with a name: one that was never saved goes by its place on the page."""
    rows = {row_name(row.cleaned_data) or row.prefix: row for row in entry.rows or () if row.counts}
    named = [row.cleaned_data | _name(row, name) for name, row in rows.items()]
    return replace(entry.values(), rows=named), rows


def _name(row: ItemForm, name: str) -> dict[str, Any]:
    return {key: row.cleaned_data.get(key) or name for key in ("label", "row") if key in row.fields}


def _field(item: str, rows: Mapping[str, ItemForm]) -> str:
    """The field of an item as queries name it, "" for one that the page does not have."""
    of_row = OF_ROW.fullmatch(item)
    if of_row is None:
        return item
    row = rows.get(of_row[1]) or next(_by_number(of_row[1], rows.values()), None)
    return row.add_prefix(of_row[2]) if row is not None and of_row[2] in row.fields else ""


def _by_number(number: str, rows: Iterable[ItemForm]) -> Iterator[ItemForm]:
    # A check of laboratory rows may go by their numbers, while the page knows them by the analyte.
    return (row for row in rows if str(row.cleaned_data.get("row") or "") == number)
