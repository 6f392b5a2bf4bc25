"""Figures and tables as files. Each one handed out is noted in the log of access, with its name."""

import csv
import io

import vl_convert
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.access_log import record_export
from endpoints.figures import FIGURES
from endpoints.figures.files import FILES
from endpoints.figures.style import Spec
from endpoints.reading import Selection, selection
from trialsite.protocol import current

WIDTH = 900
# For a slide: 900 points wide at this scale is 1,800 pixels.
PNG_SCALE = 2
CONTENT_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def download(request: SignedInRequest, population: str, analysis_set: str, code: str, kind: str) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    chosen = selection(population, analysis_set)
    if chosen.estimate is None:
        raise Http404
    content = table_file(chosen, code) if kind == "csv" else figure_file(chosen, code, kind)
    return handed_out(request, content, file_name(chosen, code, kind), CONTENT_TYPES[kind])


def table_file(chosen: Selection, code: str) -> bytes:
    if code not in FILES or chosen.estimate is None:
        raise Http404
    text = io.StringIO()
    csv.writer(text).writerows(FILES[code](chosen.estimate.figures, float(current().analysis.days_per_month)))
    # the mark at the start tells spreadsheets that this is UTF-8
    return text.getvalue().encode("utf-8-sig")


def figure_file(chosen: Selection, code: str, kind: str) -> bytes:
    if kind not in CONTENT_TYPES:
        raise Http404
    return rendered(figure_spec(chosen, code), kind)


def figure_spec(chosen: Selection, code: str, width: int = WIDTH) -> Spec:
    """The figure for paper and slides. Http404 where there is no such figure, or nothing to draw."""
    figure = FIGURES.get(code)
    if figure is None or chosen.estimate is None or not figure.is_there(chosen.estimate.figures):
        raise Http404
    return figure.draw(chosen.estimate.figures, current().analysis, {}, width)


def rendered(spec: Spec, kind: str) -> bytes:
    if kind == "svg":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    if kind == "png":
        return vl_convert.vegalite_to_png(spec, scale=PNG_SCALE, allowed_base_urls=[])
    return vl_convert.vegalite_to_pdf(spec, allowed_base_urls=[])


def file_name(chosen: Selection, what: str, kind: str) -> str:
    """Study, population, set, content and the moment of the estimate, so that a file on a desk says what it is."""
    assert chosen.estimate is not None
    as_of = f"{chosen.estimate.as_of:%Y%m%dT%H%M%SZ}"
    return "_".join((current().code, *chosen.codes, what, as_of)) + f".{kind}"


def handed_out(request: SignedInRequest, content: bytes, name: str, content_type: str) -> HttpResponse:
    """The file as an attachment, once the log of access knows of it."""
    record_export(request, name)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
