"""Pages of locks."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.urls import reverse

from accounts.access import SignedInRequest
from accounts.forms import ReasonForm
from accounts.roles import Permission
from cohorts.asking import ask, posted
from cohorts.views import require_get_or_post
from review.queries.pages import case_form_at, words_of_form
from review.services import lock_form, unlock_form


@require_get_or_post
def form_lock(request: SignedInRequest, pk: int) -> HttpResponse:
    why = "Nobody changes it from then on, by any channel, until it is unlocked."
    return _turn(request, pk, lock_form, "Lock", "Locked.", why)


@require_get_or_post
def form_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, unlock_form, "Unlock", "Unlocked.", "It can be changed again, each change with a reason.")


def _turn(
    request: SignedInRequest, pk: int, service: Callable[..., None], verb: str, said: str, why: str
) -> HttpResponse:
    case_form = case_form_at(request, pk, Permission.LOCK)
    by = request.access.actor(case_form.subject.site_id, permission=Permission.LOCK)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(service, case_form=case_form, by=by),
        title=f"{verb} this form?",
        button=verb,
        back=reverse("form", args=[pk]),
        said=said,
        subject=case_form.subject,
        why=f"{words_of_form(case_form)} {why}",
    )
