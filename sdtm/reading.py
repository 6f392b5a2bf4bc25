"""The datasets of a folder as rows of text, whichever of the exchange formats they come in."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sdtm import dates, keys
from sdtm.dataset_json import table_of
from sdtm.encodings import Notes, Unreadable, WrongEncoding, decoded, first_that_reads
from sdtm.separators import separator_of

DOMAINS = ("DM", "EX", "DS", "TU", "TR", "RS")
NEEDED = {
    "DM": ("USUBJID", "SITEID"),
    "EX": ("USUBJID", "EXTRT", "EXSTDTC"),
    "DS": ("USUBJID", "DSDECOD", "DSSTDTC"),
    "TU": ("USUBJID", "TULNKID", "TUSTRESC"),
    "TR": ("USUBJID", "TRTESTCD", "TRLNKID"),
    "RS": ("USUBJID", "RSTESTCD", "RSSTRESC"),
}
# Of a file whose columns part at semicolons nobody knows which mark is the decimal one.
DECIMAL_MARK = {",": ".", ";": "", "\t": "", "|": ""}


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row of a dataset, numbered from 1 as in its file. A variable that is absent or null reads as "".

    `visit` is the visit as all domains know it (sdtm.visits), `damage` why the row as a whole cannot be read.
    """

    domain: str
    number: int
    values: Mapping[str, str] = field(repr=False)
    decimal_mark: str = "."
    visit: str = ""
    damage: str = ""

    def __getitem__(self, variable: str) -> str:
        return self.values.get(variable, "")

    def own(self, name: str) -> str:
        """A variable of the domain's own: `own("DTC")` of a TR row is TRDTC."""
        return self[self.domain + name]

    def term(self, variable: str) -> str:
        """A term of a code list as it is compared: capital letters, single blanks."""
        return keys.term(self[variable])

    def day(self, variable: str = "") -> dates.SdtmDay:
        """A date of the row; without a name the one on which what it tells took place."""
        return dates.read(self[variable or self.domain + DATED.get(self.domain, "DTC")])

    @property
    def subject(self) -> str:
        return keys.key(self["USUBJID"])

    @property
    def link(self) -> str:
        """The lesion that a row of TU or TR is about."""
        return keys.key(self.own("LNKID"))

    @property
    def test(self) -> str:
        return self.term(self.domain + "TESTCD")


DATED = {"EX": "STDTC", "DS": "STDTC", "DM": "DTC"}


def read_folder(folder: Path, encoding: str = "", notes: Notes | None = None) -> dict[str, list[Row]]:
    """Every row of each domain; a domain without a file has none. Raises Unreadable.

    `encoding` is that of files which do not say it themselves; what had to be guessed is added to `notes`.
    """
    if not folder.is_dir():
        raise Unreadable(f"{folder} is not a folder.")
    files = {domain: _file_of(folder, domain) for domain in DOMAINS}
    if files["DM"] is None:
        names = ", ".join(f"dm{suffix}" for suffix in READERS)
        raise Unreadable(f"{folder} has no DM dataset ({names}): without it nobody is known.")
    notes = notes if notes is not None else Notes()
    return {domain: read_file(path, domain, encoding, notes) if path else [] for domain, path in files.items()}


def _file_of(folder: Path, domain: str) -> Path | None:
    stems = (domain.lower(), f"{domain.lower()}_onco")
    files = [path for path in folder.iterdir() if path.suffix.lower() in READERS and path.stem.lower() in stems]
    if len(files) > 1:
        names = " and ".join(sorted(path.name for path in files))
        raise Unreadable(f"{folder} has {domain} more than once: {names}. Leave the one that counts.")
    return files[0] if files else None


def read_file(path: Path, domain: str, encoding: str = "", notes: Notes | None = None) -> list[Row]:
    source = SourceFile(path, encoding, notes if notes is not None else Notes())
    try:
        if path.stat().st_size == 0:
            raise Unreadable(f"{path.name} is empty: not even the names of variables are in it.")
        rows = [_row(domain, number, values, source) for number, values in enumerate(_of_kind(source), start=1)]
    except Unreadable:
        raise
    except Exception as error:
        # Each library has errors of its own for a damaged file; to the person at the terminal they are one.
        raise Unreadable(f"{path.name} cannot be read: {error}") from error
    _refuse_another_domain(path, domain, rows)
    return rows


def _refuse_another_domain(path: Path, domain: str, rows: list[Row]) -> None:
    whole = next((row for row in rows if not row.damage), None)
    lacking = [name for name in NEEDED[domain] if whole and name not in whole.values]
    if lacking:
        raise Unreadable(f"{path.name} lacks the variable {' and '.join(lacking)}: it is no {domain} dataset.")
    stated = sorted({row.term("DOMAIN") for row in rows} - {"", domain})
    if stated:
        raise Unreadable(f"{path.name} says that it is {' and '.join(stated)}: it is no {domain} dataset.")


@dataclass
class SourceFile:
    """A file being read. `decimal_mark` is known once its first line was seen."""

    path: Path
    encoding: str
    notes: Notes
    decimal_mark: str = "."

    def text(self) -> str:
        return decoded(self.path.read_bytes(), self.path.name, self.encoding, self.notes)


def _of_kind(source: SourceFile) -> Iterable[dict[str, Any]]:
    return READERS[source.path.suffix.lower()](source)


def _row(domain: str, number: int, values: dict[str, Any], source: SourceFile) -> Row:
    damage = values.pop(DAMAGE, "")
    texts = {str(name).strip().upper(): _text(value) for name, value in values.items()}
    texts.pop(NUMBER_OF_ROW, None)
    return Row(domain, number, texts, source.decimal_mark, damage=damage)


def _text(value: Any) -> str:
    """Numbers without what a binary float adds; everything else as it was written, without outer blanks.

    Null characters and halves of surrogate pairs, which JSON can hold, are in no text: neither the record nor the list
    of what was not taken could keep them.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return format(value, ".12g")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).replace("\0", "").encode(errors="replace").decode().strip()


# Dataset-JSON 1.0 numbers the rows of a file: that says nothing of what they hold.
NUMBER_OF_ROW = "ITEMGROUPDATASEQ"
# The name under which a reader hands over why it could not take a row apart.
DAMAGE = "\0damage"


def _csv(source: SourceFile) -> Iterator[dict[str, Any]]:
    text = source.text()
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = separator_of(first)
    source.decimal_mark = DECIMAL_MARK[mark]
    names: list[str] = []
    # Line ends stay as they are: one inside of quotation marks belongs to its value.
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
        if not names:
            names = _each_once(cells, source) if any(cells) else []
        elif any(cell.strip() for cell in cells):
            yield _cells(names, cells)


def _each_once(names: list[str], source: SourceFile) -> list[str]:
    known = [name for name in (name.strip().upper() for name in names) if name]
    if twice := sorted({name for name in known if known.count(name) > 1}):
        raise Unreadable(f"{source.path.name} names {' and '.join(twice)} twice: which column counts, nobody knows.")
    return names


def _cells(names: list[str], cells: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(zip(names, cells, strict=False))
    surplus = cells[len(names) :]
    if len(cells) < len(names) or any(_text(cell) for cell in surplus):
        values[DAMAGE] = f"the row has {len(cells)} values, the first line names {len(names)}"
    return values


def _xpt(source: SourceFile) -> Iterator[dict[str, Any]]:
    import pyreadstat

    def read(encoding: str) -> dict[str, Any]:
        try:
            columns, _ = pyreadstat.read_xport(str(source.path), output_format="dict", encoding=encoding)
        except pyreadstat.ReadstatError as error:
            # The library has one error for everything, and tells it apart by its words.
            if "convert string" in str(error):
                raise WrongEncoding from error
            raise
        return dict(columns)

    columns = first_that_reads(source.path.name, source.encoding, source.notes, read)
    names = list(columns)
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(names, (getattr(value, "item", lambda value=value: value)() for value in values), strict=True))


def _parquet(source: SourceFile) -> Iterable[dict[str, Any]]:
    import pyarrow.parquet

    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(source.path).to_pylist()
    return rows


def _dataset_json(source: SourceFile) -> Iterator[dict[str, Any]]:
    return _table(source, json.loads(source.text(), parse_float=str))


def _dataset_ndjson(source: SourceFile) -> Iterator[dict[str, Any]]:
    head, *rows = (json.loads(line, parse_float=str) for line in source.text().split("\n") if line.strip())
    return _table(source, {**head, "rows": rows} if isinstance(head, dict) else head)


def _table(source: SourceFile, content: Any) -> Iterator[dict[str, Any]]:
    names, rows = table_of(content, source.path.name)
    _each_once(names, source)
    return (_cells(names, ["" if value is None else value for value in row]) for row in rows)


READERS: dict[str, Callable[[SourceFile], Iterable[dict[str, Any]]]] = {
    ".csv": _csv,
    ".xpt": _xpt,
    ".parquet": _parquet,
    ".json": _dataset_json,
    ".ndjson": _dataset_ndjson,
}
