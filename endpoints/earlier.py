"""What was derived and estimated under an earlier version of the protocol, as it stood when the next one took force:
tables, figures, and the outcome of each subject."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from assessments.reading.deidentified import may_identify
from audit.files import CSV, csv_lines, file_response
from cohorts.following import read
from cohorts.models import ProtocolVersion, Subject
from components.filtering import refuse_parameters
from endpoints.arithmetic.results import MAIN_TIMES, SUBJECT_TIMES
from endpoints.arithmetic.rows import OutcomeRow
from endpoints.behind import page_of_subjects
from endpoints.display import draw, file_url, links_of, numbered, settings_of, sources_of
from endpoints.downloads import file_name, made_from, sent
from endpoints.figures import figures_of
from endpoints.figures.arm_tables import tables_of
from endpoints.figures.tables import FigureTable
from endpoints.headlines import headlines
from endpoints.models import EarlierOutcome
from endpoints.reading import Selection, selection
from endpoints.story import story_of
from protocol import current, under

Downloads = list[tuple[str, str]]
# The file that has a line of each subject.
OUTCOMES = "outcomes"
HEADS = (
    *("subject", "cohort", "treated", "measurable", "assessed"),
    *("best_response_confirmed", "confirmed_because", "best_response_unconfirmed", "unconfirmed_because"),
    *("clinical_benefit_confirmed", "clinical_benefit_unconfirmed", "best_change_percent"),
    *(f"{time.code}_{what}" for time in SUBJECT_TIMES for what in ("days", "event")),
    *(f"{time.code}_because" for time in MAIN_TIMES),
    *("protocol_version", "derived_at"),
)


@require_safe
def endpoints_under(request: SignedInRequest, population: str, analysis_set: str, version: int) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    refuse_parameters(request.GET)
    with chosen_under(population, analysis_set, version) as chosen:
        context = page_of(chosen)
    # What stands around the figures is of the version in force.
    return render(request, "endpoints/earlier.html", context)


@require_safe
def file_under(
    request: SignedInRequest, population: str, analysis_set: str, version: int, code: str, kind: str
) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    with chosen_under(population, analysis_set, version) as chosen:
        if (code, kind) == (OUTCOMES, "csv"):
            return _outcomes_file(request, chosen)
        return sent(request, chosen, code, kind, under=current().version)


@require_safe
def subjects_under(request: SignedInRequest, population: str, analysis_set: str, version: int) -> HttpResponse:
    request.access.require(Permission.VIEW_ENDPOINTS)
    with chosen_under(population, analysis_set, version) as chosen:
        if not chosen.keeps_outcomes:
            raise Http404
        context = page_of_subjects(chosen, request.GET)
    return render(request, "endpoints/subjects.html", context)


@require_safe
def subject_under(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """One subject's derivation, also for the investigator at the subject's own site."""
    subject = request.access.load(Subject.objects.select_related("site"), Permission.VIEW_OWN_OUTCOMES, pk=pk)
    refuse_parameters(request.GET)
    kept = EarlierOutcome.objects.select_related("protocol")
    outcome = get_object_or_404(kept, subject=subject, protocol=version)
    identifying = may_identify(request.access, subject.site_id)
    with under(read(version)):
        context = {
            "subject": subject,
            "outcome": outcome,
            "sees_pooled": request.access.can(Permission.VIEW_ENDPOINTS),
            "story": story_of(
                outcome,
                with_trail=request.access.can(Permission.VIEW_RECORD_TRAIL, subject.site_id),
                identifying=identifying,
            ),
        }
    return render(request, "endpoints/subject.html", context)


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


def page_of(chosen: Selection) -> dict[str, Any]:
    assert chosen.estimate is not None
    figures, plan = chosen.estimate.figures, current().analysis
    links = links_of(figures, chosen.version) if chosen.keeps_outcomes else {}
    return {
        "chosen": chosen,
        "estimate": chosen.estimate,
        "headlines": headlines(figures, plan),
        "tables": list(_tables(chosen)),
        "figures": [draw(chosen, figure, links) for figure in figures_of(figures).values()],
        "outcomes_url": file_url(chosen, OUTCOMES, "csv") if chosen.keeps_outcomes else "",
        "settings": list(settings_of(current())),
        "sources": sources_of(plan),
    }


def _tables(chosen: Selection) -> Iterator[tuple[FigureTable, Downloads]]:
    assert chosen.estimate is not None
    for code in tables_of(chosen.estimate.figures):
        yield numbered(chosen, code), [("CSV", file_url(chosen, code, "csv"))]


def _outcomes_file(request: SignedInRequest, chosen: Selection) -> HttpResponse:
    refuse_parameters(request.GET)
    if not chosen.keeps_outcomes:
        raise Http404
    version = current().version
    content = "".join(csv_lines(_lines(chosen))).encode()
    name = file_name(chosen, f"{OUTCOMES}_version_{version}", "csv")
    what = made_from(chosen, f"outcome of each subject, under version {version}, as CSV")
    return file_response(request, what, content, name, CSV)


def _lines(chosen: Selection) -> Iterator[tuple[Any, ...]]:
    """A head, then a line of each subject that counts, by its number."""
    yield HEADS
    outcomes = chosen.outcomes().select_related("subject").order_by("subject__label")
    for kept in outcomes.defer("derivation").iterator():
        yield _line(kept, OutcomeRow.from_json(kept.row))


def _line(kept: EarlierOutcome, row: OutcomeRow) -> tuple[Any, ...]:
    times = [part for time in SUBJECT_TIMES for part in row.times.get(time.code) or ("", "")]
    reasons = [row.reasons.get(time.code, "") for time in MAIN_TIMES]
    return (
        *(kept.subject.label, kept.cohort_code, kept.treated, kept.measurable, row.assessed),
        *(row.cbor, row.cbor_reason, row.bor, row.bor_reason, row.benefit, row.benefit_unconfirmed, row.best_change),
        *(*times, *reasons, current().version, kept.derived_at.isoformat()),
    )
