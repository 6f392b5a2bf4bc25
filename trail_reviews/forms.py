"""What is typed on the pages of reviews of the trail."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms

from accounts.access import Access, access_for
from accounts.models import Site, User
from accounts.roles import ROLES, Permission
from accounts.signing import SignatureForm
from components.days import TypedDayField
from components.numbers import TypedWholeNumberField
from review.trail.forms import TrailFilter
from values.times import shown_moment

REVIEWING = [role.value for role, properties in ROLES.items() if Permission.REVIEW_TRAIL in properties.permissions]
# How the page of the trail goes on, which is no part of what a review looks at.
NO_FILTER = ("before", "before_access", "view")


class ReviewFilter(forms.Form):
    state = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), ("planned", "Planned"), ("overdue", "Overdue"), ("signed", "Signed off")],
    )


class Reviewer(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(User.objects.none(), **options)

    def label_from_instance(self, user: Any) -> str:
        return f"{user.printed_name} ({user.username})"


class PlanForm(TrailFilter):
    """A review: its name, who does it until when, and the filter of the trail that it looks through."""

    use_required_attribute = False
    title = forms.CharField(label="Scope and reason", max_length=200)
    reviewer = Reviewer()
    due_on = TypedDayField(label="Due on")
    field_order = ("title", "reviewer", "due_on")

    def __init__(self, data: Any, access: Access, initial: Any = None) -> None:
        super().__init__(data, access)
        self.initial = initial or {}
        fields: dict[str, Any] = self.fields
        for name in NO_FILTER:
            del fields[name]
        fields["item"].widget.choices = self._items()
        fields["reviewer"].queryset = User.objects.filter(
            is_active=True, memberships__role__in=REVIEWING, memberships__ended_at=None
        ).distinct()
        sites = access.site_ids(Permission.REVIEW_TRAIL)
        if sites is not None:
            fields["site"].required, fields["site"].empty_label = True, None
            fields["site"].queryset = Site.objects.filter(pk__in=sites).order_by("code")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        reviewer, site = values.get("reviewer"), values.get("site")
        if reviewer is not None and "site" not in self.errors and not _may_review(reviewer, site):
            where = f"site {site.code}" if site else "all sites"
            self.add_error("reviewer", f"{reviewer.printed_name} may not review the trail of {where}.")
        return values

    @property
    def address(self) -> str:
        """The filter as the query of the trail's address."""
        names = set(TrailFilter.base_fields) - set(NO_FILTER)
        given = {name: self.cleaned_data.get(name) for name in TrailFilter.base_fields if name in names}
        return urlencode({name: _written(value) for name, value in given.items() if value not in (None, "")})


def _written(value: Any) -> Any:
    """As the filter reads it again, whichever clocks its reader lives by: moments as UTC, to the second."""
    if isinstance(value, datetime):
        return shown_moment(value, seconds=True)
    return getattr(value, "pk", value)


def _may_review(user: User, site: Site | None) -> bool:
    access = access_for(user)
    if site is None:
        return access.site_ids(Permission.REVIEW_TRAIL) is None
    return access.can(Permission.REVIEW_TRAIL, site.pk)


class FindingForm(forms.Form):
    use_required_attribute = False
    event = TypedWholeNumberField(widget=forms.HiddenInput)
    text = forms.CharField(label="Finding", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class AskForm(forms.Form):
    use_required_attribute = False
    item = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    text = forms.CharField(label="Query text", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class SignOffForm(SignatureForm):
    """The conclusion and, under it, the signature of the reviewer."""

    seen_to = TypedWholeNumberField(min_value=0, widget=forms.HiddenInput)
    conclusion = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    field_order = ("seen_to", "conclusion", "username", "password")
