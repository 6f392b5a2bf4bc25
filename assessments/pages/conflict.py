"""What a second save meets: who saved in the meantime, and what."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.forms.boundfield import BoundField
from django.http import QueryDict

from assessments.entering.entry import ROWS, Entry, row_name
from assessments.forms.items import ItemForm
from assessments.forms.results import ResultForm
from assessments.models import CaseForm
from assessments.pages.reading import typed_text
from assessments.place import Place
from audit.models import Event
from components.templatetags.form_rows import stored_text


def last_save(case_form: CaseForm | None) -> dict[str, Any]:
    """The name and the moment of the last change of a form's header."""
    if case_form is None:
        return {}
    events = Event.objects.filter(case_form_id=case_form.pk).order_by("-pk")
    last = events.first()
    return {"saved_by": last.actor_name, "saved_at": last.at} if last else {}


def beside_theirs(place: Place, sent: QueryDict) -> tuple[Entry, list[str]]:
    """What was typed, over what is stored now: the rows that others added since are in it too, and named beside it."""
    typed = Entry(place.form_type, subject=place.subject, case_form=place.case_form, data=sent)
    if typed.rows is None:
        return typed, []
    now = Entry(place.form_type, subject=place.subject, case_form=place.case_form)
    typed_rows = {row_name(row.initial) for row in typed.rows}
    theirs = [row for row in now.rows or () if row_name(row.initial) not in typed_rows]
    if not theirs:
        return typed, []
    whole = sent.copy()
    for number, row in enumerate(theirs, start=len(typed.rows.forms)):
        whole.update({f"{ROWS}-{number}-{name}": value for name, value in _as_posted(row).items()})
    whole[f"{ROWS}-TOTAL_FORMS"] = str(len(typed.rows.forms) + len(theirs))
    whole_entry = Entry(place.form_type, subject=place.subject, case_form=place.case_form, data=whole)
    return whole_entry, [row_name(row.initial) for row in theirs]


def _as_posted(row: Any) -> dict[str, str]:
    values = {bound.name: bound.value() for bound in row}
    return {name: "on" if value is True else str(value) for name, value in values.items() if value not in (None, False)}


def compared(entry: Entry, edited: str) -> list[dict[str, Any]]:
    """The choices between two versions, one for all items that say one thing together: a result and its unit.

    Each has the `names` of its fields, the first one's `label`, both versions in words (`theirs`, `mine`), and whether
    the user typed any of it (`mine_typed`). What was not typed stays as the other saved it. `edited` names the fields
    as the page posted them; without it nobody knows, and what was typed stands.
    """
    names = set(edited.split())
    return [
        choice | {"mine_typed": not names or not names.isdisjoint(choice["names"])}
        for form in [entry.record_form, *(entry.rows or ())]
        for choice in _choices(form)
    ]


def _choices(form: ItemForm) -> Iterator[dict[str, Any]]:
    changed = [name for name in form.changed_data if name not in ("row", "label")]
    heads = {form.head_of(name) for name in changed}
    roots = {name: _root(form, name, heads) for name in form.fields}
    differing = {roots[name] for name in changed}
    # The item itself before its parts: the page puts them back in this order, and some follow from others.
    wholes = {head: [head, *(name for name in form.fields if roots[name] == head != name)] for head in differing}
    for head in (name for name in form.fields if name in wholes):
        parts = [form[name] for name in wholes[head]]
        yield {
            "names": [part.html_name for part in parts],
            "label": _label(form, head),
            "theirs": _in_words(form, head, parts, stored_text),
            "mine": _in_words(form, head, parts, typed_text),
        }


def _root(form: ItemForm, name: str, changed: Collection[str]) -> str:
    """The item with which a field is chosen: of an answer that hangs on others, the first of those that differs. A day
    of one version beside the other's “ongoing” would be emptied by the save."""
    root = step = form.head_of(name)
    passed: set[str] = set()
    while step not in passed and (item := form.item_of.get(step)) is not None and item.only_if is not None:
        passed.add(step)
        step = form.head_of(item.only_if[0])
        root = step if step in changed else root
    return root


def _in_words(form: ItemForm, head: str, parts: Iterable[BoundField], text_of: Callable[[BoundField], str]) -> str:
    """What parts of one item say together, and by its label what hangs on it."""
    texts = [(part, text_of(part)) for part in parts]
    return " · ".join(
        text if form.head_of(part.name) == head else f"{form.label_of(part.name)}: {text}"
        for part, text in texts
        if text
    )


def _label(form: ItemForm, name: str) -> str:
    """The item's label; in a row that goes by a number, with the number."""
    if "row" not in form.fields or isinstance(form, ResultForm):
        return form.label_of(name)
    number = row_name(form.initial)
    return f"Row {number}: {form.label_of(name)}" if number else f"New row: {form.label_of(name)}"
