"""What cannot be read in the rows of a subject, found once for all of them, whoever needs the values later."""

from collections.abc import Iterable, Iterator

from sdtm import numbers
from sdtm.ledger import Ledger
from sdtm.reading import Row

NUMBERS = ("VISITNUM", "AGE", "EXDOSE", "TRSTRESN")


def list_unreadable(rows: Iterable[Row], ledger: Ledger) -> None:
    """Each date and number that is there and cannot be read goes to the ledger, with the reason."""
    for row in rows:
        for variable, fault in _faults(row):
            ledger.refuse_value(row, variable, fault)


def _faults(row: Row) -> Iterator[tuple[str, str]]:
    for variable in row.values:
        if variable.endswith("DTC") and (fault := row.day(variable).fault):
            yield variable, fault
    for variable in NUMBERS:
        if fault := numbers.read(row, variable).fault:
            yield variable, fault
