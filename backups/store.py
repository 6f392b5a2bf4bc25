"""Where backups are: a folder for each history of a database, with its base backups and its write-ahead log.

FOLDER/SYSTEM-TIMELINE/base-20261129T201507Z.backup   a base backup, encrypted
                       base-20261129T201507Z.json     what it is, in plain text
                       wal/000000010000000000000003   segments of the log, encrypted; the last one with `.partial`
                       archived.json                  until when the log is complete

A restore begins a new timeline, and so a new folder: two histories of one database never meet.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from backups.sealed import SealRefused, flush_folder

SEGMENT = re.compile(r"[0-9A-F]{24}")
PARTIAL = ".partial"
BASE = ".backup"


@dataclass(frozen=True)
class Base:
    """What is known of a base backup. Times are UTC in ISO 8601; `keys` are names of keys and what each is for.

    `release` is that of the program that took it, "" where that did not say.
    """

    name: str
    taken_at: str
    finished_at: str
    system: str
    timeline: int
    server: str
    segment_bytes: int
    first_segment: str
    bytes: int
    key_id: str
    keys: dict[str, str]
    release: str = ""

    @property
    def finished(self) -> datetime:
        return datetime.fromisoformat(self.finished_at)


@dataclass(frozen=True)
class Archived:
    """The log is complete until this moment of the server's clock, which is this place (LSN) in it."""

    until: str
    lsn: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.until)


@dataclass(frozen=True)
class History:
    """The folder of one history of one database."""

    folder: Path

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def system(self) -> str:
        return self.folder.name.rpartition("-")[0]

    @property
    def timeline(self) -> int:
        return int(self.folder.name.rpartition("-")[2])

    def prepare(self) -> None:
        self.wal.mkdir(parents=True, exist_ok=True, mode=0o700)

    def bases(self) -> Sequence[Base]:
        """The oldest first. The description is written last: what has none was cut short."""
        return [Base(**json.loads(path.read_text())) for path in sorted(self.folder.glob("base-*.json"))]

    def archived(self) -> Archived | None:
        path = self.folder / "archived.json"
        return Archived(**json.loads(path.read_text())) if path.exists() else None

    def note_archived(self, archived: Archived) -> None:
        write_whole(self.folder / "archived.json", json.dumps(asdict(archived), indent=1))

    def describe(self, base: Base) -> None:
        write_whole(self.folder / f"{base.name}.json", json.dumps(asdict(base), indent=1))

    def file_of(self, base: Base) -> Path:
        return self.folder / f"{base.name}{BASE}"

    def forget(self, before: datetime) -> Sequence[Base]:
        """Delete what no moment from then on needs: base backups with a later one before it, and the log before the
        first that stays. Returns the deleted ones."""
        bases = self.bases()
        goes = [base for base in bases if base.finished < before][:-1]
        for base in goes:
            # The description first: without it the rest is no backup, should this be cut short.
            (self.folder / f"{base.name}.json").unlink()
            self.file_of(base).unlink(missing_ok=True)
        if goes:
            needed = bases[len(goes)].first_segment
            for path in self.wal.iterdir():
                if SEGMENT.match(path.name) and path.name < needed:
                    path.unlink()
        return goes

    def segments(self, first: str) -> Sequence[Path]:
        """The files of the log from this segment on, each once: the whole one rather than the one that was growing."""
        names = {path.name.removesuffix(PARTIAL): path for path in sorted(self.wal.iterdir(), reverse=True)}
        return [path for name, path in sorted(names.items()) if SEGMENT.fullmatch(name) and name >= first]


@dataclass(frozen=True)
class Store:
    """All histories of a folder."""

    folder: Path

    def history(self, system: str, timeline: int) -> History:
        return History(self.folder / f"{system}-{timeline}")

    def histories(self) -> Sequence[History]:
        folders = (path for path in self.folder.glob("*-*") if re.fullmatch(r"\d+-\d+", path.name))
        return [History(path) for path in sorted(folders)]

    def every_base(self) -> Sequence[tuple[History, Base]]:
        """The oldest first, of all histories."""
        pairs = [(history, base) for history in self.histories() for base in history.bases()]
        return sorted(pairs, key=lambda pair: pair[1].finished_at)

    def newest(self) -> tuple[History, Base]:
        bases = self.every_base()
        if not bases:
            raise SealRefused(f"There is no backup in {self.folder}: take one first.")
        return bases[-1]

    def before(self, moment: datetime) -> tuple[History, Base]:
        """The history that holds this moment, and its last base backup before it."""
        for history, base in reversed(self.every_base()):
            archived = history.archived()
            if base.finished <= moment and archived is not None and moment <= archived.moment:
                return history, base
        raise SealRefused(f"No backup reaches {moment:%Y-%m-%d %H:%M:%S} UTC. {self.reach()}")

    def reach(self) -> str:
        """From when until when each history can be restored, in words."""
        spans = []
        for history in self.histories():
            bases, archived = history.bases(), history.archived()
            if bases and archived is not None:
                first, last = bases[0].finished, archived.moment
                spans.append(f"from {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC")
        return "Any second can be restored " + ", and ".join(spans) + "." if spans else "There is no backup yet."


def write_whole(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".new")
    with unfinished.open("w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    flush_folder(path.parent)


def number_of(segment: str, segment_bytes: int) -> int:
    """The running number of a segment, by its name: a timeline, then 4 GB at a time, each of 8 hexadecimal digits."""
    return int(segment[8:16], 16) * (0x1_0000_0000 // segment_bytes) + int(segment[16:], 16)


def number_at(lsn: str, segment_bytes: int) -> int:
    """The number of the segment that ends with, or goes over, this place in the log."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return ((high << 32) + low - 1) // segment_bytes
