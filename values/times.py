"""Times of day as people write them: 8:30, 08.30, 0830 and 8h30 are half past eight; stored is HH:MM."""

import re

from values.unreadable import UnreadableValue, quoted

WITH_MARK = re.compile(r"([0-9]{1,2})\s?[:.hH]\s?([0-9]{2})")
DIGITS = re.compile(r"([0-9]{1,2})([0-9]{2})")


def read_time(text: str) -> str:
    """The time of day of the 24-hour clock that a text means, as HH:MM. Raises UnreadableValue."""
    typed = text.strip()
    parts = WITH_MARK.fullmatch(typed) or DIGITS.fullmatch(typed)
    if parts is None or int(parts[1]) > 23 or int(parts[2]) > 59:
        raise UnreadableValue(f"{quoted(typed)} is no time of day. Enter it by the 24-hour clock, as 8:30 or 20:30.")
    return f"{int(parts[1]):02}:{parts[2]}"
