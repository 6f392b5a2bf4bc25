"""What is typed on the pages of queries, locks and the trail."""

from typing import Any

from django import forms
from django.utils.text import capfirst

from accounts.access import Access
from accounts.roles import Permission, Role
from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from assessments.models import CaseForm
from audit.wording import table_choices
from cohorts.forms import ANY, SiteChoice, sites_for
from review.models import Origin, QueryState
from review.query_reading import LIVE, item_label
from review.row_items import ROW_ITEM, named

FORM_CHOICES = ANY + [(form.code, form.title) for form in CATALOGUE.values()]
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class QueryFilter(forms.Form):
    q = forms.CharField(label="Subject or words", required=False)
    site = SiteChoice(required=False, empty_label="Any")
    form = forms.ChoiceField(required=False, choices=FORM_CHOICES)
    state = forms.ChoiceField(
        required=False, choices=[(LIVE, "Open or answered"), *QueryState.choices, ("any", "Any")], initial=LIVE
    )
    origin = forms.ChoiceField(required=False, choices=ANY + Origin.choices)
    age = forms.ChoiceField(
        label="Open for",
        required=False,
        choices=ANY + [(str(days), f"{days} days or more") for days in (3, 7, 14, 30, 90)],
    )
    item = forms.CharField(required=False, widget=forms.HiddenInput)
    case_form = forms.IntegerField(required=False, widget=forms.HiddenInput)
    check = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__({"state": LIVE} | data.dict())
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SUBJECTS)

    def clean_state(self) -> str:
        state: str = self.cleaned_data["state"]
        return "" if state == "any" else state or LIVE


class StepForm(forms.Form):
    """One step in a query's life."""

    use_required_attribute = False
    text = forms.CharField(label="In words", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class QueryForm(StepForm):
    field_order = ("item", "text")
    item = forms.ChoiceField(label="About", required=False)

    def __init__(self, data: Any, case_form: CaseForm, item: str = "") -> None:
        super().__init__(data, initial={"item": item})
        items = items_of(CATALOGUE[case_form.code].record)
        choices = [(field.name, capfirst(str(field.verbose_name))) for field, _ in items]
        self.row_item = named(case_form, item) if item.startswith("rows") else ""
        row = [(item, item_label(case_form.code, self.row_item))] if ROW_ITEM.fullmatch(self.row_item) else []
        fields: dict[str, Any] = self.fields
        fields["item"].choices = [("", "The form as a whole"), *choices, *row]
        fields["text"].label = "Question to the site"

    def clean_item(self) -> str:
        item: str = self.cleaned_data["item"]
        return self.row_item if item.startswith("rows") else item


class TrailFilter(forms.Form):
    who = forms.CharField(label="Who", required=False)
    role = forms.ChoiceField(required=False, choices=ANY + [(role.value, role.label.capitalize()) for role in Role])
    site = SiteChoice(required=False, empty_label="Any")
    subject = forms.CharField(required=False)
    table = forms.ChoiceField(label="Kind of record", required=False)
    action = forms.ChoiceField(
        label="Kind of change",
        required=False,
        choices=[*ANY, ("insert", "Created"), ("update", "Changed"), ("delete", "Deleted")],
    )
    channel = forms.ChoiceField(
        label="By",
        required=False,
        choices=[*ANY, ("screen", "Screen"), ("api", "API"), ("import", "Import"), ("system", "System")],
    )
    since = forms.DateField(label="From (UTC)", required=False, widget=DAY)
    until = forms.DateField(label="To (UTC)", required=False, widget=DAY)
    form = forms.IntegerField(required=False, widget=forms.HiddenInput)
    item = forms.CharField(required=False, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_TRAIL)
        # Who sees sites alone, sees no changes of what belongs to none.
        of_sites = access.site_ids(Permission.VIEW_TRAIL) is not None
        fields["table"].choices = ANY + table_choices(of_sites=of_sites)
