"""What is typed on the pages of people and sites; the services hold the rules."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from accounts.keeping import SignIn
from accounts.models import Membership, Site, TokenScope, User
from accounts.roles import ROLES, Role
from components.days import TypedDayField
from components.numbers import TypedWholeNumberField
from values.times import zones


class ReasonForm(forms.Form):
    """For what ends or brings back a right: the trail says why."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        help_texts = {"username": "Small letters, digits and . _ @ + - only. For good: it is never changed or re-used."}


class CorrectionForm(ReasonForm, forms.ModelForm):  # type: ignore[type-arg,misc]
    """Name and address of whoever has an account, and why they are other."""

    field_order = ("first_name", "last_name", "email", "reason")

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email")


class FactorResetForm(ReasonForm):
    identity = forms.CharField(
        label="How you verified the requester's identity",
        max_length=300,
        help_text="For example: called back by the hospital's switchboard, asked for the day of training.",
    )
    field_order = ("identity", "reason")


class TrainingForm(forms.Form):
    course = forms.CharField(max_length=200, label="Training", help_text="Name of the training and the trainer.")
    held_on = TypedDayField(label="Held on")


class InvitationForm(PersonForm):
    """As a person is added: role, sites and training with it where they are known, and invited in one go."""

    role = forms.ChoiceField(required=False, choices=[("", "None yet")] + [(role.value, role.label) for role in Role])
    sites = forms.ModelMultipleChoiceField(
        Site.objects.order_by("code"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For a site role: each site where the person works.",
    )
    course = forms.CharField(
        max_length=200, required=False, label="Training", help_text="If it has already taken place."
    )
    held_on = TypedDayField(label="Held on", required=False)
    invite = forms.BooleanField(
        label="Invite now",
        required=False,
        help_text="By e-mail if an address is given and mail is configured; otherwise you see the link to hand over.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        role, sites = values.get("role"), values.get("sites")
        if sites and not role:
            self.add_error("role", "Choose the role that is held at these sites.")
        elif role and bool(sites) == ROLES[Role(role)].all_sites:
            at = "This role applies to all sites: choose none." if sites else "Choose the sites at which it is held."
            self.add_error("sites", at)
        if "held_on" not in self.errors and bool(values.get("course")) != bool(values.get("held_on")):
            self.add_error(
                "held_on" if values.get("course") else "course", "Enter both the name and the date of the training."
            )
        return values


class SessionForm(forms.Form):
    """One of a user's sessions, by its key in the list."""

    session = forms.ModelChoiceField(SignIn.objects.none())

    def __init__(self, data: Any, sessions: QuerySet[SignIn]) -> None:
        super().__init__(data)
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]


class SessionReasonForm(SessionForm, ReasonForm):
    """The same, ended by another than its user."""


class TokenForm(forms.Form):
    """What a token may do, of what its user may."""

    scope = forms.ChoiceField(label="May", choices=TokenScope.choices)
    role = forms.ChoiceField(label="In the role", required=False)
    site = forms.ModelChoiceField(Site.objects.none(), label="At the site", required=False, empty_label="all of mine")
    days = TypedWholeNumberField(label="For how many days", min_value=1)

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data, initial={"days": settings.API_TOKEN_DAYS})
        held = list(Membership.objects.filter(user=user, ended_at=None))
        roles = sorted({(membership.role, membership.get_role_display()) for membership in held})
        choice, sites, days = self.fields["role"], self.fields["site"], self.fields["days"]
        choice.choices = [("", "all of mine"), *roles]  # type: ignore[attr-defined]
        sites.queryset = Site.objects.filter(pk__in=[membership.site_id for membership in held])  # type: ignore[attr-defined]
        days.help_text = f"{settings.API_TOKEN_MOST_DAYS} at most."

    def error_sentences(self) -> list[str]:
        return [str(sentence) for errors in self.errors.values() for sentence in errors]


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Membership
        fields = ("role", "site")
        help_texts = {
            "site": "For "
            + ", ".join(role.label for role in Role if not ROLES[role].all_sites)
            + "; the other roles apply to all sites, so leave it empty.",
        }


class TimeZoneField(forms.ChoiceField):
    """Nobody is to overlook it: it has no answer until it is chosen."""

    def __init__(self, **options: Any) -> None:
        names = ((name, name.replace("_", " ")) for name in zones())
        help_text = "Times of day at this site's subjects are typed and shown by the clocks of this zone."
        super().__init__(choices=[("", ""), *names], **{"help_text": help_text} | options)


class TimeZoneForm(ReasonForm):
    time_zone = TimeZoneField()
    field_order = ("time_zone", "reason")


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = TimeZoneField()

    class Meta:
        model = Site
        fields = ("code", "name", "country", "time_zone")


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name", required=False)
    role = forms.ChoiceField(required=False, choices=[("", "Any")] + [(role.value, role.label) for role in Role])
    status = forms.ChoiceField(required=False, choices=[("", "Any"), ("active", "Active"), ("suspended", "Suspended")])
