"""What became of each row: taken, partly taken, or not taken, and why."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from audit.files import MARK, csv_lines
from sdtm import keys
from sdtm.reading import Row

COLUMNS = ("what", "USUBJID", "domain", "row", "sequence", "variable", "value", "why")
NOT_TAKEN, VALUE_NOT_TAKEN, REMARK = "row not taken", "value not taken", "taken, with a remark"
CHANGED = "changed since, not taken"


@dataclass
class Ledger:
    """What became of one subject's rows, or of rows that belong to nobody.

    A row is taken when something of it came into the record (`take`); what nobody took is listed, whether or not
    somebody said why.
    """

    refused: dict[tuple[str, int], tuple[Row, str, str]] = field(default_factory=dict)
    values: dict[tuple[str, int, str], tuple[Row, str]] = field(default_factory=dict)
    remarks: list[tuple[Row, str]] = field(default_factory=list)
    changes: list[tuple[Row, str]] = field(default_factory=list)
    used: set[tuple[str, int]] = field(default_factory=set)

    def take(self, rows: Iterable[Row]) -> None:
        """Something of each of these rows is in the record now."""
        self.used |= {_key(row) for row in rows}

    def refuse(self, rows: Iterable[Row] | Row, why: str, variable: str = "") -> None:
        """These rows are not taken, because of `variable` where one is to blame. The first reason stays."""
        for row in [rows] if isinstance(rows, Row) else rows:
            self.refused.setdefault(_key(row), (row, variable, why))

    def refuse_value(self, row: Row, variable: str, why: str) -> None:
        """The row is taken, this value of it is not. The first reason stays."""
        self.values.setdefault((*_key(row), variable), (row, why))

    def taken(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if _key(row) not in self.refused]

    def remark(self, row: Row, text: str) -> None:
        if (row, text) not in self.remarks:
            self.remarks.append((row, text))

    def changed(self, row: Row, why: str) -> None:
        """The subject is here already, and this is not what it was imported from."""
        self.changes.append((row, why))

    def settle(self, rows: Iterable[Row]) -> None:
        """Say of each row, at the end, what is so: used and refused in part, or of no use to anybody."""
        for row in rows:
            if _key(row) not in self.used:
                self.refuse(row, "nothing of it has a place in the record")
            elif _key(row) in self.refused:
                _, variable, why = self.refused.pop(_key(row))
                self.refuse_value(row, variable, why)

    def became(self, row: Row) -> str:
        if _key(row) in self.refused:
            return "not taken"
        partly = any(_key(of) == _key(row) for of, _ in self.values.values())
        return "partly taken" if partly else "taken"

    def lines(self) -> list[dict[str, str]]:
        noted = [(NOT_TAKEN, row, variable, why) for row, variable, why in self.refused.values()]
        noted += [(VALUE_NOT_TAKEN, row, key[2], why) for key, (row, why) in self.values.items()]
        noted += [(REMARK, row, "", text) for row, text in self.remarks]
        noted += [(CHANGED, row, "", why) for row, why in self.changes]
        return [_line(*entry) for entry in noted]


def _key(row: Row) -> tuple[str, int]:
    return row.domain, row.number


def _line(what: str, row: Row, variable: str, why: str) -> dict[str, str]:
    value = row[variable] if variable else row.own("STRESC") or row.own("DECOD") or row.own("TRT")
    cells = (what, row["USUBJID"], row.domain, str(row.number), row.own("SEQ"), variable, value, why)
    return dict(zip(COLUMNS, cells, strict=True))


@dataclass
class ImportTally:
    """Rows by domain: taken, partly taken, of another reader, there already, not taken; and why not, counted."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def count(self, rows: Iterable[Row], what: str) -> None:
        for row in rows:
            self.counts.setdefault(row.domain, Counter())[what] += 1

    def add(self, rows: Iterable[Row], ledger: Ledger) -> None:
        for row in rows:
            self.count([row], ledger.became(row))
        for line in ledger.lines():
            self.reasons[line["what"], line["domain"], line["why"]] += 1

    def changed(self) -> dict[str, int]:
        """Differences from what was imported before, by domain."""
        counts: Counter[str] = Counter()
        for (what, domain, _), count in self.reasons.items():
            counts[domain] += count if what == CHANGED else 0
        return counts


class ImportReport:
    """The file that lists what was not taken, written as subjects are done, so that it outlives a killed run."""

    def __init__(self, path: Path, *, redone: set[str]) -> None:
        """Lines about subjects that are `redone` now go, and what had changed; those of an earlier run stay."""
        kept = [line for line in _read(path) if keys.key(line["USUBJID"]) not in redone and line["what"] != CHANGED]
        self.path, self.file = path, path.open("w", newline="", encoding="utf-8")
        self.file.writelines(csv_lines([COLUMNS, *_rows(kept)]))

    def add(self, ledger: Ledger) -> None:
        self.file.write("".join(csv_lines(_rows(ledger.lines()))).removeprefix(MARK))
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def _rows(lines: Iterable[dict[str, str]]) -> list[list[str]]:
    return [[line[name] for name in COLUMNS] for line in lines]


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        return list(reader) if tuple(reader.fieldnames or ()) == COLUMNS else []
