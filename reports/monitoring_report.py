"""The report of a monitor's visit to a site as PDF: what was verified and asked between its opening and closing."""

import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from assessments.catalogue import CATALOGUE
from reports.endpoints_report import in_words
from reports.typesetting import typeset
from review.models import QueryStep
from review.query_reading import item_label
from sdv.models import MonitoringVisit
from sdv.reading import done_at
from trialsite.protocol import current
from values.dates import shown_date
from values.times import shown_moment

LAYOUT = Path(__file__).with_name("monitoring_report.typ")


def monitoring_report(visit: MonitoringVisit, *, printed_at: datetime.datetime) -> bytes:
    """`printed_at` is the moment that its first page names; a report of an open visit says that it is not closed."""
    return typeset(LAYOUT, contents(visit, printed_at), at=int(printed_at.timestamp()))


def contents(visit: MonitoringVisit, printed_at: datetime.datetime) -> dict[str, Any]:
    """Everything that the layout prints, as plain text and lists."""
    protocol, done = current(), done_at(visit)
    last = f" to {_day(visit.ends_on)}" if visit.ends_on else ""
    return {
        "study": protocol.code,
        "study_title": protocol.title,
        "site": str(visit.site),
        "purpose": visit.purpose,
        "days": f"{_day(visit.starts_on)}{last}",
        "monitor": f"{visit.printed_name} ({visit.monitor})",
        "present": visit.present,
        "remarks": visit.remarks,
        "opened": in_words(visit.opened_at),
        "closed": in_words(visit.closed_at) if visit.closed_at else "",
        "synthetic": settings.SYNTHETIC_DATA,
        "printed": in_words(printed_at),
        "counts": [
            ["Items verified", str(done.items)],
            ["in forms", str(len(done.forms))],
            ["of subjects", str(done.subjects)],
            ["Queries raised", str(len(done.raised))],
            ["Queries closed", str(len(done.closed))],
        ],
        "forms": [
            [form.subject.label, form.visit.label if form.visit else "–", title, str(number), str(ended)]
            for form, title, number, ended in done.forms
        ],
        "raised": [_query(step) for step in done.raised],
        "closed_queries": [_query(step) for step in done.closed],
    }


def _query(step: QueryStep) -> list[str]:
    query, form = step.query, step.query.case_form
    where = f"{CATALOGUE[form.code].title} {item_label(form.code, query.item)}".strip() if form else "Subject"
    return [query.subject.label, where, query.text, shown_moment(step.at)]


def _day(day: datetime.date) -> str:
    return shown_date(day)
