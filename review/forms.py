"""What is typed on the pages of queries, locks and the trail."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from accounts.access import Access
from accounts.filters import CodeField
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE, form_choices
from assessments.items import items_of
from assessments.models import CaseForm, Lesion
from cohorts.forms import ANY, SiteChoice, sites_for
from components.numbers import TypedWholeNumberField
from review.models import Origin, QueryState
from review.queries.ageing import BUCKETS
from review.queries.assignees import Assignee, Assignees
from review.queries.known import is_check, is_item, is_visit
from review.queries.reading import ANY_ROW, LIVE, ME, NOBODY, REOPENED, item_label
from review.row_items import named, row_names
from values.unreadable import quoted


def form_choices_or_any() -> list[tuple[str, str]]:
    return [*ANY, *form_choices()]


QUIET = [(str(days), f"{days} days ago or more") for days in (3, 7, 14, 30)]


class QueryFilter(forms.Form):
    """The filter of the list. An age is whole days: "7" at least, "8-14" from and to."""

    q = forms.CharField(label="Subject or words", required=False)
    site = SiteChoice(required=False, empty_label="Any")
    visit = CodeField(
        known=is_visit,
        what="visit of a subject that you see",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "SCR, C1D8 …"}),
    )
    form = forms.ChoiceField(required=False, choices=form_choices_or_any)
    item = forms.ChoiceField(required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[(LIVE, "Open or answered"), (REOPENED, "Re-opened"), *QueryState.choices, ("any", "Any")],
        initial=LIVE,
    )
    origin = forms.ChoiceField(required=False, choices=ANY + Origin.choices)
    age = forms.ChoiceField(
        label="Open for",
        required=False,
        choices=ANY
        + [(str(days), f"{days} days or more") for days in (3, 7, 14, 30, 90)]
        + [(bucket.key, f"{bucket.words} days") for bucket in BUCKETS],
    )
    quiet = forms.ChoiceField(label="Last step", required=False, choices=ANY + QUIET)
    assignee = forms.ChoiceField(label="Assigned to", required=False)
    case_form = TypedWholeNumberField(required=False, widget=forms.HiddenInput)
    subject = TypedWholeNumberField(required=False, widget=forms.HiddenInput)
    check = CodeField(required=False, widget=forms.HiddenInput, known=is_check, what="check")

    def __init__(self, data: Any, access: Access) -> None:
        self.given = data
        given = data.dict()
        super().__init__({"state": LIVE} | given)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SUBJECTS)
        fields["item"].choices = ANY + item_choices(given.get("form", ""), given.get("item", ""))
        fields["case_form"].label, fields["subject"].label, fields["check"].label = "Key of a form", "Subject", "Check"
        people = Assignees(access.site_ids(Permission.VIEW_SUBJECTS)).choices
        fields["assignee"].choices = [*ANY, (ME, "Mine"), (NOBODY, "Unassigned"), *people]

    def clean_state(self) -> str:
        state: str = self.cleaned_data["state"]
        return "" if state == "any" else state or LIVE

    def clean_item(self) -> str:
        # A choice that is offered because it was asked for: whether any form has it is another question.
        item: str = self.cleaned_data["item"]
        if item and not is_item(item):
            raise forms.ValidationError(f"No form has an item {quoted(item)}.")
        return item

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, _, last = (cleaned.get("age") or "").partition("-")
        return cleaned | {"age": first, "age_to": int(last) if last else None}


def item_choices(code: str, chosen: str = "", *, rows: bool = True) -> list[tuple[str, str]]:
    """The items of a form and of its rows, any of them; what an address asks for beside them stays."""
    form_type = CATALOGUE.get(code)
    choices = []
    if form_type is not None:
        choices = [(name, label) for name, label in _labels(form_type.record)]
        if rows and form_type.rows is not None:
            choices += [(f"{ANY_ROW}{name}", f"Rows: {label}") for name, label in _labels(form_type.rows)]
    if chosen and chosen not in dict(choices):
        choices.append((chosen, item_label(code, chosen) if form_type else chosen))
    return choices


def _labels(model: Any) -> list[tuple[str, str]]:
    return [(field.name, capfirst(str(field.verbose_name))) for field, _ in items_of(model)]


class StepForm(forms.Form):
    """One step in a query's life."""

    use_required_attribute = False
    text = forms.CharField(label="Comment", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class AssigneeField(forms.ChoiceField):
    """Somebody with a part in the queries of one site, or of any of several; empty for nobody."""

    def offer(self, people: Assignees) -> None:
        self.people = people
        self.choices = [("", "Unassigned"), *people.choices]


class AssignForm(forms.Form):
    use_required_attribute = False
    to = AssigneeField(label="Assigned to", required=False)
    text = forms.CharField(label="Comment", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any, people: Assignees, *, to: str = "") -> None:
        super().__init__(data, initial={"to": to})
        fields: dict[str, Any] = self.fields
        fields["to"].offer(people)


class SubjectQueryForm(StepForm):
    """A question about a subject as a whole."""

    to = AssigneeField(label="Assigned to", required=False)

    def __init__(self, data: Any, site_id: int, **options: Any) -> None:
        super().__init__(data, **options)
        self.site_id = site_id
        fields: dict[str, Any] = self.fields
        fields["text"].label = "Query text"
        fields["to"].offer(Assignees([site_id]))

    def clean_to(self) -> Assignee:
        fields: dict[str, Any] = self.fields
        assignee: Assignee | None = fields["to"].people.named(self.cleaned_data["to"], self.site_id)
        assert assignee is not None, "the choices are those of the site"
        return assignee


class QueryForm(SubjectQueryForm):
    """A question about a form, one of its items, or an item of one of its rows as the form has them now."""

    field_order = ("item", "text", "to")
    item = forms.ChoiceField(label="About", required=False)

    def __init__(self, data: Any, case_form: CaseForm, item: str = "") -> None:
        given = data.get("item") if data is not None else item
        known = named(case_form, given) if isinstance(given, str) and given.startswith("rows") else given
        if data is not None and known:
            data = data.copy()
            data["item"] = known
        super().__init__(data, case_form.subject.site_id, initial={"item": known})
        fields: dict[str, Any] = self.fields
        fields["item"].choices = [
            ("", "The form as a whole"),
            *item_choices(case_form.code, rows=False),
            *row_choices(case_form),
        ]


def row_choices(case_form: CaseForm) -> list[tuple[str, list[tuple[str, str]]]]:
    """The items of each row, under the row's name."""
    form_type = CATALOGUE[case_form.code]
    if form_type.rows is None:
        return []
    # By their names: what both a lesion and its result have, such as the method, is one item of the row.
    labels = {
        item: label
        for model in filter(None, (form_type.has_lesions and Lesion, form_type.rows))
        for item, label in _labels(model)
    }
    return [
        (f"Row {name}", [(f"rows[{name}]-{item}", f"{label} ({name})") for item, label in labels.items()])
        for name in row_names(case_form)
    ]


class KeptFilterForm(forms.Form):
    """A filter of the list under a name of the user's own; what it holds is what the list understands."""

    use_required_attribute = False
    name = forms.CharField(label="Save this filter as", max_length=60)
    address = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def clean_address(self) -> str:
        return clean_address(self.cleaned_data["address"])


def not_understood(given: str | None) -> list[str]:
    """The names in an address that the list of queries knows nothing of."""
    return sorted({*QueryDict((given or "").lstrip("?"))} - {*QueryFilter.base_fields, "sort"})


def clean_address(given: str) -> str:
    """What the list of queries understands of an address."""
    address = QueryDict(given.lstrip("?"))
    return urlencode({name: address[name] for name in (*QueryFilter.base_fields, "sort") if address.get(name)})
