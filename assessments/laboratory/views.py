"""The laboratory's own pages: its file, checked first and then entered as a whole, and a subject's trend."""

from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.actor import Actor, Locked
from accounts.roles import Permission
from assessments.laboratory.file import COLUMNS, NEEDED, OPTIONAL, read_file
from assessments.laboratory.importing import ResultsPreview, import_samples, look_through
from assessments.laboratory.trend import HEIGHT, WIDTH, trend_of, worst_of
from assessments.place import Stale
from audit.to_fill import file_to_fill
from cohorts.models import Subject
from cohorts.services import Refused
from components.from_file import FilePage, from_file
from components.pages import require_get_or_post
from values.counts import counted


@require_get_or_post
def laboratory_import(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.IMPORT_LABORATORY)

    def read(content: bytes | str) -> ResultsPreview:
        file = read_file(content)
        return look_through(file.lines, request.access, file.notes)

    page = FilePage(
        template="laboratory/import.html",
        read=read,
        write=lambda preview, name: _enter(request, preview, name),
        back=reverse("range_list"),
        refusals=(Refused, Stale, Locked),
        context={"columns": COLUMNS, "needed": NEEDED, "template_url": reverse("laboratory_template")},
    )
    return from_file(request, page)


@require_safe
def laboratory_template(request: SignedInRequest) -> HttpResponseBase:
    """An empty file with the names of the columns, as a spreadsheet opens it."""
    request.access.require(Permission.IMPORT_LABORATORY)
    return file_to_fill(request, "empty file for laboratory results", (*NEEDED, *OPTIONAL), "laboratory-results")


def _enter(request: SignedInRequest, preview: ResultsPreview, name: str) -> str:
    def by(site_id: int) -> Actor:
        return request.access.actor(site_id, channel="import", permission=Permission.IMPORT_LABORATORY)

    try:
        saved = import_samples(preview, by=by, reason=f"Laboratory file {name}")
    except IntegrityError as error:
        raise Refused("Somebody began one of these forms meanwhile.") from error
    drafts = sum(form.state == "draft" for form in saved)
    waiting = f"; {drafts} of them as drafts, which wait for what the file did not say" if drafts else ""
    return f"{counted(len(saved), 'sample')} went in{waiting}."


@require_safe
def laboratory_trend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every analyte of a subject over time."""
    subject = request.access.load(Subject.objects.select_related("site"), Permission.VIEW_SUBJECTS, pk=pk)
    trend = trend_of(subject)
    context = {"subject": subject, "trend": trend, "severe": worst_of(trend.rows), "size": (WIDTH, HEIGHT)}
    return render(request, "laboratory/trend.html", context)
