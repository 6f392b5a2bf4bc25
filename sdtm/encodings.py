"""In which encoding a file is written: what it says itself, what the person says, else a guess that is told."""

import codecs
from collections.abc import Callable
from typing import TypeVar

from values.text_files import MARKS, read_text
from values.unreadable import UnreadableValue

Content = TypeVar("Content")

# Latin-1 is windows-1252 but for characters of control, which no dataset holds.
GUESSES = ("utf-8", "windows-1252")


class Unreadable(Exception):
    """A folder or file that is not SDTM data as this program reads it; the message says which and why."""


class WrongEncoding(Exception):
    """The bytes of a file are no text in the encoding that was tried."""


class Notes(list[str]):
    """What a person has to know about how the files were read."""

    def guessed(self, name: str, encoding: str) -> None:
        self.append(f"{name} is not UTF-8: it was read as {encoding}, a guess. --encoding says another.")


def decoded(content: bytes, name: str, encoding: str, notes: Notes) -> str:
    """The text of a file; a byte order mark says more than the person. Raises Unreadable."""
    if encoding and not any(content.startswith(mark) for mark, _, _ in MARKS):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            raise _does_not_fit(name, encoding) from None
    try:
        text = read_text(content)
    except UnreadableValue as fault:
        raise Unreadable(f"{name}: {fault} --encoding says what it is.") from None
    if text.is_guessed:
        notes.guessed(name, text.encoding)
    return text.text


def first_that_reads(name: str, encoding: str, notes: Notes, read: Callable[[str], Content]) -> Content:
    """What `read` gives by the encoding that was said, else by the first guess that fits. Raises Unreadable.

    `read` is given an encoding, and raises WrongEncoding.
    """
    for guess in (encoding,) if encoding else GUESSES:
        try:
            content = read(guess)
        except WrongEncoding:
            continue
        if not encoding and guess != GUESSES[0]:
            notes.guessed(name, guess)
        return content
    raise _does_not_fit(name, encoding)


def _does_not_fit(name: str, encoding: str) -> Unreadable:
    tried = f"not {encoding}" if encoding else f"neither {' nor '.join(GUESSES)}"
    return Unreadable(f"{name} is {tried}: say with --encoding what it is.")


def known(encoding: str) -> str:
    """The encoding by its own name. Raises Unreadable for one that nobody knows."""
    try:
        return codecs.lookup(encoding).name if encoding else ""
    except LookupError:
        raise Unreadable(f"There is no encoding {encoding}: windows-1252, latin-1 and utf-8 are usual.") from None
