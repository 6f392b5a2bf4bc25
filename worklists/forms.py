"""The filter of the worklists."""

from typing import Any

from django import forms

from accounts.access import Access
from accounts.roles import Permission
from cohorts.forms import SiteChoice, sites_for
from worklists.reading import LISTED


class WorkFilter(forms.Form):
    """Which list, of which site and subject."""

    q = forms.CharField(label="Subject", required=False)
    site = SiteChoice(required=False, empty_label="Any")
    list = forms.ChoiceField(required=False, choices=LISTED, widget=forms.HiddenInput)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.VIEW_SUBJECTS)
