"""What was typed into a draft and cannot be taken as a value: it waits beside the draft until its field is mended.

A draft is saved without it. Its field shows it again, with the reason, to everybody who may type there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm, CheckboxInput, HiddenInput

from assessments.models import CaseForm, UntakenText
from assessments.models.untaken import LONGEST
from assessments.row_names import item_of_row

if TYPE_CHECKING:
    from assessments.entry import Entry


@dataclass(frozen=True)
class Untaken:
    """`why` is empty for what is only a part of another field's text: the unit of a result that nobody can read."""

    text: str
    why: str


DROPPED = Untaken("", "")


@dataclass(frozen=True)
class AtItem:
    """A text at its item. `row` holds the values of the item's row, which has its name once it was stored."""

    name: str
    untaken: Untaken
    row: Mapping[str, Any] | None = None

    @property
    def item(self) -> str:
        return self.name if self.row is None else item_of_row(self.row, self.name)


def kept_texts(case_form: CaseForm | None) -> dict[str, Untaken]:
    """By item, what waits at a form. A form where nothing does costs no statement."""
    if case_form is None or not case_form.untaken:
        return {}
    found = UntakenText.objects.filter(case_form=case_form).values_list("item", "text", "why")
    return {item: Untaken(text, why) for item, text, why in found}


def texts_of(case_forms: Iterable[CaseForm]) -> dict[int, dict[str, Untaken]]:
    """The same of many forms, by the form's key. One statement, and none where nothing waits."""
    keys = [case_form.pk for case_form in case_forms if case_form.untaken]
    texts: dict[int, dict[str, Untaken]] = {key: {} for key in keys}
    for text in UntakenText.objects.filter(case_form__in=keys).order_by("item") if keys else ():
        texts[text.case_form_id][text.item] = Untaken(text.text, text.why)
    return texts


def store_untaken(case_form: CaseForm, texts: Iterable[AtItem], *, before: Mapping[str, Untaken]) -> None:
    """Bring what is kept in line with what waits now; no statement where nothing did and nothing does."""
    now = {text.item: text.untaken for text in texts}
    if gone := before.keys() - now.keys():
        UntakenText.objects.filter(case_form=case_form, item__in=gone).delete()
    changed = {item: untaken for item, untaken in now.items() if before.get(item) != untaken}
    if changed:
        UntakenText.objects.bulk_create(
            [UntakenText(case_form=case_form, item=item, text=at.text, why=at.why) for item, at in changed.items()],
            update_conflicts=True,
            unique_fields=["case_form", "item"],
            update_fields=["text", "why"],
        )


def set_aside(entry: "Entry", refused: Mapping[str, list[str]] | None = None) -> "Entry":
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


def without_struck(entry: "Entry") -> "Entry":
    """The same entry without what nobody can read in rows that are struck out: they need not be mended before."""
    # As the form reads it: a row that cannot be struck out sends the word "False".
    struck = [row for row in entry.rows or () if row.cleaned_data.get("struck_out")]
    names = [row.add_prefix(name) for row in struck for name in row.errors if name in row.fields and _typed(row, name)]
    return entry.without(dict.fromkeys(names, DROPPED)) if names else entry


def _at_fields(
    entry: "Entry", errors: Mapping[str, list[str]], aside: Mapping[str, Untaken]
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
