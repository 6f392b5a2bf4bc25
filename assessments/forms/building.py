"""The Django forms by which both pages and API check what was entered, built from the items of each case form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from assessments.catalogue import FormType
from assessments.entering.absences import absence_fields
from assessments.forms.items import EventForm, ItemForm, RowForm
from assessments.forms.lesion_set import LesionSet
from assessments.forms.lesions import LesionForm
from assessments.forms.result_field import TypedResultField
from assessments.forms.results import ResultForm, ResultSet
from assessments.forms.sharing import RowSet, shared
from assessments.forms.wording import say_limits
from assessments.items import ClockTimeField, Item, PartialDateField, ResultField, by_version, items_of
from assessments.models import AdverseEvent, LesionResult
from components.days import DayInput, TypedDayField, TypedPartialDayField
from components.numbers import NumberField, TypedWholeNumberField
from values import UnreadableValue
from values.times import read_time

FEW_CHOICES = 6
MOST_ROWS = 200
# Characters from which on a text is typed into a box of several lines.
LONG_TEXT = 300


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
    models.IntegerField: TypedWholeNumberField,
    models.DateField: TypedDayField,
    PartialDateField: TypedPartialDayField,
    ClockTimeField: TimeOfDayField,
    ResultField: TypedResultField,
}


def _widgets(model: type[models.Model]) -> dict[str, forms.Widget]:
    """Choices of a few words are radio buttons, so that one key answers them; every date is typed the same way."""
    widgets: dict[str, forms.Widget] = {}
    for field, item in items_of(model):
        if item.computed:
            widgets[field.name] = forms.HiddenInput()
        elif isinstance(field, models.DateField | PartialDateField):
            widgets[field.name] = DayInput()
        elif isinstance(field, ClockTimeField):
            widgets[field.name] = forms.TextInput(attrs={"placeholder": "HH:MM", "autocomplete": "off"})
        elif isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) >= LONG_TEXT:
            widgets[field.name] = forms.Textarea(attrs={"rows": 3})
        elif field.choices and len(field.choices) <= FEW_CHOICES:
            widgets[field.name] = forms.RadioSelect(choices=field.choices)
    return widgets


def _build(
    model: type[models.Model],
    extra: tuple[str, ...] = (),
    few_as_radio: bool = True,
    form: type[ItemForm] = ItemForm,
) -> type[ItemForm]:
    columns = {field.name: field for field, _ in items_of(model)}
    names = list(columns)
    widgets = _widgets(model)
    if not few_as_radio:
        widgets = {name: widget for name, widget in widgets.items() if not isinstance(widget, forms.RadioSelect)}
    classes = {name: READ_BY[type(column)] for name, column in columns.items() if type(column) in READ_BY}
    built = forms.modelform_factory(
        model,
        form=form,
        fields=[*names, *extra],
        widgets=widgets,
        field_classes=classes,
        # In the words of the protocol file, where it has its own for a column.
        formfield_callback=lambda column, **options: columns.get(column.name, column).formfield(**options),
    )
    built.base_fields = {name: built.base_fields[name] for name in _in_order(built, names)}
    for name, field in built.base_fields.items():
        if name in built.declared_fields:
            continue
        column = columns.get(name) or model._meta.get_field(name)
        say_limits(field, getattr(column, "item", Item(cdash="")), column.validators)
        if isinstance(field.widget, forms.RadioSelect):
            field.choices = [choice for choice in field.choices if choice[0] != ""]  # type: ignore[attr-defined]
    return shared(built)


def _in_order(built: type[ItemForm], names: list[str]) -> list[str]:
    """The fields as the file has its items, which may be another order than that of the columns."""
    return [*(name for name in built.base_fields if name not in names), *names]


def record_form(form_type: FormType) -> type[ItemForm]:
    """The form class of a case form's record, built once for each version of the protocol."""

    def made() -> type[ItemForm]:
        base = EventForm if form_type.record is AdverseEvent else ItemForm
        with_reasons = type("RecordForm", (base,), dict(absence_fields(form_type.record)))
        return _build(form_type.record, form=with_reasons)

    form: type[ItemForm] = by_version(f"record form {form_type.code}", made)
    return form


def row_set(form_type: FormType) -> Any:
    """The formset class of a case form's rows, built once for each version of the protocol; its prefix is `rows`."""

    def made() -> Any:
        row, rows = _row_form(form_type)
        return forms.formset_factory(row, formset=rows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)

    return by_version(f"row set {form_type.code}", made)


def _row_form(form_type: FormType) -> tuple[type[ItemForm], type[RowSet]]:
    if form_type.rows is LesionResult:
        return LesionForm, LesionSet
    assert form_type.rows is not None
    form, rows = RowForm, RowSet
    if form_type.has_results:
        form, rows = ResultForm, ResultSet
    return _build(form_type.rows, extra=("struck_out",), few_as_radio=False, form=form), rows
