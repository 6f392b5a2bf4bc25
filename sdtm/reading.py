"""The datasets of a folder as rows of text, whichever of the exchange formats they come in."""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

DOMAINS = ("DM", "EX", "DS", "TU", "TR", "RS")
NEEDED = {
    "DM": ("USUBJID", "SITEID"),
    "EX": ("USUBJID", "EXTRT", "EXSTDTC"),
    "DS": ("USUBJID", "DSDECOD", "DSSTDTC"),
    "TU": ("USUBJID", "TULNKID", "TUSTRESC"),
    "TR": ("USUBJID", "TRTESTCD", "TRLNKID"),
    "RS": ("USUBJID", "RSTESTCD", "RSSTRESC"),
}


class Unreadable(Exception):
    """A folder or file that is not SDTM data as this program reads it; the message says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row of a dataset, numbered from 1 as in its file. A variable that is absent or null reads as ""."""

    domain: str
    number: int
    values: Mapping[str, str] = field(repr=False)

    def __getitem__(self, variable: str) -> str:
        return self.values.get(variable, "")

    def own(self, name: str) -> str:
        """A variable of the domain's own: `own("DTC")` of a TR row is TRDTC."""
        return self[self.domain + name]

    @property
    def subject(self) -> str:
        return self["USUBJID"]


def read_folder(folder: Path) -> dict[str, list[Row]]:
    """Every row of each domain; a domain without a file has none. Raises Unreadable."""
    if not folder.is_dir():
        raise Unreadable(f"{folder} is not a folder.")
    files = {domain: _file_of(folder, domain) for domain in DOMAINS}
    if files["DM"] is None:
        wanted = ", ".join(f"dm{suffix}" for suffix in READERS)
        raise Unreadable(f"{folder} has no DM dataset ({wanted}): without it nobody is known.")
    return {domain: read_file(path, domain) if path else [] for domain, path in files.items()}


def _file_of(folder: Path, domain: str) -> Path | None:
    stems = (domain.lower(), f"{domain.lower()}_onco")
    found = [path for path in folder.iterdir() if path.suffix.lower() in READERS and path.stem.lower() in stems]
    if len(found) > 1:
        names = " and ".join(sorted(path.name for path in found))
        raise Unreadable(f"{folder} has {domain} more than once: {names}. Leave the one that counts.")
    return found[0] if found else None


def read_file(path: Path, domain: str) -> list[Row]:
    try:
        rows = [
            Row(domain, number, {name.upper(): _text(value) for name, value in values.items()})
            for number, values in enumerate(READERS[path.suffix.lower()](path), start=1)
        ]
    except Unreadable:
        raise
    except Exception as error:
        # Each library has errors of its own for a damaged file; to the person at the terminal they are one.
        raise Unreadable(f"{path.name} cannot be read: {error}") from error
    lacking = [name for name in NEEDED[domain] if rows and name not in rows[0].values]
    if lacking:
        raise Unreadable(f"{path.name} lacks the variable {' and '.join(lacking)}: it is no {domain} dataset.")
    return rows


def _text(value: Any) -> str:
    """Numbers without what a binary float adds; everything else as it was written, without outer blanks."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return format(value, ".12g")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file, strict=True):
            if None in row or None in row.values():
                raise Unreadable(f"{path.name}: a row has more or fewer values than the first line has names.")
            yield row


def _xpt(path: Path) -> Iterator[dict[str, Any]]:
    import pyreadstat

    columns, _ = pyreadstat.read_xport(path, output_format="dict")
    names = list(columns)
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(names, (getattr(value, "item", lambda value=value: value)() for value in values), strict=True))


def _parquet(path: Path) -> Iterable[dict[str, Any]]:
    import pyarrow.parquet

    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return rows


def _dataset_json(path: Path) -> Iterator[dict[str, Any]]:
    told = json.loads(path.read_text(encoding="utf-8"), parse_float=str)
    return _dataset_rows(path, told, told.get("rows", []))


def _dataset_ndjson(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        told, *rows = (json.loads(line, parse_float=str) for line in file if line.strip())
    return _dataset_rows(path, told, rows)


def _dataset_rows(path: Path, told: Any, rows: Sequence[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    if not isinstance(told, dict) or "columns" not in told:
        raise Unreadable(f"{path.name} is not Dataset-JSON: it has no columns.")
    names = [column["name"] for column in told["columns"]]
    return (dict(zip(names, row, strict=True)) for row in rows)


READERS: dict[str, Callable[[Path], Iterable[dict[str, Any]]]] = {
    ".csv": _csv,
    ".xpt": _xpt,
    ".parquet": _parquet,
    ".json": _dataset_json,
    ".ndjson": _dataset_ndjson,
}
