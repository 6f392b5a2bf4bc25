"""What of an entry cannot be taken is set aside: a draft is saved without it, and it waits beside the draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm, CheckboxInput, HiddenInput

from assessments.entering.entry import Entry
from assessments.entering.untaken import DROPPED, Untaken
from assessments.models.untaken import LONGEST


def set_aside(entry: Entry, refused: Mapping[str, list[str]] | None = None) -> Entry:
    """The same entry without what it cannot take, which waits; the entry itself where that is not all that is wrong.

    Again and again: what is left may be wrong in another way, as a lesion called measured whose diameter cannot be
    read. `refused` are errors that only the save knew of.
    """
    aside = dict(_at_fields(entry, refused or {}, {}))
    now = entry.without(aside) if aside else entry
    while not now.is_valid():
        further = dict(_at_fields(now, now.errors, aside))
        if not further:
            return entry
        aside |= further
        now = entry.without(aside)
    return now


def without_struck(entry: Entry) -> Entry:
    """The same entry without what nobody can read in rows that are struck out: they need not be mended before."""
    # As the form reads it: a row that cannot be struck out sends the word "False".
    struck = [row for row in entry.rows or () if row.cleaned_data.get("struck_out")]
    names = [row.add_prefix(name) for row in struck for name in row.errors if name in row.fields and _typed(row, name)]
    return entry.without(dict.fromkeys(names, DROPPED)) if names else entry


def _at_fields(
    entry: Entry, errors: Mapping[str, list[str]], aside: Mapping[str, Untaken]
) -> Iterator[tuple[str, Untaken]]:
    for form in (entry.record_form, *(entry.rows or ())):
        if form.lacks_name:
            yield from _whole_row(form)
            continue
        for name in [name for name in form.fields if form.add_prefix(name) in errors]:
            why = " ".join(errors[form.add_prefix(name)])
            yield from _texts(form, name, why, aside)


def _texts(form: Any, name: str, why: str, aside: Mapping[str, Untaken]) -> Iterator[tuple[str, Untaken]]:
    """The text of a field in error; of an empty one, what was typed into the fields that say one thing with it."""
    if typed := _typed(form, name):
        yield form.add_prefix(name), Untaken(typed, why)
        return
    whole = [other for other in form.fields if other != name and form.head_of(other) == form.head_of(name)]
    explained = form.add_prefix(name) in aside
    for other in whole:
        if typed := _typed(form, other):
            yield form.add_prefix(other), Untaken(typed, "" if explained else why)


def _whole_row(form: Any) -> Iterator[tuple[str, Untaken]]:
    """All that was typed into a row that nothing names: the first text says why."""
    why = " ".join(str(sentence) for sentences in form.errors.values() for sentence in sentences)
    for name in form.fields:
        if typed := _typed(form, name):
            yield form.add_prefix(name), Untaken(typed, why)
            why = ""


def _typed(form: BaseForm, name: str) -> str:
    """ "" for what no person types, and for what is longer than is kept: that goes on being refused."""
    if name == NON_FIELD_ERRORS or isinstance(form.fields[name].widget, HiddenInput | CheckboxInput):
        return ""
    text = str(form.data.get(form.add_prefix(name)) or "")
    return text if len(text) <= LONGEST and "\0" not in text else ""
