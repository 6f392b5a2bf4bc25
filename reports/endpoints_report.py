"""The endpoints of one population and set as one PDF: what the page shows, on paper, with everything it rests on."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from assessments.models import CaseForm
from endpoints.display import (
    numbered,
    other_assumptions,
    set_of_arms,
    settings_of,
    shown_of,
    sources_of,
    title_of_figure,
)
from endpoints.downloads import canvas_of, rendered
from endpoints.figures import Figure, figures_of
from endpoints.figures.comparing import arms_of
from endpoints.figures.tables import FigureTable
from endpoints.headlines import headlines
from endpoints.reading import Selection
from endpoints.records import FORMS
from protocol import Protocol, current
from reports.typesetting import typeset
from signature.preflight import signed_counts
from values.times import shown_moment

LAYOUT = Path(__file__).with_name("endpoints_report.typ")
# Points across the page's text (170 mm): a figure is printed in the size that it is drawn in, and so are its letters.
WIDTH = 482


def endpoints_report(chosen: Selection, *, printed_at: datetime.datetime) -> bytes:
    """The report of a population that has an estimate. `printed_at` is the moment that its first page names."""
    assert chosen.estimate is not None
    figures = chosen.estimate.figures
    files = {
        name: rendered(figure.draw(part, canvas_of(chosen, WIDTH)), "pdf")
        for figure in figures_of(figures).values()
        for name, part in _sheets(figure, figures)
    }
    return typeset(LAYOUT, contents(chosen, printed_at), at=int(printed_at.timestamp()), figures=files)


def contents(chosen: Selection, printed_at: datetime.datetime) -> dict[str, Any]:
    """Everything that the layout prints, as plain text and lists."""
    assert chosen.estimate is not None
    protocol, estimate = current(), chosen.estimate
    plan, figures = protocol.analysis, estimate.figures
    return {
        "study": protocol.code,
        "study_title": protocol.title,
        "title": chosen.title,
        "population": chosen.population.label,
        "cohorts": [protocol.cohort(code).label for code in chosen.population.cohorts],
        "set": chosen.analysis_set.description,
        "headline_sets": [
            f"{' and '.join(analysis_set.headline_for)}: {analysis_set.label.lower()}"
            for analysis_set in protocol.analysis_sets
            if analysis_set.headline_for
        ],
        "synthetic": settings.SYNTHETIC_DATA,
        "printed": in_words(printed_at),
        "as_of": in_words(estimate.as_of),
        "made_under": f"{estimate.protocol}, file {estimate.protocol.sha256[:12]}",
        "outdated": estimate.protocol.sha256 != protocol.sha256,
        "subjects": estimate.subjects,
        "signed": _signed(chosen),
        "response_source": plan.response_source,
        "recist": plan.recist_version,
        "headlines": [headline._asdict() for headline in headlines(figures, plan)],
        "tables": {code: as_plain(numbered(chosen, code)) for code in shown_of(figures)},
        "figures": {code: _figure(chosen, figure) for code, figure in figures_of(figures).items()},
        "of_arms": set_of_arms(chosen) if arms_of(figures) else "",
        **_footnotes(protocol),
    }


def _sheets(figure: Figure, figures: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The parts of a figure, each with the name of its file; none where there is nothing to draw."""
    parts = figure.sheets(figures) if figure.is_there(figures) else ()
    return [(f"{figure.code}-{number}.pdf", part) for number, part in enumerate(parts, start=1)]


def _figure(chosen: Selection, figure: Figure) -> dict[str, Any]:
    assert chosen.estimate is not None
    figures = chosen.estimate.figures
    is_drawn = figure.is_there(figures)
    return {
        "title": title_of_figure(chosen, figure),
        "caption": figure.caption(figures, current().analysis) if is_drawn else "",
        "nothing": "" if is_drawn else figure.nothing(figures),
        "files": [name for name, _ in _sheets(figure, figures)],
    }


def _signed(chosen: Selection) -> str:
    """How many of the forms that the figures rest on are signed, at the moment of the print."""
    subjects = chosen.outcomes().order_by().values("subject")
    complete, signed = signed_counts(CaseForm.objects.filter(subject__in=subjects, code__in=FORMS))
    return f"{signed} of {complete} complete forms are signed at the version that stands there"


def _footnotes(protocol: Protocol) -> dict[str, Any]:
    return {
        "settings": [setting._asdict() for setting in settings_of(protocol)],
        "assumptions": [[assumption.path, assumption.sentence] for assumption in other_assumptions(protocol)],
        "sources": sources_of(protocol.analysis),
    }


def as_plain(table: FigureTable) -> dict[str, Any]:
    rows = [[cell.text for cell in row] for row in table.rows]
    return {**table._asdict(), "rows": rows}


def in_words(moment: datetime.datetime) -> str:
    return shown_moment(moment, seconds=True)
