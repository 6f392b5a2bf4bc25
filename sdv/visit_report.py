"""The report of a monitor's visit: written down at its closing with its hash, never changed; what came later beside."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Count, Max

from assessments.catalogue import CATALOGUE
from audit.models import Event
from protocol import current
from review.models import Query, QueryStep
from review.queries.reading import item_label, state_words
from sdv.models import MonitoringVisit, Verification, VisitReport
from sdv.reading import done_at, verified_at_visit
from values.dates import shown_date
from values.times import shown_moment


@dataclass(frozen=True)
class Report:
    """`content` is what `content_of` makes. `digest` is SHA-256 over it as kept, "" where none was kept.

    `holds` tells whether what is kept is what was kept at closing, by its digest and by the trail.
    """

    content: Mapping[str, Any]
    digest: str = ""
    holds: bool = True


@dataclass(frozen=True)
class Later:
    """What became of a visit's work after its closing.

    `lapsed` are (form's key, subject, form's title, items no longer verified, when the last of them ended), `queries`
    are (query, state in words, when the last step was taken).
    """

    lapsed: list[tuple[int, str, str, int, datetime]]
    queries: list[tuple[Query, str, datetime]]


def keep(visit: MonitoringVisit) -> VisitReport:
    """Write down the report of a visit that is being closed, in the transaction of its closing."""
    content = _text(content_of(visit))
    return VisitReport.objects.create(visit=visit, site_id=visit.site_id, content=content, digest=digest_of(content))


def digest_of(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def report_of(visit: MonitoringVisit) -> Report:
    """As it was kept. Of a visit that is open, or was closed before reports were kept: from the record."""
    kept = VisitReport.objects.filter(visit=visit).first()
    if kept is None:
        return Report(content_of(visit))
    return Report(json.loads(kept.content), kept.digest, _holds(kept))


def _holds(kept: VisitReport) -> bool:
    written = Event.objects.filter(table_name=VisitReport._meta.db_table, row_id=kept.pk, action="insert").first()
    in_trail = (written.new or {}) if written else {}
    return digest_of(kept.content) == kept.digest == in_trail.get("digest")


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_of(visit: MonitoringVisit) -> dict[str, Any]:
    """Everything that the report says, as plain text, numbers and lists; moments are in words, UTC."""
    protocol, done = current(), done_at(visit)
    return {
        "study": protocol.code,
        "study_title": protocol.title,
        "synthetic": settings.SYNTHETIC_DATA,
        "site": str(visit.site),
        "purpose": visit.purpose,
        "first_day": shown_date(visit.starts_on),
        "last_day": shown_date(visit.ends_on) if visit.ends_on else "",
        "monitor": f"{visit.printed_name} ({visit.monitor})",
        "present": visit.present,
        "remarks": visit.remarks,
        "opened": shown_moment(visit.opened_at, seconds=True),
        "closed": shown_moment(visit.closed_at, seconds=True) if visit.closed_at else "",
        "items": done.items,
        "subjects": done.subjects,
        "forms": [
            {
                "form": form.pk,
                "subject": form.subject.label,
                "visit": form.visit.label if form.visit else "",
                "title": title,
                "items": number,
                "ended": ended,
            }
            for form, title, number, ended in done.forms
        ],
        "raised": [_query(step) for step in done.raised],
        "closed_queries": [_query(step) for step in done.closed],
        "cancelled_queries": [_query(step) for step in done.cancelled],
    }


def _query(step: QueryStep) -> dict[str, Any]:
    query, form = step.query, step.query.case_form
    return {
        "query": query.pk,
        "subject": query.subject.label,
        "where": f"{CATALOGUE[form.code].title} {item_label(form.code, query.item)}".strip() if form else "Subject",
        "text": query.text,
        "at": shown_moment(step.at),
    }


def cancelled_in(content: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """None in a report that was kept before they were told apart: its closed ones may have been cancelled."""
    return content.get("cancelled_queries")


def later_than(visit: MonitoringVisit, content: Mapping[str, Any]) -> Later:
    """Of a closed visit: verifications that ended and queries that took another state since. Two statements."""
    assert visit.closed_at is not None
    counted = (
        Verification.objects.filter(verified_at_visit(visit), ended_at__gt=visit.closed_at)
        .order_by("case_form__subject__label", "case_form")
        .values_list("case_form", "case_form__subject__label", "case_form__code")
        .annotate(Count("pk"), Max("ended_at"))
    )
    lapsed = [(pk, subject, CATALOGUE[code].title, number, last) for pk, subject, code, number, last in counted]
    return Later(lapsed, list(_moved_on(visit, content)))


def _moved_on(visit: MonitoringVisit, content: Mapping[str, Any]) -> Iterator[tuple[Query, str, datetime]]:
    keys = {row["query"] for row in (*content["raised"], *content["closed_queries"], *(cancelled_in(content) or ()))}
    steps = QueryStep.objects.filter(query__in=keys, is_assignment=False, at__gt=visit.closed_at)
    last = {step.query_id: step for step in steps.select_related("query__subject").order_by("pk")}
    for step in last.values():
        yield step.query, state_words(step.query.state, step.query.reopened), step.at
