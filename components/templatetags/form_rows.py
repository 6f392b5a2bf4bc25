"""One row for one item of a form: label, input, unit, help, error and the markers of review."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

CHOICE_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
MARKER_ORDER = ("query", "sdv", "history")


class FieldProblem(NamedTuple):
    label: str
    target: str
    message: str


@register.inclusion_tag("components/field.html")
def field(field: BoundField) -> dict[str, Any]:
    """The row of one item. The form may give its fields `unit`, `expected` and `required_to_complete`, and itself

    `no_<name>`: a field beside an item, for why it has no value, and `markers`:
    {item name: {"query" | "sdv" | "history": {"url", "label", "state", "count"}}}.
    """
    item = field.field
    reason = f"no_{field.name}"
    markers = getattr(field.form, "markers", {}).get(field.name)
    return {
        "field": field,
        "kind": _kind(item.widget),
        "required": item.required or getattr(item, "required_to_complete", False),
        "unit": getattr(item, "unit", ""),
        "expected": getattr(item, "expected", ""),
        "numbered": _is_numbered(item),
        "described_by": _described_by(field),
        "markers": _in_order(markers) if markers else (),
        "reason": field.form[reason] if reason in field.form.fields else None,
    }


@register.simple_tag(takes_context=True)
def rows(context: Context, form: forms.BaseForm) -> SafeString:
    """Every row of a form inside the page's own form element, laid out by the form's crispy helper if it has one."""
    helper = copy(getattr(form, "helper", None)) or FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    shown: SafeString = render_crispy_form(form, helper, context.flatten())
    return shown


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The input alone, with the theme's class: for table cells, where a header is the label."""
    css = "form-control"
    if isinstance(field.field.widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(field.field.widget, forms.Select) and not isinstance(field.field.widget, CHOICE_WIDGETS):
        css = "form-select"
    classes = field.field.widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {"class": f"{classes} {css}{' is-invalid' if field.errors else ''}".strip()}
    if described_by := _described_by(field):
        attrs["aria-describedby"] = described_by
    return field.as_widget(attrs=attrs)


@register.simple_tag
def stored(field: BoundField) -> SafeString:
    """The attributes that let a table cell around `{% widget %}` take part in "old -> new"."""
    return format_html(
        'data-name="{}" data-label="{}" data-stored="{}" data-stored-text="{}"',
        field.html_name,
        field.label,
        _raw(field, field.initial),
        stored_text(field),
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_of_page: Any) -> dict[str, Any]:
    """Every problem of the forms and formsets of a page, each with a link to its field. A page that was only opened
    shows those of a save before: all else was saved."""
    shown_forms = [form for form in forms_of_page if form is not None]
    problems = [problem for form in shown_forms for problem in _problems(form)]
    return {"problems": problems, "was_saved": not any(form.is_bound for form in shown_forms)}


def stored_text(field: BoundField) -> str:
    """The stored value in the words of the screen, for "old -> new"."""
    raw = _raw(field, field.initial)
    if isinstance(field.field.widget, forms.CheckboxInput):
        return "yes" if raw else "no"
    labels = _labels(getattr(field.field, "choices", ()))
    return ", ".join(labels.get(value, value) for value in raw.split(",")) if labels and raw else raw


def _raw(field: BoundField, value: Any) -> str:
    """A value as the browser would send it; several are joined by commas."""
    value = field.field.widget.format_value(field.field.prepare_value(value))
    if isinstance(field.field.widget, forms.CheckboxInput):
        return "on" if field.initial else ""
    if isinstance(value, (list, tuple)):
        return ",".join(sorted(str(element) for element in value if element not in (None, "")))
    return "" if value is None else str(value)


def _labels(choices: Iterable[Any]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for value, label in choices:
        labels |= _labels(label) if isinstance(label, (list, tuple)) else {str(value): str(label)}
    return labels


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, CHOICE_WIDGETS):
        return "choices"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "input"


def _is_numbered(item: forms.Field) -> bool:
    # Where the answers are numbers themselves (a grade, a WHO status) the digit names the answer and needs no hint.
    values = [str(value) for value, _ in getattr(item, "choices", ())]
    return isinstance(item.widget, forms.RadioSelect) and not any(value.isdigit() for value in values)


def _described_by(field: BoundField) -> str:
    parts = {"error": field.errors, "helptext": field.help_text or getattr(field.field, "expected", "")}
    return " ".join(f"{field.auto_id}_{part}" for part, is_shown in parts.items() if is_shown)


@register.inclusion_tag("components/markers.html")
def read_markers(markers: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str) -> dict[str, Any]:
    """The markers of one item beside its value as it is read: only those that it has."""
    return {"markers": [marker for marker in _in_order(markers.get(name, {})) if "url" in marker]}


def _in_order(markers: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"kind": kind, **markers.get(kind, {})} for kind in MARKER_ORDER]


def _problems(form: Any) -> Iterable[FieldProblem]:
    if hasattr(form, "forms"):
        yield from (FieldProblem("", "", message) for message in form.non_form_errors())
        for inner in form.forms:
            yield from _problems(inner)
        return
    for message in form.non_field_errors():
        yield FieldProblem("", "", message)
    for bound in (form[name] for name in form.errors if name in form.fields):
        yield from (FieldProblem(bound.label, _focusable_id(bound), message) for message in bound.errors)


def _focusable_id(field: BoundField) -> str:
    return field.id_for_label or f"{field.auto_id}_0"
