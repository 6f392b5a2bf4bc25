"""Texts as people bring them: what nobody sees is no answer, and no control character reaches the record.

A word processor and a web page leave such characters in what is copied from them.
"""

import re
import unicodedata

# Those that mean a new line in one program or another: a vertical tab is one within a cell of a spreadsheet.
LINE_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# All others but tab, line feed and carriage return; a null character is refused where it comes, by its name.
CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# What shows nothing although it counts as a letter, a sign or a mark: fillers of Korean, an empty cell of Braille,
# joiners and selectors of the shape of what they follow.
FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
MAY_NEED_CARE = re.compile("[^\n\r\t -~\u00a1-\u00ac\u00ae-\u02ff]")


def is_invisible(text: str) -> bool:
    """Whether a text shows nothing at all: blanks, marks of direction, joiners, a byte order mark."""
    return all(
        character.isspace() or unicodedata.category(character) in ("Cf", "Cc") or FILLERS.match(character)
        for character in text
    )


def plain_text(text: str) -> str:
    """The text without control characters, with line feeds for what means a new line; "" where nothing is seen of it.

    Null characters stay, to be refused.
    """
    if not MAY_NEED_CARE.search(text):
        return text
    kept = CONTROLS.sub("", LINE_BREAKS.sub("\n", text))
    return "" if is_invisible(kept) and "\0" not in kept else kept
