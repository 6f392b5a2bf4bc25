"""The outline as PDF."""

from datetime import datetime
from pathlib import Path
from typing import Any

from outline.contents import outline
from outline.parts import OutlinePart, OutlineTable
from protocol import Protocol
from reports.endpoints_report import in_words
from reports.typesetting import typeset
from values.dates import shown_date

LAYOUT = Path(__file__).with_name("document.typ")
# Characters of a column from which it gets no wider, and by which it is as wide at least.
WIDEST, NARROWEST = 60, 6


def document(protocol: Protocol, state: str, *, printed_at: datetime, synthetic: bool) -> bytes:
    """`state` says in words whether the version is in force."""
    return typeset(LAYOUT, contents(protocol, state, printed_at, synthetic), at=int(printed_at.timestamp()))


def contents(protocol: Protocol, state: str, printed_at: datetime, synthetic: bool) -> dict[str, Any]:
    """Everything that the layout prints, as plain text and lists."""
    return {
        "study": protocol.code,
        "study_title": protocol.title,
        "synthetic": synthetic,
        "version": f"version {protocol.version} of {shown_date(protocol.date)}",
        "state": f"{state}, on {in_words(printed_at)}",
        "file": protocol.sha256[:12],
        "parts": [_part(part) for part in outline(protocol)],
    }


def _part(part: OutlinePart) -> dict[str, Any]:
    return {
        "title": part.title,
        "facts": [list(fact) for fact in part.facts],
        "tables": [_table(table) for table in part.tables],
        "assumed": [[assumed.path, assumed.sentence] for assumed in part.assumed],
    }


def _table(table: OutlineTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
        "widths": widths(table),
        "empty": table.empty,
    }


def widths(table: OutlineTable) -> list[int]:
    """The parts of the page's width that the columns have, by the longest thing that stands in each."""
    longest = [max(map(len, column)) for column in zip(table.columns, *table.rows, strict=True)]
    return [min(max(length, NARROWEST), WIDEST) for length in longest]
