"""The filter of the trail: one form for its page, its file and the reviews of it."""

from datetime import tzinfo
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst

from accounts.access import Access
from accounts.filters import CodeField
from accounts.roles import Permission, Role
from assessments.catalogue import CATALOGUE, form_choices
from assessments.items import items_of
from assessments.models import CaseForm
from audit.kinds import kind_choices
from audit.reading import NO_COLUMN, NO_USER, acted, ever_held
from audit.wording import table_choices
from cohorts.forms import ANY, SiteChoice, sites_for
from cohorts.models import Subject
from cohorts.reading import NO_SUBJECT, is_subject
from components.days import TypedMomentField, in_order
from components.filtering import wanted_of
from components.numbers import TypedWholeNumberField
from values.numbers import read_key

CHANNELS = [*ANY, ("screen", "Screen"), ("api", "API"), ("import", "Import"), ("system", "System")]
ACTIONS = [*ANY, ("insert", "Created"), ("update", "Changed"), ("delete", "Deleted")]
# How the trail is shown; with the log of access beside it for those who may read all of both.
VIEWS = [("", "Timeline"), ("table", "Table"), ("both", "With the log of access")]
# What belongs to nobody's site.
NOT_OF_SITES = {"people", "protocol", "checks"}


class TrailFilter(forms.Form):
    who = CodeField(label="Who", required=False, known=acted, what=NO_USER)
    role = forms.ChoiceField(required=False, choices=ANY + [(role.value, role.label.capitalize()) for role in Role])
    site = SiteChoice(required=False, empty_label="Any")
    subject = CodeField(required=False, known=is_subject, what=NO_SUBJECT)
    form_type = forms.ChoiceField(label="Form", required=False, choices=lambda: [*ANY, *form_choices()])
    item = CodeField(required=False, widget=forms.Select, known=ever_held, what=NO_COLUMN)
    kind = forms.ChoiceField(label="Kind of event", required=False)
    table = forms.ChoiceField(label="Kind of record", required=False)
    action = forms.ChoiceField(label="Kind of change", required=False, choices=ACTIONS)
    channel = forms.ChoiceField(label="By", required=False, choices=CHANNELS)
    since = TypedMomentField(label="From", required=False)
    until = TypedMomentField(label="To", required=False, ends=True)
    form = TypedWholeNumberField(required=False, widget=forms.HiddenInput)
    before = TypedWholeNumberField(required=False, widget=forms.HiddenInput)
    before_access = TypedWholeNumberField(required=False, widget=forms.HiddenInput)
    view = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=VIEWS)

    def __init__(self, data: Any, access: Access, *, zone: tzinfo | None = None) -> None:
        """Times are read by the clocks of the page, or by `zone`."""
        super().__init__(data)
        self.access = access
        fields: dict[str, Any] = self.fields
        fields["since"].zone = fields["until"].zone = zone
        if data is not None and data.get("form"):
            # A page of one form asks for whatever it shows as an item, and knows which form it is about.
            fields["item"].known = bool
        fields["site"].queryset = sites_for(access, Permission.VIEW_TRAIL)
        # Who sees sites alone, sees no changes of what belongs to none.
        of_sites = access.site_ids(Permission.VIEW_TRAIL) is not None
        fields["table"].choices = ANY + table_choices(of_sites=of_sites)
        fields["kind"].choices = ANY + [
            (code, label) for code, label in kind_choices() if not (of_sites and code in NOT_OF_SITES)
        ]
        fields["item"].widget.choices = self._items()

    def _items(self) -> list[tuple[str, Any]]:
        """The items of the form that was chosen; those of all forms would be a list that nobody reads."""
        given = self.data or self.initial
        chosen = given.get("item", "")
        form_type = CATALOGUE.get(given.get("form_type", "") or _code_of(given.get("form", "")))
        if form_type is None:
            return [("", "Any (choose a form first)"), *([(chosen, chosen)] if chosen else [])]
        models = [model for model in (form_type.record, form_type.rows) if model is not None]
        items = {field.name: capfirst(str(field.verbose_name)) for model in models for field, _ in items_of(model)}
        return [*ANY, *items.items(), *([(chosen, chosen)] if chosen and chosen not in items else [])]

    def clean_form(self) -> int | None:
        key: int | None = self.cleaned_data["form"]
        forms_of = self.access.limit(CaseForm.every.all(), Permission.VIEW_RECORD_TRAIL, site="subject__site_id")
        if key is not None and not forms_of.filter(pk=key).exists():
            raise forms.ValidationError(f"No form at your sites has the number {key}.")
        return key

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        in_order(self, values)
        return values

    @property
    def wanted(self) -> dict[str, Any]:
        """The filter as audit.reading understands it: a subject by its key. Raises UnreadableFilter."""
        filters = dict(wanted_of(self, self.data if isinstance(self.data, QueryDict) else None))
        if filters["subject"]:
            named = Subject.objects.filter(label__iexact=filters["subject"].strip())
            filters["subject_id"] = named.values_list("pk", flat=True).get()
        if filters["form"]:
            # One form is opened by its key, and says itself of what kind it is.
            filters["form_type"] = ""
        return filters


def _code_of(key: str) -> str:
    """The code of one form, by its key as an address has it."""
    if read_key(key) is None:
        return ""
    return CaseForm.every.filter(pk=key).values_list("code", flat=True).first() or ""
