"""What is begun from a casebook: a slot in a cohort, a visit that no schedule foresees, the first and the last one."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.access import Actor, SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE, UNSCHEDULED
from assessments.enrolment import Offer, cohort_offers, standing_slot
from assessments.sequence import enrolment_obstacles
from assessments.services import add_unscheduled_visit, approve_enrolment, request_enrolment
from cohorts.asking import ask, posted
from cohorts.forms import ApprovalForm, DayForm, VisitForm
from cohorts.models import Cohort, Enrolment, Subject, Visit
from cohorts.services import begin_end_of_treatment, begin_treatment, remove_visit
from cohorts.views import asked_for, require_get_or_post


class SlotForm(forms.Form):
    use_required_attribute = False
    cohort = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, data: Any, offers: list[Offer]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        free = [offer for offer in offers if not offer.obstacle]
        fields["cohort"].choices = [(offer.plan.code, f"{offer.plan.label} ({offer.plan.code})") for offer in free]
        if len(free) == 1:
            fields["cohort"].initial = free[0].plan.code


class UnscheduledForm(VisitForm):
    form = forms.ChoiceField(label="First form", choices=[(code, CATALOGUE[code].title) for code in UNSCHEDULED])


@require_get_or_post
def enrolment_request(request: SignedInRequest, pk: int) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENROL)
    offers = cohort_offers(subject)
    against = enrolment_obstacles(subject) or standing_slot(subject)

    def do(cohort: str) -> Enrolment:
        return request_enrolment(subject=subject, cohort=Cohort.objects.get(code=cohort), by=by)

    return ask(
        request,
        SlotForm(posted(request), offers),
        do,
        title=f"Ask for a slot for {subject}",
        button="Ask for the slot",
        back=reverse("subject", args=[subject.pk]),
        said="Asked for. The data manager decides on it.",
        template="casebook/enrolment.html",
        subject=subject,
        offers=offers,
        obstacles=against,
        can_ask=not against and any(not offer.obstacle for offer in offers),
    )


@require_get_or_post
def enrolment_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    enrolment, by = asked_for(request, pk)
    return ask(
        request,
        ApprovalForm(posted(request)),
        partial(approve_enrolment, enrolment=enrolment, by=by),
        title=f"Enrol {enrolment.subject}?",
        button="Enrol",
        back=reverse("cohort_list"),
        said=f"{enrolment.subject} is enrolled: {enrolment.cohort}.",
        why=f"{enrolment.cohort} ({enrolment.cohort.plan.code}), asked for by site {enrolment.subject.site}.",
    )


@require_get_or_post
def visit_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENTER_DATA)

    def add(on: date, label: str, form: str) -> tuple[Visit, str]:
        return add_unscheduled_visit(subject=subject, on=on, label=label, by=by), form

    return ask(
        request,
        UnscheduledForm(posted(request)),
        add,
        title="Unscheduled visit",
        button="Add the visit",
        back=reverse("subject", args=[subject.pk]),
        said="",
        goes_to=lambda made: _form_of(subject, made[0], made[1]),
        subject=subject,
    )


@require_get_or_post
def visit_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    visits = Visit.objects.select_related("subject__site")
    visit = request.access.load(visits, Permission.ENTER_DATA, site="subject.site_id", pk=pk)
    subject = visit.subject
    return ask(
        request,
        forms.Form(posted(request)),
        partial(remove_visit, visit=visit, by=request.access.actor(subject.site_id, permission=Permission.ENTER_DATA)),
        title=f"Remove {visit.label}?",
        button="Remove the visit",
        back=reverse("subject", args=[subject.pk]),
        said=f"{visit.label} was removed.",
        subject=subject,
        why="For a visit that was added or begun by mistake. No form was filled at it.",
    )


@require_get_or_post
def treatment_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    why = "The first infusion is recorded at this visit; the schedule then counts from the first dose."
    return _begin(request, pk, begin_treatment, "First dose", "infusion", why)


@require_get_or_post
def treatment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    why = "For treatment that stops for any reason. The form asks for the reason; follow-up is planned from its date."
    return _begin(request, pk, begin_end_of_treatment, "End of treatment", "end_of_treatment", why)


def _begin(
    request: SignedInRequest, pk: int, service: Callable[..., Visit], title: str, code: str, why: str
) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENTER_DATA)
    return ask(
        request,
        DayForm(posted(request)),
        partial(service, subject=subject, by=by),
        title=title,
        button="Go to the form",
        back=reverse("subject", args=[subject.pk]),
        said="",
        goes_to=lambda visit: _form_of(subject, visit, code),
        subject=subject,
        why=why,
    )


def _form_of(subject: Subject, visit: Visit, code: str) -> str:
    return f"{reverse('form_add', args=[subject.pk, code])}?visit={visit.pk}"


def _load(request: SignedInRequest, pk: int, permission: Permission) -> tuple[Subject, Actor]:
    subject = request.access.load(Subject.objects.select_related("site"), permission, pk=pk)
    return subject, request.access.actor(subject.site_id, permission=permission)
