"""The Django forms by which both pages and API check what was entered: one field a item, one form a row."""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.models import ModelFormMetaclass
from django.utils import timezone

from assessments.absences import PREFIX, absence_fields, reasons_in, settle
from assessments.catalogue import FormType
from assessments.codelists import LesionKind, LesionState
from assessments.completeness import missing, without_what_does_not_apply
from assessments.contradictions import contradictions
from assessments.items import (
    ClockTimeField,
    Item,
    PartialDateField,
    ResultField,
    clock_times_of,
    heads_of,
    items_of,
)
from assessments.lesion_set import LesionSet
from assessments.models import AdverseEvent, Lesion, LesionResult
from assessments.result_field import TypedResultField
from assessments.sharing import RowSet, shared
from assessments.untaken import Untaken
from assessments.wording import say_limits
from terminology.reading import coded, dictionary_name
from trialsite.days import DayInput, TypedDayField, TypedPartialDayField
from trialsite.numbers import NumberField, Typed, WholeNumberField
from values import UnreadableValue
from values.dates import shown_date
from values.numbers import retypable, written
from values.times import instant, read_time

FEW_CHOICES = 6
WHY_A_TERM = "the sponsor reads it, and not the site's own words. Where none fits, each group has one called “Other”."
MOST_ROWS = 200
# Characters from which on a text is typed into a box of several lines.
LONG_TEXT = 300
FRAGMENT = re.compile(r"[+;]")
PARTED = re.compile(r"\s*([0-9.,]+)\s+([0-9.,]+)\s*")


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

    def __init__(self, *args: Any, complete: bool = False, zone: ZoneInfo | None = None, **options: Any) -> None:
        # Labels stand without one, and Django would look up its translation for each form.
        super().__init__(*args, label_suffix="", **options)
        self.complete, self.zone = complete, zone
        self.untaken: dict[str, Untaken] = {}
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
        values = without_what_does_not_apply(self._meta.model, super().clean() or self.cleaned_data)
        values |= self._without_what_followed()
        for name, what in _in_the_future(self.dated, values):
            self.add_error(name, f"{shown_date(what)} lies in the future: enter what has happened.")
        for name, message in _skipped_hours(self._meta.model, values):
            self.add_error(name, message)
        if _ends_before_it_starts(values):
            self.add_error("end_date", _before_the_start(values))
        for name, message in settle(self._meta.model, values).items():
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
        found = missing(self._meta.model, values)
        return {name: words for name, words in found.items() if name not in self.not_asked}

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
        return _dated(self._meta.model)

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
        return {field.name: item for field, item in items_of(self._meta.model)}


class EventForm(ItemForm):
    """An adverse event: the site's own words may be a term of the dictionary, which the save then finds by itself."""

    def missing(self, values: dict[str, Any]) -> dict[str, str]:
        found = super().missing(values)
        if "dictionary_term" in found:
            if coded(values.get("term") or ""):
                del found["dictionary_term"]
            else:
                found["dictionary_term"] = f"A serious event needs a term of {dictionary_name()}: {WHY_A_TERM}"
        return found


class RowForm(ItemForm):
    """One row of a repeating part, known by its number once it was saved."""

    row = WholeNumberField(required=False, min_value=1, widget=forms.HiddenInput)


def _ends_before_it_starts(values: dict[str, Any]) -> bool:
    """Of partial dates only what both tell is compared."""
    start, end = str(values.get("start_date") or ""), str(values.get("end_date") or "")
    known = min(len(start), len(end))
    return end[:known] < start[:known]


def _before_the_start(values: dict[str, Any]) -> str:
    return f"{shown_date(values['end_date'])} lies before the start, {shown_date(values['start_date'])}."


def _in_the_future(dated: Iterable[models.Field], values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The items that tell of a time to come, and what they say; what is planned may."""
    for field in dated:
        value = values.get(field.name)
        if value and _is_after_now(field, value, values):
            yield field.name, value


def _is_after_now(field: models.Field, value: Any, values: dict[str, Any]) -> bool:
    if isinstance(field, models.DateField):
        return bool(value > timezone.localdate())
    if isinstance(field, PartialDateField):
        return bool(value > timezone.localdate().isoformat()[: len(value)])
    now = timezone.localtime()
    return bool(values.get(field.name.removesuffix("time") + "date") == now.date() and value > f"{now:%H:%M}")


def _skipped_hours(model: type[models.Model], values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Times of day that the clocks of the site never showed."""
    for name in clock_times_of(model):
        day, at = values.get(f"{name}_date"), values.get(f"{name}_time")
        try:
            if day and at:
                instant(day, at, cast(ZoneInfo, timezone.get_current_timezone()))
        except UnreadableValue as refusal:
            yield f"{name}_time", str(refusal)


@cache
def _dated(model: type[models.Model]) -> tuple[models.Field, ...]:
    kinds = (models.DateField, PartialDateField, ClockTimeField)
    fields = model._meta.fields
    return tuple(one for one in fields if isinstance(one, kinds) and not one.name.startswith("planned_"))


@cache
def _following(model: type[models.Model]) -> dict[str, str]:
    return {field.name: item.follows for field, item in items_of(model) if item.follows}


class DiametersField(Typed, forms.CharField):
    """One diameter in millimetres, or those of the fragments of a split lesion: `15 + 10`, `15,5 + 10`."""

    def to_python(self, value: Any) -> list[Decimal]:  # type: ignore[override]
        if value in self.empty_values:
            return []
        parts = value if isinstance(value, list) else self._fragments(value)
        return [self._millimetres(part) for part in parts]

    @staticmethod
    def _fragments(value: Any) -> list[Any]:
        if not isinstance(value, str):
            return [value]
        parted = PARTED.fullmatch(value)
        if parted:
            one, other = parted.groups()
            raise ValidationError(
                f"“{one} {other}” may be one diameter or two: write {one}{other}, or {one} + {other}."
            )
        return FRAGMENT.split(value)

    def _millimetres(self, part: Any) -> Decimal:
        size = super().to_python(part)
        if size is None:
            raise ValidationError("A fragment is missing: write 15 + 10.")
        if not 0 <= size <= 999:
            raise ValidationError(f"{written(size)} mm cannot be: enter 0 to 999 mm.")
        if size != round(size, 2):
            raise ValidationError(f"{written(size)} mm: at most two decimals.")
        return size

    def prepare_value(self, value: Any) -> Any:
        return " + ".join(map(retypable, value)) if isinstance(value, list) else value


STATES = {
    LesionKind.TARGET: (LesionState.MEASURED, LesionState.TOO_SMALL, LesionState.ABSENT, LesionState.NOT_ASSESSED),
    LesionKind.NON_TARGET: (
        LesionState.PRESENT,
        LesionState.ABSENT,
        LesionState.PROGRESSED,
        LesionState.NOT_ASSESSED,
    ),
    LesionKind.NEW: (
        LesionState.UNEQUIVOCAL,
        LesionState.EQUIVOCAL,
        LesionState.ABSENT,
        LesionState.MEASURED,
        LesionState.NOT_ASSESSED,
    ),
}


# Outside of its row an item is called by its lesion: in messages, in "old -> new".
LESION_WORDS = {
    "diameters_mm": "diameter",
    "state": "finding",
    "examined_on": "date of procedure",
    "method": "method",
    "location": "organ",
    "location_detail": "where exactly",
    "kind": "kind",
    "struck_out": "struck out",
}


class LesionForm(ItemForm):
    """One lesion at one assessment: a carried one by its label, or one that is seen for the first time."""

    label = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    diameters_mm = DiametersField(required=False, label="Diameter")
    state = forms.ChoiceField(required=False, choices=[("", ""), *LesionState.choices], label="Finding")
    examined_on = TypedPartialDayField(required=False, label="Date of procedure")

    class Meta:
        model = Lesion
        fields = ["kind", "location", "location_detail", "method", "struck_out"]

    def __init__(
        self, *args: Any, known: dict[str, tuple[Lesion, bool]] | None = None, at_baseline: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.known, self.at_baseline = known or {}, at_baseline

    @property
    def heads(self) -> Mapping[str, str]:
        return heads_of(Lesion) | heads_of(LesionResult)

    @property
    def dated(self) -> tuple[models.Field, ...]:
        # A lesion has no date of its own, what was found of it has.
        return _dated(LesionResult)

    def own_fields(self) -> None:
        super().own_fields()
        for name in LESION_WORDS:
            self.fields[name].label = self.label_of(name)
        if self.at_baseline:
            kind = cast(forms.ChoiceField, self.fields["kind"])
            kind.choices = [choice for choice in kind.choices if choice[0] != LesionKind.NEW]

    def label_of(self, name: str) -> str:
        lesion = self.data.get(self.add_prefix("label")) or self.initial.get("label") or "New lesion"
        return f"{lesion} {LESION_WORDS[name]}" if name in LESION_WORDS else super().label_of(name)

    def clean(self) -> dict[str, Any]:
        self._say_which_lesion()
        values = super().clean()
        if "diameters_mm" in self.errors or values.get("struck_out"):
            return values
        values["state"] = values.get("state") or self._state_that_follows(values)
        self._refuse_contradictions(values)
        return values

    def _say_which_lesion(self) -> None:
        """What a lesion is was told where it was first seen; a new one at a later assessment is of kind new."""
        values, label = self.cleaned_data, self.cleaned_data.get("label")
        if label and label not in self.known:
            self.add_error("label", f"This subject has no lesion {label}.")
            return
        told_here = True
        if label:
            lesion, told_here = self.known[label]
            for name in ("kind", "location", "location_detail", "method"):
                values[name] = values.get(name) or getattr(lesion, name)
            if not told_here:
                values |= {"kind": lesion.kind, "location": lesion.location, "struck_out": False}
        if told_here and not self.at_baseline:
            values["kind"] = LesionKind.NEW
        elif told_here and values.get("kind") == LesionKind.NEW:
            self.add_error("kind", "At baseline a lesion is a target or a non-target lesion.")

    def _state_that_follows(self, values: dict[str, Any]) -> str:
        sizes = values.get("diameters_mm")
        if sizes:
            values["diameters_mm"] = sizes if sum(sizes) else []
            return LesionState.MEASURED if sum(sizes) else LesionState.ABSENT
        if self.at_baseline and values.get("kind") == LesionKind.NON_TARGET:
            return LesionState.PRESENT
        # A lesion carried on says nothing by itself: an equivocal one that was left blank must not become proven.
        first_sight = values.get("kind") == LesionKind.NEW and not values.get("label")
        return LesionState.UNEQUIVOCAL if first_sight else ""

    def _refuse_contradictions(self, values: dict[str, Any]) -> None:
        state, sizes, kind = values["state"], values.get("diameters_mm") or [], values.get("kind")
        if state == LesionState.MEASURED and not sum(sizes):
            self.add_error("diameters_mm", "A measured lesion needs a diameter above 0 mm.")
        if sizes and state not in (LesionState.MEASURED, ""):
            self.add_error("diameters_mm", f"“{LesionState(state).label}” and a diameter exclude each other.")
        if state and kind and state not in STATES[LesionKind(kind)]:
            of_kind = LesionKind(kind).label.lower()
            self.add_error("state", f"“{LesionState(state).label}” does not fit a {of_kind} lesion.")
        if self.complete and not state:
            self.add_error("state", "What was found is needed: a diameter, gone, or not assessed.")


class TimeOfDayField(forms.CharField):
    """A time of day as people write it: 8:30, 0830, 8h30."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # The limit of the column is that of HH:MM: what is typed may be longer.
        return {}

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        try:
            return read_time(typed) if typed else ""
        except UnreadableValue as refusal:
            raise ValidationError(str(refusal)) from None


READ_BY: dict[type[models.Field], type[forms.Field]] = {
    models.DecimalField: NumberField,
    models.IntegerField: WholeNumberField,
    models.DateField: TypedDayField,
    PartialDateField: TypedPartialDayField,
    ClockTimeField: TimeOfDayField,
    ResultField: TypedResultField,
}


def _widgets(model: type[models.Model]) -> dict[str, forms.Widget]:
    """Choices of a few words are radio buttons, so that one key answers them; every date is typed the same way."""
    found: dict[str, forms.Widget] = {}
    for field, item in items_of(model):
        if item.computed:
            found[field.name] = forms.HiddenInput()
        elif isinstance(field, models.DateField | PartialDateField):
            found[field.name] = DayInput()
        elif isinstance(field, ClockTimeField):
            found[field.name] = forms.TextInput(attrs={"placeholder": "HH:MM", "autocomplete": "off"})
        elif isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) >= LONG_TEXT:
            found[field.name] = forms.Textarea(attrs={"rows": 3})
        elif field.choices and len(field.choices) <= FEW_CHOICES:
            found[field.name] = forms.RadioSelect(choices=field.choices)
    return found


def _build(
    model: type[models.Model],
    extra: tuple[str, ...] = (),
    few_as_radio: bool = True,
    form: type[ItemForm] = ItemForm,
) -> type[ItemForm]:
    names = [field.name for field, _ in items_of(model)]
    widgets = _widgets(model)
    if not few_as_radio:
        widgets = {name: widget for name, widget in widgets.items() if not isinstance(widget, forms.RadioSelect)}
    classes = {
        name: READ_BY[type(model._meta.get_field(name))]
        for name in names
        if type(model._meta.get_field(name)) in READ_BY
    }
    built = forms.modelform_factory(model, form=form, fields=[*names, *extra], widgets=widgets, field_classes=classes)
    for name, field in built.base_fields.items():
        if name in built.declared_fields:
            continue
        column = model._meta.get_field(name)
        say_limits(field, getattr(column, "item", Item(cdash="")), column.validators)
        if isinstance(field.widget, forms.RadioSelect):
            field.choices = [choice for choice in field.choices if choice[0] != ""]  # type: ignore[attr-defined]
    return shared(built)


shared(LesionForm)


_record_forms: dict[str, type[ItemForm]] = {}
_row_sets: dict[str, Any] = {}


def record_form(form_type: FormType) -> type[ItemForm]:
    """The form class of a case form's record, built once."""
    if form_type.code not in _record_forms:
        base = EventForm if form_type.record is AdverseEvent else ItemForm
        with_reasons = type("RecordForm", (base,), dict(absence_fields(form_type.record)))
        _record_forms[form_type.code] = _build(form_type.record, form=with_reasons)
    return _record_forms[form_type.code]


def row_set(form_type: FormType) -> Any:
    """The formset class of a case form's rows, built once; its prefix is `rows`."""
    if form_type.code not in _row_sets:
        row, rows = _row_form(form_type)
        _row_sets[form_type.code] = forms.formset_factory(
            row, formset=rows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
        )
    return _row_sets[form_type.code]


def _row_form(form_type: FormType) -> tuple[type[ItemForm], type[RowSet]]:
    if form_type.rows is LesionResult:
        return LesionForm, LesionSet
    assert form_type.rows is not None
    form, rows = RowForm, RowSet
    if form_type.has_results:
        # Here and not above: a result's form is an item form itself.
        from assessments.laboratory_forms import ResultForm, ResultSet

        form, rows = ResultForm, ResultSet
    return _build(form_type.rows, extra=("struck_out",), few_as_radio=False, form=form), rows
