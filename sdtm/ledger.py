"""What became of each row: taken unless something here says that it was not, and why."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sdtm.reading import Row

COLUMNS = ("what", "USUBJID", "domain", "row", "sequence", "variable", "value", "why")
NOT_TAKEN, VALUE_NOT_TAKEN, REMARK = "row not taken", "value not taken", "taken, with a remark"
CHANGED = "changed since, not taken"


@dataclass
class Ledger:
    """The remarks about one subject's rows, or about rows that belong to nobody."""

    refused: dict[tuple[str, int], tuple[Row, str]] = field(default_factory=dict)
    values: list[tuple[Row, str, str]] = field(default_factory=list)
    remarks: list[tuple[Row, str]] = field(default_factory=list)
    changes: list[tuple[Row, str]] = field(default_factory=list)

    def refuse(self, rows: Iterable[Row] | Row, why: str) -> None:
        """These rows are not taken. The first reason stays."""
        for row in [rows] if isinstance(rows, Row) else rows:
            self.refused.setdefault((row.domain, row.number), (row, why))

    def refuse_value(self, row: Row, variable: str, why: str) -> None:
        """The row is taken, this value of it is not."""
        self.values.append((row, variable, why))

    def taken(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if (row.domain, row.number) not in self.refused]

    def remark(self, row: Row, text: str) -> None:
        self.remarks.append((row, text))

    def changed(self, row: Row, why: str) -> None:
        """The subject is here already, and this is not what it was imported from."""
        self.changes.append((row, why))

    def lines(self) -> list[dict[str, str]]:
        found = [(NOT_TAKEN, row, "", why) for row, why in self.refused.values()]
        found += [(VALUE_NOT_TAKEN, row, variable, why) for row, variable, why in self.values]
        found += [(REMARK, row, "", text) for row, text in self.remarks]
        found += [(CHANGED, row, "", why) for row, why in self.changes]
        return [_line(*entry) for entry in found]


def _line(what: str, row: Row, variable: str, why: str) -> dict[str, str]:
    value = row[variable] if variable else row.own("STRESC") or row.own("DECOD") or row.own("TRT")
    told = (what, row.subject, row.domain, str(row.number), row.own("SEQ"), variable, value, why)
    return dict(zip(COLUMNS, told, strict=True))


@dataclass
class Tally:
    """Rows by domain: read, taken, of another reader, there already, not taken; and why not, counted."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def count(self, rows: Iterable[Row], what: str) -> None:
        for row in rows:
            self.counts.setdefault(row.domain, Counter())[what] += 1

    def add(self, rows: Iterable[Row], ledger: Ledger) -> None:
        for row in rows:
            self.count([row], "not taken" if (row.domain, row.number) in ledger.refused else "taken")
        for line in ledger.lines():
            self.reasons[line["what"], line["domain"], line["why"]] += 1

    def changed(self) -> dict[str, int]:
        """Differences from what was imported before, by domain."""
        found: Counter[str] = Counter()
        for (what, domain, _), count in self.reasons.items():
            found[domain] += count if what == CHANGED else 0
        return found


class Report:
    """The file that lists what was not taken, written as subjects are done, so that it outlives a killed run."""

    def __init__(self, path: Path, *, redone: set[str]) -> None:
        """Lines about subjects that are `redone` now go, and what had changed; those of an earlier run stay."""
        kept = [line for line in _read(path) if line["USUBJID"] not in redone and line["what"] != CHANGED]
        self.path, self.file = path, path.open("w", newline="", encoding="utf-8")
        self.writer = csv.DictWriter(self.file, COLUMNS)
        self.writer.writeheader()
        self.writer.writerows(kept)

    def add(self, ledger: Ledger) -> None:
        self.writer.writerows(ledger.lines())
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        return list(reader) if tuple(reader.fieldnames or ()) == COLUMNS else []
