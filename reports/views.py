"""Reports as files."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from endpoints.downloads import CONTENT_TYPES, file_name, handed_out
from endpoints.reading import selection
from reports.blank_crf import blank_crf
from reports.endpoints_report import endpoints_report
from reports.monitoring_report import monitoring_report
from sdv.models import MonitoringVisit
from trialsite.protocol import current


@require_safe
def endpoints_report_file(request: SignedInRequest, population: str, analysis_set: str) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    if chosen.estimate is None:
        raise Http404
    pdf = endpoints_report(chosen, printed_at=timezone.now())
    return handed_out(request, pdf, file_name(chosen, "report", "pdf"), CONTENT_TYPES["pdf"])


@require_safe
def monitoring_report_file(request: SignedInRequest, pk: int) -> HttpResponse:
    visits = MonitoringVisit.objects.select_related("site")
    visit = request.access.load(visits, Permission.VIEW_SUBJECTS, pk=pk)
    pdf = monitoring_report(visit, printed_at=timezone.now())
    name = f"{current().code}-monitoring-{visit.site.code}-{visit.starts_on.isoformat()}.pdf"
    return handed_out(request, pdf, name, CONTENT_TYPES["pdf"])


@require_safe
def blank_crf_file(request: SignedInRequest) -> HttpResponse:
    """For whoever is signed in, as the protocol itself: it tells of no subject."""
    return handed_out(request, blank_crf(), f"{current().code}-blank-crf.pdf", CONTENT_TYPES["pdf"])
