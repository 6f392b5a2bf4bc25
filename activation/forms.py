"""What is typed on the pages of go-live."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.access import SignedInRequest
from accounts.signing import SignatureForm
from activation.acceptance import MOST_BYTES, AcceptanceRun, read_run
from cohorts.forms import DayField
from components.days import TypedDayField
from values.unreadable import UnreadableValue


class RunSignForm(SignatureForm):
    """The file of an acceptance run and, under it, what follows from it and the signature."""

    file = forms.FileField(label="File of the acceptance run", help_text="As `make acceptance` wrote it (.json).")
    conclusion = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("file", "conclusion", "username", "password")

    def __init__(self, data: object, files: object, request: SignedInRequest) -> None:
        super().__init__(data, request)
        self.files = files or {}  # type: ignore[assignment]

    def clean_file(self) -> tuple[AcceptanceRun, str]:
        sent: UploadedFile = self.cleaned_data["file"]
        try:
            return read_run(sent.read(MOST_BYTES + 1)), sent.name or ""
        except UnreadableValue as unreadable:
            raise forms.ValidationError(str(unreadable)) from None


class SiteSignForm(SignatureForm):
    """Who of the site knows the forms and, under it, the signature."""

    forms_seen_by = forms.CharField(
        label="Blank forms reviewed by", max_length=150, help_text="Name of the person at the site."
    )
    forms_seen_on = DayField(label="On")
    field_order = ("forms_seen_by", "forms_seen_on", "username", "password")


class SiteApprovalForm(forms.Form):
    """The approval of the version in force at a site."""

    use_required_attribute = False
    approved_on = DayField(label="Approved by the ethics committee on")
    active_from = TypedDayField(label="Active at the site from")
