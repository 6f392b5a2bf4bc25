"""The report of a monitor's visit to a site as PDF: what was verified and asked between its opening and closing."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.endpoints_report import in_words
from reports.typesetting import typeset
from sdv.models import MonitoringVisit
from sdv.visit_report import Report, cancelled_in, report_of

LAYOUT = Path(__file__).with_name("monitoring_report.typ")
COPIED = ("study", "study_title", "synthetic", "site", "purpose", "monitor", "present", "remarks", "opened", "closed")


def monitoring_report(visit: MonitoringVisit, *, printed_at: datetime.datetime) -> bytes:
    """Of a closed visit always the same file. That of an open one names `printed_at`, and that more may follow."""
    at = visit.closed_at or printed_at
    return typeset(LAYOUT, contents(report_of(visit), printed_at), at=int(at.timestamp()))


def contents(report: Report, printed_at: datetime.datetime) -> dict[str, Any]:
    """Everything that the layout prints, as plain text and lists."""
    content = report.content
    cancelled = cancelled_in(content)
    ended = "Queries closed" if cancelled is not None else "Queries closed or cancelled"
    last = f" to {content['last_day']}" if content["last_day"] else ""
    return {name: content[name] for name in COPIED} | {
        "days": content["first_day"] + last,
        "digest": report.digest,
        "printed": "" if content["closed"] else in_words(printed_at),
        "counts": [
            ["Items verified", str(content["items"])],
            ["in forms", str(len(content["forms"]))],
            ["of subjects", str(content["subjects"])],
            ["Queries raised", str(len(content["raised"]))],
            [ended, str(len(content["closed_queries"]))],
            *([] if cancelled is None else [["Queries cancelled", str(len(cancelled))]]),
        ],
        "forms": [
            [row["subject"], row["visit"] or "–", row["title"], str(row["items"]), str(row["ended"])]
            for row in content["forms"]
        ],
        "raised": [_query(row) for row in content["raised"]],
        "ended": [[ended, [_query(row) for row in content["closed_queries"]]]]
        + ([] if cancelled is None else [["Queries cancelled", [_query(row) for row in cancelled]]]),
    }


def _query(row: Mapping[str, Any]) -> list[str]:
    return [row["subject"], row["where"], row["text"], row["at"]]
