"""A save by the API: the same entry, checks and service as a page, and the same answers when it is refused."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError

from accounts.actor import Actor
from assessments.api.posted import Posted
from assessments.api.read_back import thrown_away
from assessments.entering.entry import Entry, row_name, typed
from assessments.entering.row_names import item_of_row
from assessments.models import CaseForm
from assessments.pages.conflict import last_save
from assessments.pages.reading import differences
from assessments.place import Place, Stale
from assessments.reading.forms import read_forms
from assessments.sequence import visit_missing
from assessments.services import mark_not_done, save_form
from assessments.visits.dating import judged
from cohorts.services import Refused


class Invalid(Exception):
    """What was sent is not accepted; `errors` are those of the entry."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass
class Conflicting(Exception):
    """Somebody else was there first; `theirs` is what the answer tells of it."""

    words: str
    code: str
    theirs: dict[str, Any]


def save(place: Place, sent: Posted, by: Actor, *, beside_stored: bool = False) -> CaseForm:
    """Raises Invalid, Conflicting, and what the service raises. A save that changes nothing is none.

    `beside_stored` leaves what was not sent as it is.
    """
    with judged(place, sent.record):
        return _save(place, sent, by, beside_stored)


def _save(place: Place, sent: Posted, by: Actor, beside_stored: bool) -> CaseForm:
    _needs_a_visit(place)
    whole = _beside_what_is_stored(place, sent) if beside_stored else sent
    entry = _entry(place, whole)
    errors = entry.errors if not entry.is_valid() else _rows_unknown(entry) or thrown_away(entry, sent, whole)
    if errors:
        raise Invalid(errors)
    case_form = place.case_form
    same = not entry.changes() and not entry.keeps_otherwise
    if case_form and same and sent.complete == (case_form.state == "complete"):
        return case_form
    if not sent.reason.strip() and any(row.is_struck for row in entry.rows or ()):
        raise Refused("Give the reason for removing or restoring the row.", "reason")
    try:
        return save_form(
            place=place,
            values=entry.values(),
            by=by,
            seen_version=sent.version,
            complete=sent.complete,
            reason=sent.reason.strip(),
        )
    except Stale as stale:
        raise _stale(place, sent, stale.current) from None
    except IntegrityError:
        raise _there_already(place) from None


def _needs_a_visit(place: Place) -> None:
    missing = visit_missing(place.form_type, place.visit) if place.case_form is None else []
    if missing:
        raise Invalid({"visit": missing})


def _entry(place: Place, sent: Posted) -> Entry:
    return Entry(
        place.form_type,
        subject=place.subject,
        case_form=place.case_form,
        data=typed(sent.record, sent.rows),
        complete=sent.complete,
        visit=place.visit,
    )


def _beside_what_is_stored(place: Place, sent: Posted) -> Posted:
    """The items and rows that were sent, each over what is stored of it."""
    assert place.case_form is not None
    record, rows = read_forms(place.form_type, [place.case_form])[place.case_form.pk]
    entry = _entry(place, sent)
    # What waits at an item that is not sent goes on waiting: sent empty, it would be taken for mended.
    waits = entry.kept.keys()
    by_name = {
        row_name(row): {name: value for name, value in row.items() if item_of_row(row, name) not in waits}
        for row in rows
    }
    items = entry.record_form.fields.keys() - waits
    merged = [by_name.get(row_name(row), {}) | row for row in sent.rows]
    return replace(
        sent, record={name: record[name] for name in record if name in items} | dict(sent.record), rows=merged
    )


def _rows_unknown(entry: Entry) -> dict[str, list[str]]:
    """A row's number is given out by the server, so one that is sent must be there."""
    return {
        row.add_prefix("row"): ["This form has no such row: leave the number out to add one."]
        for row in entry.rows or ()
        if row.cleaned_data.get("row") and not row.initial
    }


def _stale(place: Place, sent: Posted, current: CaseForm) -> Conflicting:
    entry = _entry(replace(place, case_form=current), sent)
    entry.is_valid()
    theirs = {"id": current.pk, "version": current.version, "differences": differences(entry), **last_save(current)}
    words = f"The form was saved by someone else: it is at version {current.version} now. Nothing was saved."
    return Conflicting(words, "stale", theirs)


def leave_undone(place: Place, why: str, by: Actor) -> CaseForm:
    """Say of a form that nobody has begun that it will not be filled. Raises Invalid, and Conflicting where somebody
    has."""
    _needs_a_visit(place)
    try:
        return mark_not_done(place=place, why=why, by=by)
    except IntegrityError:
        raise _there_already(place) from None


def _there_already(place: Place) -> Conflicting:
    """Of two first saves of a form at one place one is first."""
    forms = CaseForm.objects.filter(subject=place.subject, code=place.form_type.code)
    existing = forms.filter(visit=place.visit).first() or forms.first()
    words = f"{place.form_type.title} already exists: change form {existing.pk}." if existing else "It already exists."
    theirs = {"id": existing.pk, "version": existing.version, **last_save(existing)} if existing else {}
    return Conflicting(words, "exists", theirs)
