"""The page of the log of access, for administrator and auditor."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.access_log import Kind
from audit.reading import found_access

PAGE_SIZE = 100
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AccessFilter(forms.Form):
    who = forms.CharField(label="User name", required=False)
    kind = forms.ChoiceField(label="What", required=False, choices=[("", "Any"), *Kind.choices])
    since = forms.DateField(label="From (UTC)", required=False, widget=DAY)
    until = forms.DateField(label="To (UTC)", required=False, widget=DAY)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)


@require_safe
def access_log(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_ACCESS_LOG)
    form = AccessFilter(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {"kind": "none"}
    found = list(found_access(wanted)[: PAGE_SIZE + 1])
    labels = dict(Kind.choices)
    context = {
        "filter": form,
        "events": [(event, labels.get(event.kind, event.kind)) for event in found[:PAGE_SIZE]],
        "older": older_address(request, found),
        "is_first": not wanted.get("before"),
    }
    return render(request, "audit/access_log.html", context)


def older_address(request: SignedInRequest, found: list[Any], size: int = PAGE_SIZE) -> str:
    """The address of the page that goes on where this one ends; "" on the last."""
    if len(found) <= size:
        return ""
    parameters = request.GET.copy()
    parameters["before"] = str(found[size - 1].pk)
    return f"?{parameters.urlencode()}"
