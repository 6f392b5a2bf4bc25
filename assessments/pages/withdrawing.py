"""The pages on which a form is withdrawn as entered in error, and restored."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from assessments.models.case_form import LONGEST_REASON
from assessments.place import Stale
from assessments.withdrawing import restore, withdraw
from cohorts.asking import ask
from cohorts.services import Refused
from components.numbers import TypedWholeNumberField
from components.pages import posted, require_get_or_post

HEADERS = CaseForm.every.select_related("subject__site", "visit")


class WithdrawalForm(forms.Form):
    """Why, and which version of the form was looked at."""

    use_required_attribute = False
    why = forms.CharField(label="Reason", max_length=LONGEST_REASON)
    version = TypedWholeNumberField(widget=forms.HiddenInput)


@require_get_or_post
def form_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turn(
        request,
        pk,
        withdraw,
        title="{} entered in error?",
        button="Withdraw as entered in error",
        why="It stays in the trail, struck through, and counts nowhere from now on: no check, list, figure or export. "
        "It can be restored.",
        message="withdrawn as entered in error.",
    )


@require_get_or_post
def form_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turn(
        request,
        pk,
        restore,
        title="Restore {}?",
        button="Restore",
        why="It was withdrawn as entered in error. Restored, it counts again as it stood then.",
        message="restored: it counts again.",
    )


def _turn(
    request: SignedInRequest, pk: int, turn: Callable[..., CaseForm], *, title: str, button: str, why: str, message: str
) -> HttpResponse:
    case_form = request.access.load(HEADERS, Permission.ENTER_DATA, site="subject.site_id", pk=pk)
    by = request.access.actor(case_form.subject.site_id, permission=Permission.ENTER_DATA)
    name = CATALOGUE[case_form.code].title
    form = WithdrawalForm(posted(request), initial={"version": case_form.version})
    return ask(
        request,
        form,
        partial(_as_seen, turn, case_form=case_form, by=by),
        title=title.format(name),
        button=button,
        back=reverse("form", args=[case_form.pk]),
        message=f"{name}: {message}",
        why=why,
        subject=case_form.subject,
    )


def _as_seen(turn: Callable[..., CaseForm], *, why: str, version: int, **of: object) -> CaseForm:
    try:
        return turn(why=why, seen_version=version, **of)
    except Stale as stale:
        raise Refused(f"{stale} Go back and look at it.") from None
