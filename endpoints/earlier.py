"""What was estimated under an earlier version of the protocol: every table, as it stood when the next took force.

No number leads to subjects: what is derived of them is by the version in force, and would not be what was counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.files import CSV, file_response
from cohorts.following import read
from cohorts.models import ProtocolVersion
from components.filtering import refuse_parameters
from endpoints.display import numbered, settings_of
from endpoints.downloads import file_name, made_from, table_file
from endpoints.figures.arm_tables import tables_of
from endpoints.figures.tables import Cell, Table
from endpoints.headlines import headlines
from endpoints.reading import Selection, selection
from protocol import current, under

Downloads = list[tuple[str, str]]


@require_safe
def endpoints_under(request: SignedInRequest, population: str, analysis_set: str, version: int) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    refuse_parameters(request.GET)
    with chosen_under(population, analysis_set, version) as chosen:
        assert chosen.estimate is not None
        context = {
            "chosen": chosen,
            "estimate": chosen.estimate,
            "headlines": headlines(chosen.estimate.figures, current().analysis),
            "tables": list(_tables(chosen, version)),
            "settings": list(settings_of(current())),
        }
    return render(request, "endpoints/earlier.html", context)


@require_safe
def file_under(request: SignedInRequest, population: str, analysis_set: str, version: int, code: str) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    refuse_parameters(request.GET)
    with chosen_under(population, analysis_set, version) as chosen:
        named = current().version
        content, name = table_file(chosen, code), file_name(chosen, f"{code}_version_{named}", "csv")
    what = made_from(chosen, f"table {code}, under version {named}, as CSV")
    return file_response(request, what, content, name, CSV)


@contextmanager
def chosen_under(population: str, analysis_set: str, version: int) -> Iterator[Selection]:
    """What was estimated under that version, which judges within. Http404 where nothing was."""
    if not ProtocolVersion.objects.filter(pk=version).exists():
        raise Http404
    with under(read(version)):
        chosen = Selection(*selection(population, analysis_set).parts, version)
        if chosen.estimate is None:
            raise Http404
        yield chosen


def _tables(chosen: Selection, version: int) -> Iterator[tuple[Table, Downloads]]:
    assert chosen.estimate is not None
    for code in tables_of(chosen.estimate.figures):
        table = numbered(chosen, code)
        rows = tuple(tuple(Cell(cell.text) for cell in row) for row in table.rows)
        url = reverse("endpoints_file_under", args=[*chosen.codes, version, code])
        yield table._replace(rows=rows), [("CSV", url)]
