"""Reports as files."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from assessments.reading.deidentified import may_identify
from audit.files import PDF, file_response
from cohorts.models import Subject
from endpoints.downloads import file_name, made_from
from endpoints.reading import selection
from protocol import current
from reports.blank_crf import blank_crf
from reports.casebook_copy import Copying, casebook_copy, copied_name, form_copy
from reports.casebook_trail import TooMany
from reports.endpoints_report import endpoints_report
from reports.monitoring_report import monitoring_report
from sdv.models import MonitoringVisit


@require_safe
def endpoints_report_file(request: SignedInRequest, population: str, analysis_set: str) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    if chosen.estimate is None:
        raise Http404
    pdf = endpoints_report(chosen, printed_at=timezone.now())
    return file_response(request, made_from(chosen, "report as PDF"), pdf, file_name(chosen, "report", "pdf"), PDF)


@require_safe
def monitoring_report_file(request: SignedInRequest, pk: int) -> HttpResponse:
    visits = MonitoringVisit.objects.select_related("site")
    visit = request.access.load(visits, Permission.VIEW_SUBJECTS, pk=pk)
    pdf = monitoring_report(visit, printed_at=timezone.now())
    name = f"{current().code}-monitoring-{visit.site.code}-{visit.starts_on.isoformat()}.pdf"
    return file_response(request, f"report of {visit} as PDF", pdf, name, PDF)


@require_safe
def blank_crf_file(request: SignedInRequest) -> HttpResponse:
    """For whoever is signed in, as the protocol itself: it tells of no subject."""
    return file_response(request, "blank case report forms as PDF", blank_crf(), f"{current().code}-blank-crf.pdf", PDF)


@require_safe
def casebook_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that is recorded of a subject, with who signed it: the site's certified copy."""
    subjects = Subject.objects.select_related("site", "enrolment__cohort")
    subject = request.access.load(subjects, Permission.DOWNLOAD_DATA, pk=pk)
    copying = Copying(request.access, request.user, timezone.now())
    name = copied_name([subject.label, "casebook"], copying.at)
    what = f"casebook of subject {subject.label} as PDF{_withholding(request, subject)}"
    return file_response(request, what, casebook_copy(subject, copying), name, PDF)


@require_safe
def record_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The casebook with the subject's whole trail behind it: all of one subject for an inspector."""
    subjects = Subject.objects.select_related("site", "enrolment__cohort")
    subject = request.access.load(subjects, Permission.DOWNLOAD_WITH_TRAIL, pk=pk)
    copying = Copying(request.access, request.user, timezone.now())
    name = copied_name([subject.label, "casebook-and-trail"], copying.at)
    what = f"casebook of subject {subject.label} with its trail as PDF{_withholding(request, subject)}"
    try:
        content = casebook_copy(subject, copying, with_trail=True)
    except TooMany as too_many:
        messages.error(request, str(too_many))
        return redirect("subject", pk)
    return file_response(request, what, content, name, PDF)


@require_safe
def form_file(request: SignedInRequest, pk: int) -> HttpResponse:
    forms = CaseForm.every.select_related("subject__site", "subject__enrolment__cohort", "visit")
    case_form = request.access.load(forms, Permission.DOWNLOAD_DATA, site="subject__site_id", pk=pk)
    copying = Copying(request.access, request.user, timezone.now())
    name = copied_name([case_form.subject.label, case_form.code, str(pk)], copying.at)
    title = CATALOGUE[case_form.code].title
    of = f"{title} of subject {case_form.subject.label}, form {pk}, version {case_form.version}"
    what = f"{of}, as PDF{_withholding(request, case_form.subject)}"
    return file_response(request, what, form_copy(case_form, copying), name, PDF)


def _withholding(request: SignedInRequest, subject: Subject) -> str:
    """As the copy itself says it."""
    return "" if may_identify(request.access, subject.site_id) else ", without what identifies the subject"
