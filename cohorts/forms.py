"""What is typed on the pages of subjects and cohorts; the services hold the rules."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.access import Access
from accounts.models import Site
from accounts.roles import Permission
from cohorts.models import SubjectStatus
from components.days import TypedDayField, today
from protocol import current

ANY = [("", "Any")]


class DayField(TypedDayField):
    """A day in the past or today."""

    def __init__(self, **options: Any) -> None:
        super().__init__(initial=today, **options)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > today():
            raise forms.ValidationError("This date is in the future.")
        return day


class SiteChoice(forms.ModelChoiceField):
    """One of the sites at which the user holds a right."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Site.objects.none(), **options)


def sites_for(access: Access, permission: Permission) -> QuerySet[Site]:
    return access.limit(Site.objects.order_by("code"), permission, site="pk")


class SubjectFilter(forms.Form):
    q = forms.CharField(label="Subject", required=False)
    site = SiteChoice(required=False, empty_label="Any")
    cohort = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False, choices=ANY + SubjectStatus.choices)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SUBJECTS)
        fields["cohort"].choices = ANY + [(cohort.code, cohort.label) for cohort in current().cohorts]


class SubjectForm(forms.Form):
    use_required_attribute = False
    site = SiteChoice(empty_label=None)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.ENTER_DATA).filter(is_active=True)


class EnrolmentApprovalForm(forms.Form):
    use_required_attribute = False
    on = DayField(label="Enrolled on")


class DayForm(forms.Form):
    use_required_attribute = False
    on = DayField(label="Date")


class VisitForm(forms.Form):
    """A visit that the schedule does not foresee."""

    use_required_attribute = False
    on = DayField(label="Date of the visit")
    label = forms.CharField(label="What for", max_length=80, required=False, help_text="Unscheduled visit, if empty.")
