"""What the outline is made of: parts with facts, tables and the assumptions that they rest on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from protocol import Protocol


@dataclass(frozen=True, slots=True)
class OutlineTable:
    """`columns` are its heads, the first one that of the heads of its rows. `empty` says why there is no row.

    A grid is read along its rows and its columns: on a narrow screen too it stays one, and scrolls.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    empty: str = ""
    is_grid: bool = False

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """(head of its column, cell) of each cell, by row."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class OutlineAssumption:
    """A key of the file whose value no source states, and why it was chosen."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """One chapter. `code` is its anchor; the assumptions are those under the keys that it shows."""

    code: str
    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    tables: list[OutlineTable] = field(default_factory=list)
    assumed: list[OutlineAssumption] = field(default_factory=list)


def assumed_under(protocol: Protocol, *keys: str) -> list[OutlineAssumption]:
    """The file's assumptions of these keys at its top, in the order of the file."""
    assumptions = protocol.assumptions.items()
    return [OutlineAssumption(path, sentence) for path, sentence in assumptions if path.partition(".")[0] in keys]


def listed(words: Iterable[object]) -> str:
    """1, 8 and 15; "" of nothing."""
    *most, last = [str(word) for word in words] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(number: int | Decimal, noun: str) -> str:
    """1 day, 2 days."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"
