"""What is begun from a casebook: a slot in a cohort, a visit that no schedule foresees, the first and the last one."""

from collections.abc import Callable
from datetime import date
from functools import partial

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.access import Actor, SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.enrolment import cohort_offers
from assessments.sequence import enrolment_obstacles
from assessments.services import request_enrolment
from cohorts.asking import ask
from cohorts.forms import DayField, DayForm
from cohorts.models import Cohort, Subject, Visit
from cohorts.services import add_visit, begin_end_of_treatment, begin_treatment
from cohorts.views import require_get_or_post

# Forms that an unscheduled visit may be made for; the others belong to a visit of the protocol or to the subject.
UNSCHEDULED = ("tumour", "infusion", "follow_up")


class SlotForm(forms.Form):
    use_required_attribute = False
    cohort = forms.ModelChoiceField(Cohort.objects.none(), widget=forms.RadioSelect, empty_label=None)


class UnscheduledForm(forms.Form):
    use_required_attribute = False
    on = DayField(label="Date of the visit")
    label = forms.CharField(label="What for", max_length=80, required=False, help_text="Unscheduled visit, if empty.")
    form = forms.ChoiceField(label="First form", choices=[(code, CATALOGUE[code].title) for code in UNSCHEDULED])


@require_get_or_post
def enrolment_request(request: SignedInRequest, pk: int) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENROL)
    offers = cohort_offers(subject)
    form = SlotForm(request.POST or None)
    form.fields["cohort"].queryset = Cohort.objects.filter(is_open=True).order_by("code")
    form.fields["cohort"].label_from_instance = lambda cohort: f"{cohort.plan.label} ({cohort.code})"
    return ask(
        request,
        form,
        partial(request_enrolment, subject=subject, by=by),
        title=f"Ask for a slot for {subject}",
        button="Ask for the slot",
        back=reverse("subject", args=[subject.pk]),
        said="Asked for. The data manager decides on it.",
        template="casebook/enrolment.html",
        subject=subject,
        offers=offers,
        obstacles=enrolment_obstacles(subject),
    )


@require_get_or_post
def visit_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject, by = _load(request, pk, Permission.ENTER_DATA)

    def add(on: date, label: str, form: str) -> tuple[Visit, str]:
        return add_visit(subject=subject, on=on, label=label, kind="unscheduled", by=by), form

    return ask(
        request,
        UnscheduledForm(request.POST or None),
        add,
        title="Unscheduled visit",
        button="Add the visit",
        back=reverse("subject", args=[subject.pk]),
        said="",
        goes_to=lambda made: _form_of(subject, made[0], made[1]),
        subject=subject,
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
        DayForm(request.POST or None),
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
