"""What is typed on the pages of source verification and of visits to a site."""

from typing import Any

from django import forms

from accounts.access import Access
from accounts.roles import Permission
from cohorts.forms import DayField, SiteChoice, sites_for
from review.forms import form_choices_or_any


class VerificationFilter(forms.Form):
    q = forms.CharField(label="Subject", required=False)
    site = SiteChoice(required=False, empty_label="Any")
    code = forms.ChoiceField(label="Form", required=False, choices=form_choices_or_any)
    scope = forms.ChoiceField(
        label="What", required=False, choices=[("", "Asked for by the plan"), ("all", "Everything not verified")]
    )

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VERIFY_SOURCE)


class TakeBackForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(label="Why", max_length=500)
    items = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)


class MonitoringVisitForm(forms.Form):
    use_required_attribute = False
    site = SiteChoice(empty_label=None)
    purpose = forms.CharField(max_length=200, initial="Routine monitoring visit")
    starts_on = DayField(label="First day")
    present = forms.CharField(label="Participants", max_length=500, help_text="Names and functions.")

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VERIFY_SOURCE).filter(is_active=True)


class ClosingForm(forms.Form):
    use_required_attribute = False
    ends_on = DayField(label="Last day")
    remarks = forms.CharField(label="Remarks for the report", required=False, max_length=4000, widget=forms.Textarea)
