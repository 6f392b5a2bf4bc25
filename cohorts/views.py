"""Pages of who is in the trial at which dose: a new subject, the cohorts and their slots."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Actor, SignedInRequest
from accounts.forms import ReasonForm
from accounts.models import Site
from accounts.roles import Permission
from cohorts.asking import ask, posted
from cohorts.forms import SubjectForm
from cohorts.go_live import why_not_live
from cohorts.models import Cohort, Enrolment, Subject
from cohorts.reading import cohort_states, waiting_to_be_randomised, why_nobody_is_taken
from cohorts.services import add_subject, close_cohort, open_by_hand, refuse_enrolment
from protocol import current

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


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
        said="Added. Informed consent comes first.",
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


@require_get_or_post
def enrolment_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    enrolment, by = asked_for(request, pk)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(refuse_enrolment, enrolment=enrolment, by=by),
        title=f"Refuse the slot of {enrolment.subject}?",
        button="Refuse",
        back=reverse("cohort_list"),
        said=f"Refused; the slot of {enrolment.subject} is free again.",
        why=asked_by(enrolment),
        template="casebook/enrolment_decision.html",
        enrolment=enrolment,
    )


def asked_by(enrolment: Enrolment) -> str:
    """What was asked for, and by which site, in words."""
    code = f" ({enrolment.cohort.code})" if enrolment.cohort else ""
    place = enrolment.place
    return f"{place[:1].upper()}{place[1:]}{code}, requested by site {enrolment.subject.site}."


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
        said=f"{cohort}: {'open' if verb == 'Open' else 'closed'} to enrolment.",
        warning=why_nobody_is_taken(cohort) if verb == "Open" else "",
    )


def asked_for(request: SignedInRequest, pk: int) -> tuple[Enrolment, Actor]:
    """A slot that was asked for, and who decides on it."""
    enrolments = Enrolment.objects.select_related("subject__site", "cohort")
    enrolment = request.access.load(enrolments, Permission.APPROVE_ENROLMENT, site="subject.site_id", pk=pk)
    return enrolment, request.access.actor(enrolment.subject.site_id, permission=Permission.APPROVE_ENROLMENT)
