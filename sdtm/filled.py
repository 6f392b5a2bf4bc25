"""A case form as the rows of a subject fill it, before it is checked and saved."""

from dataclasses import dataclass, field, replace
from typing import Any

from sdtm.reading import Row


@dataclass(frozen=True)
class Occasion:
    """The visit at which a form was filled: its kind as the protocol's visits have it, its name and its day."""

    kind: str
    label: str
    on: str


def row_of(name: str) -> str:
    """The repeating row ("rows-0") that an item, as "rows-0-state", is of; "" for an item of the record."""
    return "-".join(name.split("-")[:2]) if name.startswith("rows-") else ""


@dataclass
class FilledForm:
    """One form. `behind` says which rows an item, or a repeating row ("rows-0"), comes from; `question` is what the
    site is asked where it stays a draft, as (item, words)."""

    code: str
    record: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    behind: dict[str, list[Row]] = field(default_factory=dict)
    occasion: Occasion | None = None
    question: tuple[str, str] = ("", "")

    def sources(self, name: str = "") -> list[Row]:
        """The rows behind an item; without a name, or for an item that none is known of, behind all of the form."""
        part = "-".join(name.split("-")[:2])
        behind = self.behind.get(name) or self.behind.get(part)
        return behind or [row for rows in self.behind.values() for row in rows]

    def emptied(self, names: set[str]) -> "FilledForm":
        """The form with these items of its rows left open."""
        rows = [
            {item: "" if f"rows-{number}-{item}" in names else value for item, value in row.items()}
            for number, row in enumerate(self.rows)
        ]
        return replace(self, rows=rows)

    def without(self, names: set[str]) -> "FilledForm":
        """The form without these items, a repeating row of which one is named going as a whole."""
        gone = set(map(row_of, names))
        kept = [number for number in range(len(self.rows)) if f"rows-{number}" not in gone]
        behind = {
            name: rows for name, rows in self.behind.items() if not name.startswith("rows-") and name not in names
        }
        behind |= {f"rows-{new}": self.behind.get(f"rows-{old}", []) for new, old in enumerate(kept)}
        record = {name: value for name, value in self.record.items() if name not in names}
        return FilledForm(
            self.code, record, [self.rows[number] for number in kept], behind, self.occasion, self.question
        )
