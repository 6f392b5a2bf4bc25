"""What is typed on the pages of go-live."""

from django import forms

from accounts.signing import SignatureForm
from cohorts.forms import DayField
from trialsite.days import TypedDayField


class SiteSignForm(SignatureForm):
    """Who of the site knows the forms and, under it, the signature."""

    forms_seen_by = forms.CharField(
        label="Blank forms looked through by", max_length=150, help_text="Who of the site, by name."
    )
    forms_seen_on = DayField(label="On")
    field_order = ("forms_seen_by", "forms_seen_on", "username", "password")


class SiteApprovalForm(forms.Form):
    """The approval of the version in force at a site."""

    use_required_attribute = False
    approved_on = DayField(label="Approved by the ethics committee on")
    active_from = TypedDayField(label="Active at the site from")
