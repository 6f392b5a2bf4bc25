"""What is typed on the pages of amendments."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Site
from accounts.signing import SignatureForm
from cohorts.forms import SiteChoice
from cohorts.models import Approval, GoesOver, ProtocolVersion
from components.days import TypedDayField

MOST_BYTES = 1_000_000


class ProposeForm(forms.Form):
    """The file of the new version, and how subjects go over to it."""

    use_required_attribute = False
    file = forms.FileField(label="Protocol file", help_text="The whole file of the new version, as TOML.")
    goes_over = forms.ChoiceField(
        label="Ongoing subjects transition", choices=GoesOver.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label="Reason for the amendment", max_length=400)

    def clean_file(self) -> bytes:
        sent: UploadedFile = self.cleaned_data["file"]
        if (sent.size or 0) > MOST_BYTES:
            raise forms.ValidationError("A protocol file has at most 1,000,000 bytes.")
        return sent.read()


class DryRunForm(forms.Form):
    """From when the dry run takes the amendment to be active, where no site has approved it yet; whose subjects are
    listed."""

    active_from = TypedDayField(label="Active from", required=False)
    site = SiteChoice(empty_label="All sites", required=False, to_field_name="code")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = Site.objects.order_by("code")


class SignAmendmentForm(SignatureForm):
    """Why it takes force now and, under it, the signature."""

    reason = forms.CharField(label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("reason", "username", "password")


class AmendmentApprovalForm(forms.Form):
    """The approval of one more site."""

    use_required_attribute = False
    site = SiteChoice(empty_label=None)
    approved_on = TypedDayField(label="Approved by the ethics committee on")
    active_from = TypedDayField(label="Active at the site from")

    def __init__(self, data: Any, version: ProtocolVersion) -> None:
        super().__init__(data)
        approved = Approval.objects.filter(version=version).values("site")
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = Site.objects.exclude(pk__in=approved).order_by("code")
