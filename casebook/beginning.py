"""What is begun from a casebook: a slot in a cohort and the decision on it, a visit that no schedule foresees, the
first and the last one."""

from collections.abc import Callable
from datetime import date
from functools import partial

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse

from accounts.access import Actor, SignedInRequest
from accounts.forms import ReasonForm
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.sequence import dosing_form, enrolment_obstacles
from assessments.visits.missed import mark_missed, missed_forms
from casebook.enrolment import cohort_offers, standing_slot
from casebook.forms import MissedForm, SlotForm, UnscheduledForm
from casebook.services import add_unscheduled_visit, approve_enrolment, request_enrolment
from cohorts.asking import ask
from cohorts.forms import DayForm, EnrolmentApprovalForm
from cohorts.models import Cohort, Enrolment, Subject, Visit
from cohorts.services import Refused, begin_end_of_treatment, begin_treatment, refuse_enrolment, remove_visit
from components.pages import posted, require_get_or_post
from protocol import current
from randomisation.models import Allocation


@require_get_or_post
def enrolment_request(request: SignedInRequest, pk: int) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENROL)
    offers = cohort_offers(subject)
    against = enrolment_obstacles(subject) or standing_slot(subject)

    def do(cohort: str | None) -> Enrolment:
        chosen = Cohort.objects.get(code=cohort) if cohort else None
        return request_enrolment(subject=subject, cohort=chosen, by=by)

    return ask(
        request,
        SlotForm(posted(request), offers),
        do,
        title=f"Request a slot for {subject}",
        button="Request the slot",
        back=reverse("subject", args=[subject.pk]),
        message="Requested. The data manager decides on it.",
        template="casebook/enrolment.html",
        subject=subject,
        offers=offers,
        obstacles=against,
        any_open=any(offer.is_open for offer in offers),
        has_levels=current().has_levels,
        can_ask=not against and any(not offer.obstacle for offer in offers),
    )


@require_get_or_post
def enrolment_approve(request: SignedInRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, approve_enrolment, EnrolmentApprovalForm, "Enrol {}?", "Enrol", _enrolled)


@require_get_or_post
def enrolment_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, refuse_enrolment, ReasonForm, "Refuse the slot of {}?", "Refuse", _refused)


def _decide(
    request: SignedInRequest,
    pk: int,
    service: Callable[..., Enrolment],
    form: type[Form],
    title: str,
    button: str,
    words: Callable[[Enrolment], str],
) -> HttpResponse:
    enrolments = Enrolment.objects.select_related("subject__site", "cohort")
    enrolment = request.access.load(enrolments, Permission.APPROVE_ENROLMENT, site="subject.site_id", pk=pk)
    by = request.access.actor(enrolment.subject.site_id, permission=Permission.APPROVE_ENROLMENT)
    return ask(
        request,
        form(posted(request)),
        partial(service, enrolment=enrolment, by=by),
        title=title.format(enrolment.subject),
        button=button,
        back=reverse("cohort_list"),
        message=words,
        why=_request_in_words(enrolment),
        template="casebook/enrolment_decision.html",
        enrolment=enrolment,
    )


def _request_in_words(enrolment: Enrolment) -> str:
    """What was requested, and by which site."""
    code = f" ({enrolment.cohort.code})" if enrolment.cohort else ""
    place = enrolment.place
    return f"{place[:1].upper()}{place[1:]}{code}, requested by site {enrolment.subject.site}."


def _enrolled(enrolment: Enrolment) -> str:
    allocation = Allocation.objects.filter(subject=enrolment.subject_id).first()
    by_list = f", randomised with number {allocation.number}" if allocation else ""
    return f"{enrolment.subject} is enrolled: {enrolment.cohort}{by_list}."


def _refused(enrolment: Enrolment) -> str:
    return f"Refused; the slot of {enrolment.subject} is free again."


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
        message="",
        goes_to=lambda made: _form_of(subject, made[0], made[1]),
        subject=subject,
    )


@require_get_or_post
def visit_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    visit, by = _load_visit(request, pk)
    return ask(
        request,
        Form(posted(request)),
        partial(remove_visit, visit=visit, by=by),
        title=f"Remove {visit.label}?",
        button="Remove the visit",
        back=reverse("subject", args=[visit.subject_id]),
        message=f"{visit.label} was removed.",
        subject=visit.subject,
        why="For a visit that was added or begun by mistake. No form was filled at it.",
    )


@require_get_or_post
def visit_missed(request: SignedInRequest, pk: int) -> HttpResponse:
    visit, by = _load_visit(request, pk)
    return ask(
        request,
        MissedForm(posted(request)),
        partial(mark_missed, visit=visit, by=by),
        title=f"{visit.label} of {visit.subject} did not take place",
        button="Mark its forms as not done",
        back=f"{reverse('subject', args=[visit.subject_id])}#visit-{visit.pk}",
        message=f"{visit.label}: its forms are marked as not done.",
        subject=visit.subject,
        **_to_be_marked(visit),
    )


def _to_be_marked(visit: Visit) -> dict[str, str]:
    try:
        titles = [CATALOGUE[code].title for code in missed_forms(visit)]
    except Refused as refusal:
        return {"warning": str(refusal)}
    return {"why": f"These will be marked as not done: {', '.join(titles)}. Each can still be filled later."}


@require_get_or_post
def treatment_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    why = "The first dose is recorded next; the schedule then counts from its day."
    return _begin(request, pk, begin_treatment, "First dose", dosing_form, why)


@require_get_or_post
def treatment_end(request: SignedInRequest, pk: int) -> HttpResponse:
    why = "For treatment that stops for any reason. The form asks for the reason; follow-up is planned from its date."
    return _begin(request, pk, begin_end_of_treatment, "End of treatment", lambda _: "end_of_treatment", why)


def _begin(
    request: SignedInRequest,
    pk: int,
    service: Callable[..., Visit],
    title: str,
    form_of: Callable[[Subject], str],
    why: str,
) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENTER_DATA)
    return ask(
        request,
        DayForm(posted(request)),
        partial(service, subject=subject, by=by),
        title=title,
        button="Go to the form",
        back=reverse("subject", args=[subject.pk]),
        message="",
        goes_to=lambda visit: _form_of(subject, visit, form_of(subject)),
        subject=subject,
        why=why,
    )


def _form_of(subject: Subject, visit: Visit, code: str) -> str:
    at_no_visit = code in current().log_forms
    return reverse("form_add", args=[subject.pk, code]) + ("" if at_no_visit else f"?visit={visit.pk}")


def _load(request: SignedInRequest, pk: int, permission: Permission) -> tuple[Subject, Actor]:
    subject = request.access.load(Subject.objects.select_related("site"), permission, pk=pk)
    return subject, request.access.actor(subject.site_id, permission=permission)


def _load_visit(request: SignedInRequest, pk: int) -> tuple[Visit, Actor]:
    visits = Visit.objects.select_related("subject__site")
    visit = request.access.load(visits, Permission.ENTER_DATA, site="subject.site_id", pk=pk)
    return visit, request.access.actor(visit.subject.site_id, permission=Permission.ENTER_DATA)
