"""The casebook of one subject: the highest of the record's pages, because it shows what follows from the lesions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Access, SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.reading.deidentified import may_identify
from casebook.course import course_of
from casebook.logs import logs_of
from casebook.profile import profile_of
from casebook.reading import Casebook, casebooks
from cohorts.models import EnrolmentStatus, Subject, SubjectStatus
from randomisation.reading import allocation_of
from review.models import QueryState
from review.queries.reading import listed
from values.dates import shown_date

UNDER_TREATMENT = (SubjectStatus.ENROLLED, SubjectStatus.ON_TREATMENT)


@require_safe
def subject(request: SignedInRequest, pk: int) -> HttpResponse:
    subjects = Subject.objects.select_related("site", "enrolment__cohort")
    subject = request.access.load(subjects, Permission.VIEW_SUBJECTS, pk=pk)
    book = casebooks([subject], timezone.localdate())[subject.pk]
    identifying = may_identify(request.access, subject.site_id)
    live = (QueryState.OPEN, QueryState.ANSWERED)
    context = {
        "subject": subject,
        "book": book,
        "course": course_of(subject, identifying=identifying),
        "logs": logs_of(book, identifying=identifying, in_error="in_error" in request.GET),
        "in_error": [form for form in book.in_error if not CATALOGUE[form.code].is_log],
        "shows_errors": "in_error" in request.GET,
        "queries": listed(subject.queries.filter(state__in=live)),
        "log_forms": [(code, CATALOGUE[code].title) for code in book.missing_log_forms],
        "facts": _facts(subject),
        "enrolment": getattr(subject, "enrolment", None),
        "may": _may(request.access, subject, book),
    }
    return render(request, "casebook/subject.html", context)


@require_safe
def subject_picture(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything of one subject on one axis of time, and the same as a table."""
    subject = request.access.load(Subject.objects.select_related("site"), Permission.VIEW_SUBJECTS, pk=pk)
    identifying = may_identify(request.access, subject.site_id)
    course = profile_of(subject, today=timezone.localdate(), identifying=identifying)
    return render(request, "casebook/picture.html", {"subject": subject, "told": course})


def _facts(subject: Subject) -> dict[str, Any]:
    enrolment = getattr(subject, "enrolment", None)
    dose = shown_date(subject.first_dose_date) if subject.first_dose_date else "none yet"
    facts = {"Site": subject.site, "Status": subject.get_status_display(), "First dose": dose}
    if enrolment and enrolment.status == EnrolmentStatus.APPROVED:
        plan = enrolment.cohort.plan
        facts |= {"Cohort": f"{plan.label} ({plan.code})", "Enrolled": shown_date(enrolment.enrolled_on)}
        if plan.dose_level:
            facts["Dose level"] = plan.dose_level
        if allocation := allocation_of(subject):
            facts["Randomised"] = f"number {allocation.number}, {allocation.words}"
    return facts


def _may(access: Access, subject: Subject, book: Casebook) -> dict[str, bool]:
    """What the page offers this user for this subject now."""
    site, enrolment = subject.site_id, getattr(subject, "enrolment", None)
    enters = access.can(Permission.ENTER_DATA, site)
    enrolled = enrolment is not None and enrolment.status == EnrolmentStatus.APPROVED
    kinds = {cell.visit.kind for cell in book.visits}
    return {
        "enter": enters,
        "begin": enters and enrolled and subject.first_dose_date is None and "cycle" not in kinds,
        "end": enters and subject.status in UNDER_TREATMENT and "end_of_treatment" not in kinds,
        "ask_slot": access.can(Permission.ENROL, site)
        and (enrolment is None or enrolment.status == EnrolmentStatus.REFUSED),
        "approve": access.can(Permission.APPROVE_ENROLMENT, site),
        "outcome": access.can(Permission.VIEW_OWN_OUTCOMES, site),
        "trail": access.can(Permission.VIEW_TRAIL, site),
        "download": access.can(Permission.DOWNLOAD_DATA, site),
        "download_with_trail": access.can(Permission.DOWNLOAD_WITH_TRAIL, site),
        "ask": access.can(Permission.RAISE_QUERY, site),
    }
