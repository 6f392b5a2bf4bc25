"""Pages of who is in the trial at which dose: a new subject, the cohorts and their slots."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.forms import ReasonForm
from accounts.models import Site
from accounts.roles import Permission
from cohorts.asking import ask
from cohorts.forms import SubjectForm
from cohorts.go_live import why_not_live
from cohorts.models import Cohort, Subject
from cohorts.reading import cohort_states, waiting_to_be_randomised, why_nobody_is_taken
from cohorts.services import add_subject, close_cohort, open_by_hand
from components.pages import posted, require_get_or_post
from protocol import current


@require_get_or_post
def subject_add(request: SignedInRequest) -> HttpResponse:
    access = request.access
    access.require(Permission.ENTER_DATA)

    def add(site: Site) -> Subject:
        return add_subject(site=site, by=access.actor(site.pk, permission=Permission.ENTER_DATA))

    form = SubjectForm(posted(request), access)
    sites = form.fields["site"].queryset.select_related("go_live")  # type: ignore[attr-defined]
    return ask(
        request,
        form,
        add,
        title="Add a subject",
        button="Add the subject",
        back=reverse("subject_list"),
        message="Added. Informed consent comes first.",
        goes_to=lambda subject: reverse("subject", args=[subject.pk]),
        why="The number is assigned by the system: the next one of the site, never used before.",
        warning=" ".join(why for site in sites if (why := why_not_live(site))),
    )


@require_safe
def cohort_list(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_SUBJECTS)
    states = cohort_states(request.access)
    context = {
        "has_levels": current().has_levels,
        "states": states,
        "waiting": [
            *((enrolment, "") for enrolment in waiting_to_be_randomised(request.access)),
            *((enrolment, state.slots) for state in states for enrolment in state.requested),
        ],
        "may_manage": request.access.can(Permission.MANAGE_COHORTS),
        "may_approve": request.access.can(Permission.APPROVE_ENROLMENT),
    }
    return render(request, "cohorts/cohort_list.html", context)


@require_get_or_post
def cohort_open(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, "Open", open_by_hand)


@require_get_or_post
def cohort_close(request: SignedInRequest, pk: int) -> HttpResponse:
    return _turn(request, pk, "Close", close_cohort)


def _turn(request: SignedInRequest, pk: int, verb: str, service: Callable[..., None]) -> HttpResponse:
    request.access.require(Permission.MANAGE_COHORTS)
    cohort = get_object_or_404(Cohort, pk=pk)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(service, cohort=cohort, by=request.access.actor(permission=Permission.MANAGE_COHORTS)),
        title=f"{verb} {cohort} to enrolment?",
        button=verb,
        back=reverse("cohort_list"),
        message=f"{cohort}: {'open' if verb == 'Open' else 'closed'} to enrolment.",
        warning=why_nobody_is_taken(cohort) if verb == "Open" else "",
    )
