"""What is typed on the pages of people and sites; the services hold the rules."""

from django import forms

from accounts.models import Membership, Site, User
from accounts.roles import ROLES, Role


class ReasonForm(forms.Form):
    """For what ends or brings back a right: the trail says why."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        help_texts = {"username": "Small letters, digits and . _ @ + - only. For good: it is never changed or re-used."}


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Membership
        fields = ("role", "site")
        help_texts = {
            "site": "For "
            + ", ".join(role.label for role in Role if not ROLES[role].all_sites)
            + "; the other roles hold at all sites, so leave it empty.",
        }


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Site
        fields = ("code", "name", "country")


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name", required=False)
    role = forms.ChoiceField(required=False, choices=[("", "Any")] + [(role.value, role.label) for role in Role])
    status = forms.ChoiceField(required=False, choices=[("", "Any"), ("active", "Active"), ("suspended", "Suspended")])
