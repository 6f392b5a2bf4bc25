"""How the items of a form stand on its page: sections, units, conditions, and the markers of review."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django.db.models import F, Q
from django.forms import CheckboxInput, HiddenInput, RadioSelect
from django.urls import NoReverseMatch, reverse

from assessments.entering.absences import PREFIX, without_reasons
from assessments.forms.items import ItemForm
from assessments.items import PartialDateField
from assessments.models import CaseForm
from assessments.pages.of_forms import headings
from values.dates import shown_date

PARTIAL_DATE_HELP = "Day not known: Mar 2026. Month not known: 2026."


def helper_of(code: str, form: ItemForm) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    names = list(without_reasons(form.fields))
    helper.layout = Layout(*_sections(headings(code, names), names, form))
    return helper


def _sections(legends: Mapping[str, str], names: Iterable[str], form: ItemForm) -> list[Any]:
    """What the protocol does not ask for on the day is folded up, under the sentence that says so."""
    sections: list[Any] = []
    for name in names:
        if name in legends and name in form.not_asked:
            filled = "open" if form[name].value() or form[name].errors else ""
            template = "assessments/folded_section.html"
            sections.append(Fieldset(form.not_asked[name], css_class=filled, template=template))
        elif name in legends:
            sections.append(Fieldset(legends[name], css_class="form-section"))
        sections[-1].fields.append(name) if sections and isinstance(sections[-1], Fieldset) else sections.append(name)
    return sections


def dress(form: ItemForm) -> None:
    """Tell the page what each item asks: unit, usual range, whether *complete* needs it, when it applies."""
    form.own_fields()
    for name, item in form.item_of.items():
        field = form.fields.get(name)
        if field is None:
            continue
        if field.widget.attrs.get("data-date") and isinstance(form._meta.model._meta.get_field(name), PartialDateField):
            field.help_text = field.help_text or PARTIAL_DATE_HELP
        field.unit, field.required_to_complete = item.unit, item.required and name not in form.not_asked  # type: ignore[attr-defined]
        if item.expected:
            field.expected = f"{item.expected[0]} to {item.expected[1]}"  # type: ignore[attr-defined]
        reason = form.fields.get(f"{PREFIX}{name}")
        for shown_field in filter(None, (field, reason) if item.only_if else ()):
            shown_field.widget.attrs |= {
                "data-only-if": form.add_prefix(item.only_if[0]),
                "data-only-values": "|".join(item.only_if[1]),
            }


def dress_row(row: ItemForm) -> None:
    """As `dress`; in a table no label stands beside an item, so that it says its name itself."""
    dress(row)
    number = row.initial.get("row")
    for field in row.fields.values():
        if field.help_text == PARTIAL_DATE_HELP:
            field.help_text, field.widget.attrs["title"] = "", PARTIAL_DATE_HELP
        if not isinstance(field.widget, HiddenInput | CheckboxInput | RadioSelect):
            field.widget.attrs["aria-label"] = f"Row {number}: {field.label}" if number else str(field.label)


def blank_row(rows: Any) -> Any:
    """The form that a new row is made from."""
    blank = rows.empty_form
    dress_row(blank)
    return blank


def live_queries(case_form: CaseForm | None) -> list[Any]:
    """The form's open and answered queries, in the order in which they were asked."""
    return list(case_form.queries.filter(state__in=("open", "answered")).order_by("pk")) if case_form else []


def markers(
    case_form: CaseForm | None, names: Iterable[str], queries: Iterable[Any], *, may_see_trail: bool
) -> dict[str, Any]:
    """By item: its open or answered `queries`, its verification against the source, and its history."""
    if case_form is None:
        return {}
    by_item: dict[str, list[Any]] = {}
    for query in queries:
        by_item.setdefault(query.item, []).append(query)
    verified = _verified(case_form)
    marked = {name: _marker(case_form, name, by_item.get(name, []), may_see_trail) for name in names}
    for name in marked.keys() & verified.keys():
        marked[name]["sdv"] = verified[name]
    return {name: marker for name, marker in marked.items() if marker}


def _verified(case_form: CaseForm) -> dict[str, dict[str, str]]:
    """Of each item that was verified once: still so, or changed since. What was taken back shows nothing."""
    verifications = case_form.verifications.filter(Q(ended_at=None) | Q(lapsed=True)).order_by("pk")
    verified, url = {}, address("sdv_form", case_form.pk)
    fresh = F("case_form__verification__version") - F("case_form__version")
    for item, ended, by, at, behind in verifications.values_list(
        "item", "ended_at", "verified_by", "verified_at", fresh
    ):
        holds = ended is None and behind == 0
        sentence = f"Verified against the source by {by} on {shown_date(at)}" + ("" if holds else "; changed since")
        verified[item] = {"url": url, "label": sentence, "state": "verified" if holds else "lapsed"}
    return verified


def _marker(case_form: CaseForm, name: str, queries: list[Any], may_see_trail: bool) -> dict[str, Any]:
    marker: dict[str, Any] = {}
    if queries:
        state = "open" if any(query.state == "open" for query in queries) else "answered"
        marker["query"] = {
            "url": address("query", queries[0].pk)
            if len(queries) == 1
            else address("query_list", case_form=case_form.pk, item=name),
            "label": " ".join(query.text for query in queries),
            "state": state,
            "count": len(queries),
        }
    url = address("trail", form=case_form.pk, item=name) if may_see_trail else ""
    if url:
        marker["history"] = {"url": url, "label": "Who entered this, when and why it changed"}
    return marker


def address(name: str, *of: int, **parameters: Any) -> str:
    """The address of a page of a later app, "" where this installation has none."""
    try:
        return reverse(name, args=of) + (f"?{urlencode(parameters)}" if parameters else "")
    except NoReverseMatch:
        return ""
