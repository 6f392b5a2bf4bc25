"""The rows of a subject in an order that the files cannot change: by date, then by their numbers, then by content."""

from collections.abc import Iterable
from decimal import Decimal

from sdtm import dates, numbers
from sdtm.changed import digest
from sdtm.ledger import Ledger
from sdtm.reading import Row

LAST = Decimal("Infinity")


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By day, then accepted records before others, then by sequence number; what is left is told by its content."""
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[str, bool, Decimal, str]:
    sequence = numbers.read(row, f"{row.domain}SEQ").value
    accepted = row.term(f"{row.domain}ACPTFL") == "Y"
    return dates.in_order(row.day().on), not accepted, LAST if sequence is None else sequence, digest(row)


def without_repeats(rows: Iterable[Row], ledger: Ledger) -> list[Row]:
    """The rows with those left out that say in each variable what an earlier one says."""
    kept: dict[str, Row] = {}
    for row in rows:
        first = kept.setdefault(digest(row), row)
        if first is not row:
            ledger.refuse(row, f"the same row as row {first.number}")
    return list(kept.values())
