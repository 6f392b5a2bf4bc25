"""Dates as people write them, and the one form in which they are shown.

What is stored is ISO 8601: YYYY-MM-DD, and YYYY-MM or YYYY where the day, or day and month, are unknown. Typed may be
that or `2026/03/02`, `2 Mar 2026`, `02-MAR-2026`, `2nd March 2026` and `Mar 2, 2026` with the English, French or German
name of the month, `UN-MAR-2026` for an unknown day, the eight digits `20260302`, and `t` for today. A date whose parts
are all numbers in another order is refused: 02/03/2026 is the second of March at one site and the third of February at
the next. Only with points between them, and where one of the two can be no month, is it read: 29.11.2026 has one
meaning.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date

from values.unreadable import UnreadableValue, quoted

FIRST_YEAR, LAST_YEAR = 1900, 2199
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FULL_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# As `_folded` writes them. No name or its short form means one month in one of the languages and another in the next.
FRENCH = (
    *("janvier janv", "fevrier fevr fev", "mars", "avril avr", "mai", "juin"),
    *("juillet juil", "aout", "septembre", "octobre", "novembre", "decembre"),
)
GERMAN = (
    *("januar janner jaenner jan", "februar", "marz maerz mrz", "april", "mai", "juni"),
    *("juli", "august", "september sept", "oktober okt", "november", "dezember dez"),
)
NUMBER_OF = {
    name: number
    for names in (MONTHS, FULL_NAMES, FRENCH, GERMAN)
    for number, of_month in enumerate(names, start=1)
    for name in of_month.casefold().split()
}
ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
YEAR_FIRST = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})|([-/.])([0-9]{1,2})\3([0-9]{1,2})[.]?)")
DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
POINTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
# The parts in words.
DAY = r"(?P<day>[0-9]{1,2})(?P<ordinal>st|nd|rd|th|er)?"
MONTH = r"(?P<month>[^\W\d_]{2,9})"
YEAR = r"(?P<year>[0-9]{4})"
MARK, MARKS = r"[\s.,\-/]*", r"[\s.,\-/]+"
WORDS = [
    re.compile(parts, re.IGNORECASE)
    for parts in (
        # 2 Mar 2026, 02-MAR-2026, 02MAR2026, 2. März 2026, 2nd of March, 2026, un mar 2026, UNMAR2026, UN-UNK-2026.
        rf"(?:(?:{DAY}(?:\s+of\s)?|unk?|xx){MARK})?{MONTH}{MARK}{YEAR}",
        # Mar 2, 2026, March 2nd 2026.
        rf"{MONTH}{MARK}{DAY}{MARKS}{YEAR}",
        # 2026 Mar 2, 2026-MAR-02, 2026 Mar.
        rf"{YEAR}{MARK}{MONTH}(?:{MARK}{DAY})?",
    )
]
ORDINALS = {1: ("st", "er"), 2: ("nd",), 3: ("rd",), 21: ("st",), 22: ("nd",), 23: ("rd",), 31: ("st",)}
UNKNOWN = ("un", "unk", "xx", "xxx")
TODAY = ("t", "today")
ALL_NUMBERS = re.compile(r"[0-9]{1,4}[./\- ][0-9]{1,2}[./\- ][0-9]{1,4}\.?")
TWO_DIGITS_OF_A_YEAR = re.compile(rf"{DAY}{MARK}{MONTH}{MARK}['’]?[0-9]{{2}}", re.IGNORECASE)
FOR_EXAMPLE = "2 Mar 2026 or 2026-03-02"


def read_iso_date(text: str) -> str:
    """A date in a file of an exchange format: YYYY-MM-DD, YYYY-MM or YYYY alone. Raises UnreadableValue."""
    parts = ISO.fullmatch(text)
    if parts is None:
        raise UnreadableValue(f"{quoted(text)} is not a date of the form YYYY-MM-DD, YYYY-MM or YYYY.")
    return _iso(text, *(int(part) if part else None for part in parts.groups()))


def read_partial_date(text: str, *, today: date | None = None) -> str:
    """The date that a text means, as ISO 8601: YYYY-MM-DD, YYYY-MM or YYYY. `today` is the day that `t` stands for.

    Raises UnreadableValue.
    """
    typed = text.strip()
    if today is not None and typed.casefold() in TODAY:
        return today.isoformat()
    return _iso(typed, *_parts(typed))


def read_date(text: str, *, today: date | None = None) -> date:
    """As read_partial_date, of which the day has to be known. Raises UnreadableValue."""
    partial = read_partial_date(text, today=today)
    if len(partial) < len("YYYY-MM-DD"):
        raise UnreadableValue(f"{quoted(text.strip())} has no day: enter the whole date, as {FOR_EXAMPLE}.")
    return date.fromisoformat(partial)


def span_of(text: str) -> tuple[date, date]:
    """First and last day that a recorded date can mean. Raises ValueError for what is no date YYYY[-MM[-DD]]."""
    parts = ISO.fullmatch(text)
    if parts is None:
        raise ValueError(f"{text!r} is not a date of the form YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = (int(part) if part else None for part in parts.groups())
    try:
        if day is not None:
            return (day_itself := date(year or 0, month or 0, day)), day_itself
        last = month or 12
        return date(year or 0, month or 1, 1), date(year or 0, last, monthrange(year or 0, last)[1])
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar") from error


def middle_of(text: str) -> date:
    """The day by which a recorded date stands among others: the 15th where its day is unknown, 1 July where its month
    is. As text 2008-04 would stand before 2008-04-03. Raises ValueError for what is no date."""
    first, last = span_of(text)
    if first == last:
        return first
    return date(first.year, 7, 1) if first.month != last.month else first.replace(day=15)


def shown_date(value: date | str | None) -> str:
    """A whole or partial date as every page and paper writes it: 2 Mar 2026, Mar 2026, 2026; "" where there is none.

    A text that is no ISO date is shown as it stands.
    """
    if isinstance(value, date):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    parts = ISO.fullmatch(value or "")
    if parts is None or not 1 <= int(parts[2] or 1) <= 12:
        return value or ""
    named = [str(int(parts[3])) if parts[3] else "", MONTHS[int(parts[2]) - 1] if parts[2] else "", parts[1]]
    return " ".join(filter(None, named))


def _parts(typed: str) -> tuple[int | None, int | None, int | None]:
    numbers = ISO.fullmatch(typed) or DIGITS.fullmatch(typed)
    if numbers is not None:
        year, month, day = (int(part) if part else None for part in numbers.groups())
        return year, month, day
    year_first = YEAR_FIRST.fullmatch(typed)
    if year_first is not None:
        return int(year_first[1]), int(year_first[2] or year_first[4]), int(year_first[5]) if year_first[5] else None
    return _pointed(typed) or _parts_in_words(typed)


def _parts_in_words(typed: str) -> tuple[int, int | None, int | None]:
    for pattern in WORDS:
        words = pattern.fullmatch(unicodedata.normalize("NFC", typed))
        name = _folded(words["month"]) if words else ""
        if words is None or (name not in NUMBER_OF and name not in UNKNOWN):
            continue
        month, day = NUMBER_OF.get(name), int(words["day"]) if words["day"] else None
        if day is not None and month is None:
            raise UnreadableValue(f"{quoted(typed)} has a day and no month.")
        if words["ordinal"] and words["ordinal"].casefold() not in ORDINALS.get(day or 0, ("th",)):
            raise UnreadableValue(f"{quoted(typed)}: there is no {words['day']}{words['ordinal']}. {_how()}")
        return int(words["year"]), month, day
    raise UnreadableValue(_why_it_is_none(typed))


def _folded(name: str) -> str:
    """The name of a month in small letters without accents, as not every keyboard has them: marz for März."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _pointed(typed: str) -> tuple[int, int, int] | None:
    """Year, month and day of 29.11.2026; None for what is no such date, or would be one in either order."""
    parts = POINTED.fullmatch(typed)
    if parts is None:
        return None
    first, second, year = (int(part) for part in parts.groups())
    if max(first, second) <= 12:
        return (year, first, first) if first == second else None
    return (year, first, second) if first <= 12 else (year, second, first)


def _iso(typed: str, year: int | None, month: int | None = None, day: int | None = None) -> str:
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnreadableValue(f"{quoted(typed)} is not in a year from {FIRST_YEAR} to {LAST_YEAR}. {_how()}")
    if month is not None and not 1 <= month <= 12:
        raise UnreadableValue(f"{quoted(typed)}: there is no month {month}.")
    if day is not None and not 1 <= day <= monthrange(year, month or 1)[1]:
        raise UnreadableValue(f"{quoted(typed)} is not a day of the calendar.")
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])


def _how() -> str:
    return f"Enter a date as {FOR_EXAMPLE}."


def _why_it_is_none(typed: str) -> str:
    if any(digit.isdigit() and digit not in "0123456789" for digit in typed):
        return f"{quoted(typed)} has digits of another script. {_how()}"
    if TWO_DIGITS_OF_A_YEAR.fullmatch(typed):
        return f"{quoted(typed)} has no year of four digits. {_how()}"
    if ALL_NUMBERS.fullmatch(typed):
        return f"{quoted(typed)} does not say which number is the month. {_how()}"
    if typed.isdecimal():
        return f"{quoted(typed)} may be read in more than one way. {_how()}"
    return f"{quoted(typed)} is not a date. {_how()} Where the day or more is unknown: Mar 2026, or 2026."
