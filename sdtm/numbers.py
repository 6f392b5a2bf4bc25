"""Numbers of a row, in three states: absent, read, unreadable."""

from dataclasses import dataclass
from decimal import Decimal

import values.numbers
from sdtm.reading import Row
from values.numbers import THOUSANDS, read_number
from values.unreadable import UnreadableValue


@dataclass(frozen=True)
class Number:
    """`value` is None where the row has no number, or one that cannot be read: see `fault`."""

    value: Decimal | None = None
    fault: str = ""


def read(row: Row, variable: str) -> Number:
    text = row[variable]
    if not text:
        return Number()
    try:
        return Number(read_number(text, decimal_mark=row.decimal_mark))
    except UnreadableValue as fault:
        return Number(fault=str(fault))


def written(value: Decimal | None) -> str:
    """As a form takes it, which reads a mark before three digits as possibly one of thousands: 1.125 as 01.125."""
    if value is None:
        return ""
    text = values.numbers.written(value)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return f"{sign}0{digits}" if THOUSANDS.fullmatch(text) else text
