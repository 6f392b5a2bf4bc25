"""What is typed on the pages of staff and of reviews of access."""

from typing import Any

from django import forms

from accounts.access import Access
from accounts.roles import Permission, Role
from accounts.signing import SignatureForm
from cohorts.forms import ANY, SiteChoice, sites_for
from components.days import TypedMomentField, in_order
from staff.models import AccessLine, Decision

STATES = [("now", "Now"), ("past", "Ended")]


class StaffFilter(forms.Form):
    site = SiteChoice(required=False, empty_label="Any")
    role = forms.ChoiceField(required=False, choices=ANY + [(role.value, role.label) for role in Role])
    state = forms.ChoiceField(label="Held", required=False, choices=ANY + STATES)
    since = TypedMomentField(label="Access from", required=False)
    until = TypedMomentField(label="Access to", required=False, ends=True)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_STAFF)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        in_order(self, values)
        return values


class LineFilter(forms.Form):
    decision = forms.ChoiceField(required=False, choices=[("", "Any"), ("none", "To decide"), *Decision.choices])
    q = forms.CharField(label="Name", required=False)


class EndForm(forms.Form):
    """The role of a line or the whole account, and why."""

    use_required_attribute = False
    decision = forms.ChoiceField(label="What ends", widget=forms.RadioSelect)
    reason = forms.CharField(max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any, line: AccessLine) -> None:
        role = [(Decision.ENDED.value, f"The role: {line.what}")] if line.membership_id else []
        super().__init__(data, initial={"decision": role[0][0] if role else Decision.SUSPENDED.value})
        account = (Decision.SUSPENDED.value, f"The account of {line.username}: no sign-in and no token")
        self.fields["decision"].choices = [*role, account]  # type: ignore[attr-defined]


class SignReviewForm(SignatureForm):
    """The conclusion and, under it, the signature."""

    conclusion = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    field_order = ("conclusion", "username", "password")
