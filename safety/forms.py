"""What is typed on the pages of safety."""

from typing import Any

from django import forms

from accounts.access import Access
from accounts.roles import Permission
from accounts.signing import SignatureForm
from cohorts.forms import ANY, DayField, SiteChoice, sites_for
from safety.models import LevelDecision


class SeriousFilter(forms.Form):
    site = SiteChoice(required=False, empty_label="Any")
    state = forms.ChoiceField(
        label="Confirmation", required=False, choices=[*ANY, ("waiting", "Waiting"), ("confirmed", "Confirmed")]
    )

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SUBJECTS)


class DecisionForm(SignatureForm):
    """The committee's decision and, under it, the signature of whoever records it."""

    decision = forms.ChoiceField(choices=LevelDecision.choices, widget=forms.RadioSelect)
    decided_on = DayField(label="Decided on")
    participants = forms.CharField(
        label="Participants", max_length=500, help_text="Names and functions of the committee's members."
    )
    rationale = forms.CharField(label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    field_order = ("decision", "decided_on", "participants", "rationale", "username", "password")

    def clean_decision(self) -> LevelDecision:
        return LevelDecision(self.cleaned_data["decision"])
