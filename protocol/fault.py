"""What is wrong with a protocol file, and where in it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing that is wrong: on which line, at which key, in words. No line and no key where it is the whole file."""

    words: str
    path: str = ""
    line: int | None = None

    @property
    def problem(self) -> str:
        return f"{self.path}: {self.words}" if self.path else self.words

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}" if self.line else self.problem


class ProtocolError(ValueError):
    """A protocol file that cannot be used, with everything that is wrong with it in the order of the file."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line or 0))
        super().__init__("\n  ".join([f"{path} cannot be used as a protocol:", *map(str, self.faults)]))

    @property
    def problems(self) -> tuple[str, ...]:
        """The path of the key and what is wrong, a line each."""
        return tuple(fault.problem for fault in self.faults)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """That a name is none of those known, with all of them and the one that may be meant."""
    listed = list(known)
    return f"unknown {what} {name}; known: {', '.join(listed) or 'none'}{meant(name, listed)}"


def meant(name: str, known: Iterable[str]) -> str:
    """A question for the one of the known names that is like it; "" where none is."""
    by_small = {known_name.lower(): known_name for known_name in known}
    near = get_close_matches(name.lower(), by_small, n=1)
    return f". Did you mean {by_small[near[0]]}?" if near else ""
