"""The Django forms of one record or one row: a field an item, and what the items may not say together."""

import copy
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.models import ModelFormMetaclass
from django.utils import timezone

from assessments.entering.absences import PREFIX, reasons_in, settle
from assessments.entering.completeness import missing, without_what_does_not_apply
from assessments.entering.untaken import Untaken
from assessments.forms.contradictions import contradictions
from assessments.forms.past_times import (
    before_the_start,
    dated_columns,
    ends_before_it_starts,
    in_the_future,
    skipped_hours,
)
from assessments.items import Item, columns_of, heads_of, items_of
from components.numbers import TypedWholeNumberField
from terminology.reading import coded, dictionary_name
from values.dates import shown_date

WHY_A_TERM = "the sponsor reads it, and not the site's own words. Where none fits, each group has one called “Other”."


class ItemField(BoundField):
    """A field of a form: one that is only shown shows what was typed and not taken before what is stored."""

    def value(self) -> Any:
        untaken = None if self.form.is_bound else self.form.untaken.get(self.name)
        return super().value() if untaken is None else untaken.text


class ItemForm(forms.BaseForm, metaclass=ModelFormMetaclass):
    """Checks the items of one record or row. A draft may leave anything open; `complete` asks for what is required.

    A model's fields without a model's instance: values go to a service, and the columns' validators run at the fields.
    """

    _meta: Any
    bound_field_class = ItemField
    # Whether a save takes the row for what waits in it, although it says nothing.
    keeps = False
    # How a row is called while nothing can name it, and whether that is so.
    waits_as = ""
    lacks_name = False

    def __init__(self, *args: Any, complete: bool = False, zone: ZoneInfo | None = None, **options: Any) -> None:
        # Labels stand without one, and Django would look up its translation for each form.
        super().__init__(*args, label_suffix="", **options)
        self.complete, self.zone = complete, zone
        self.untaken: dict[str, Untaken] = {}
        # Items whose answer could not be read and waits: what hangs on them stays.
        self.unread: set[str] = set()
        # By item, why the protocol does not ask for it here.
        self.not_asked: dict[str, str] = {}

    def full_clean(self) -> None:
        """Today and now are those of the site's clocks."""
        with timezone.override(self.zone):
            super().full_clean()

    def show_untaken(self, name: str, untaken: Untaken) -> None:
        """Have a form that is only shown say at this field what was typed there, and why it was not taken."""
        self.untaken[name] = untaken
        if untaken.why:
            self.errors[name] = self.error_class([untaken.why])

    def leave_out(self, names: Collection[str]) -> None:
        """Ask nothing of these items, unless something stands there already."""
        empty = {name for name in names if not self.initial.get(name)}
        gone = empty | {f"{PREFIX}{name}" for name in empty}
        if gone:
            self.fields = {name: field for name, field in self.fields.items() if name not in gone}

    def own_fields(self) -> None:
        """Take copies: a page tells its fields what only it asks, and all other forms share them."""
        self.fields = copy.deepcopy(dict(self.fields))
        self._bound_fields_cache.clear()

    def label_of(self, name: str) -> str:
        return str(self.fields[name].label)

    def head_of(self, name: str) -> str:
        """The item that this field says one thing with, itself where it stands alone: see items.heads_of."""
        item = name.removeprefix(PREFIX)
        return self.heads.get(item, item)

    @property
    def heads(self) -> Mapping[str, str]:
        return heads_of(self._meta.model)

    def clean(self) -> dict[str, Any]:
        unread = self.unread | self.errors.keys()
        values = without_what_does_not_apply(self._meta.model, super().clean() or self.cleaned_data, unread)
        values |= self._without_what_followed()
        for name, what in in_the_future(self.dated, values):
            self.add_error(name, f"{shown_date(what)} is in the future: enter what has happened.")
        for name, message in skipped_hours(self._meta.model, values):
            self.add_error(name, message)
        if ends_before_it_starts(values):
            self.add_error("end_date", before_the_start(values))
        for name, message in settle(self._meta.model, values, unread).items():
            self.add_error(name, message)
        if not values.get("struck_out"):
            for name, message in contradictions(self._meta.model, values):
                self.add_error(name, message)
        if self.complete and not values.get("struck_out"):
            given = reasons_in(values)
            for name, message in self.missing(values).items():
                if name not in self.errors and name not in given:
                    self.add_error(name, message)
        return values

    def missing(self, values: dict[str, Any]) -> dict[str, str]:
        """By name, each needed item without a value, with what to say of it."""
        names = missing(self._meta.model, values)
        return {name: words for name, words in names.items() if name in self.fields and name not in self.not_asked}

    def _without_what_followed(self) -> dict[str, Any]:
        """Items emptied because what they put in other words was changed, and they were left as they stood."""
        following = _following(self._meta.model)
        changed = set(self.changed_data) if following else set()
        return {name: "" for name, of in following.items() if of in changed and name not in changed}

    def has_changed(self) -> bool:
        """As Django's, but done at the first item that differs."""
        return any(bound._has_changed() for _, bound in self._bound_items())

    @property
    def dated(self) -> tuple[models.Field, ...]:
        """The columns of dates and times that have to be past."""
        return dated_columns(self._meta.model)

    @property
    def is_struck(self) -> bool:
        """Whether the row is struck out by this save, or restored."""
        return "struck_out" in self.fields and self["struck_out"]._has_changed()

    @property
    def counts(self) -> bool:
        """Whether a save takes this row, once it was checked: it says something, or stands already."""
        known = self.cleaned_data.get("row") or self.cleaned_data.get("label")
        return self.keeps or self.has_changed() or bool(known)

    @property
    def item_of(self) -> dict[str, Item]:
        return {field.name: item for field, item in items_of(self._meta.model) if field.name in self.fields}


class EventForm(ItemForm):
    """An adverse event: the site's own words may be a term of the dictionary, which the save then finds by itself."""

    def missing(self, values: dict[str, Any]) -> dict[str, str]:
        names = super().missing(values)
        if "dictionary_term" in names:
            if coded(values.get("term") or ""):
                del names["dictionary_term"]
            else:
                names["dictionary_term"] = f"A serious event needs a term of {dictionary_name()}: {WHY_A_TERM}"
        return names


class RowForm(ItemForm):
    """One row of a repeating part, known by its number once it was saved."""

    # As many as its column numbers.
    row = TypedWholeNumberField(required=False, min_value=1, max_value=2**15 - 1, widget=forms.HiddenInput)


@cache
def _following(model: type[models.Model]) -> dict[str, str]:
    return {field.name: item.follows for field, item in columns_of(model) if item.follows}
