"""Figures and tables as files."""

import vl_convert
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.files import CSV, PDF, csv_lines, file_response
from components.filtering import NoFilter, wanted_of
from endpoints import typeface
from endpoints.arithmetic.words import ORIGINS
from endpoints.figures import figures_of
from endpoints.figures.arm_files import files_of
from endpoints.figures.style import ONE_COLUMN, TWO_COLUMNS, Canvas, Links, Spec, Width, level_of
from endpoints.reading import Selection, selection
from protocol import current

# What a figure is printed in, in millimetres: two columns of a journal, or one.
WIDTHS = {"180": TWO_COLUMNS, "85": ONE_COLUMN}
# Pixels an inch, as journals ask of what is no line art; a figure of a thousand lanes gets fewer.
PNG_DPI, PNG_MOST = 300, 40_000_000
POINTS_AN_INCH = 72
# What stands above and below a plot, in points.
AROUND = 200
CONTENT_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": PDF,
    "csv": CSV,
}


@require_safe
def download(request: SignedInRequest, population: str, analysis_set: str, code: str, kind: str) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    return sent(request, selection(population, analysis_set), code, kind)


def sent(request: SignedInRequest, chosen: Selection, code: str, kind: str, under: str = "") -> HttpResponse:
    """A figure or a table as a file; `under` names the version of the protocol where it is an earlier one."""
    if chosen.estimate is None:
        raise Http404
    wanted_of(NoFilter(request.GET), request.GET, beside=[] if kind == "csv" else ["mm"])
    named, suffix = (f"_version_{under}", f", under version {under}") if under else ("", "")
    if kind == "csv":
        content, name = table_file(chosen, code), file_name(chosen, f"{code}{named}", kind)
        return _sent(request, chosen, f"table {code}{suffix}", content, name)
    millimetres = request.GET.get("mm", "180")
    content = figure_file(chosen, code, kind, millimetres)
    name = file_name(chosen, f"{code}{named}_{millimetres}mm", kind)
    return _sent(request, chosen, f"figure {code}{suffix}, {millimetres} mm", content, name)


def _sent(request: SignedInRequest, chosen: Selection, what: str, content: bytes, name: str) -> HttpResponse:
    kind = name.rpartition(".")[2]
    return file_response(request, made_from(chosen, f"{what}, as {kind.upper()}"), content, name, CONTENT_TYPES[kind])


def made_from(chosen: Selection, what: str) -> str:
    """What a file of results was made from, in words for the log of access."""
    assert chosen.estimate is not None
    return f"{what}: {chosen.title}, estimate of {chosen.estimate.as_of:%Y-%m-%d %H:%M:%S} UTC"


def table_file(chosen: Selection, code: str) -> bytes:
    if chosen.estimate is None or code not in files_of(chosen.estimate.figures):
        raise Http404
    figures = chosen.estimate.figures
    rows = files_of(figures)[code](figures, float(current().analysis.days_per_month))
    return "".join(csv_lines(rows)).encode()


def figure_file(chosen: Selection, code: str, kind: str, millimetres: str = "180") -> bytes:
    if kind not in CONTENT_TYPES or millimetres not in WIDTHS:
        raise Http404
    return rendered(figure_spec(chosen, code, WIDTHS[millimetres]), kind)


def figure_spec(chosen: Selection, code: str, width: int = TWO_COLUMNS) -> Spec:
    """The figure for paper and slides, `width` in points. Http404 where there is no such figure, or nothing to draw."""
    figures = chosen.estimate.figures if chosen.estimate else None
    figure = figures_of(figures).get(code) if figures else None
    if figures is None or figure is None or not figure.is_there(figures):
        raise Http404
    return figure.draw(figures, canvas_of(chosen, width))


def canvas_of(chosen: Selection, width: Width, links: Links | None = None) -> Canvas:
    plan = current().analysis
    origin = ORIGINS[plan.origin].removeprefix("the ")
    return Canvas(width, chosen.title, level_of(plan), float(plan.days_per_month), links or {}, origin=origin)


def rendered(spec: Spec, kind: str) -> bytes:
    """The figure in its size on paper; PNG with as many pixels an inch as journals ask for."""
    typeface.make_known()
    if kind == "svg":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    if kind == "png":
        square_inches = spec["width"] * (spec["height"] + AROUND) / POINTS_AN_INCH**2
        return vl_convert.vegalite_to_png(
            spec, ppi=min(PNG_DPI, (PNG_MOST / square_inches) ** 0.5), allowed_base_urls=[]
        )
    return vl_convert.vegalite_to_pdf(spec, allowed_base_urls=[])


def file_name(chosen: Selection, what: str, kind: str) -> str:
    """Study, population, set, content and the moment of the estimate, so that a file on a desk says what it is."""
    assert chosen.estimate is not None
    as_of = f"{chosen.estimate.as_of:%Y%m%dT%H%M%SZ}"
    return "_".join((current().code, *chosen.codes, what, as_of)) + f".{kind}"
