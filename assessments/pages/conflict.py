"""What a second save meets: who saved in the meantime, and what."""

from typing import Any

from django.http import QueryDict

from assessments.entry import ROWS, Entry, row_name
from assessments.models import CaseForm
from assessments.pages.reading import differences
from assessments.services import Place
from audit.models import Event


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
    there = {row_name(row.initial) for row in typed.rows}
    theirs = [row for row in now.rows or () if row_name(row.initial) not in there]
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
    """`differences`, each with whether the user typed it. What was not typed stays as the other saved it.

    `edited` names the items as the page posted them; without it nobody knows, and what was typed stands.
    """
    names = set(edited.split())
    return [
        row | {"label": _label(entry, row), "mine_typed": not names or row["name"] in names}
        for row in differences(entry)
    ]


def _label(entry: Entry, row: dict[str, str]) -> str:
    """The item's label; in a row that goes by a number, with the number."""
    number = row["name"].removeprefix(f"{ROWS}-").partition("-")[0]
    if entry.rows is None or not number.isdecimal() or "row" not in entry.rows.forms[int(number)].fields:
        return row["label"]
    name = row_name(entry.rows.forms[int(number)].initial)
    return f"Row {name}: {row['label']}" if name else f"New row: {row['label']}"
