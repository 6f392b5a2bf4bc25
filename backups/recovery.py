"""A server of its own on a restored folder: unpacked, verified file by file, recovered to a moment, open to nobody."""

import contextlib
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import quote

import psycopg

from backups.sealed import Key, Opened, SealRefused, opened
from backups.store import PARTIAL, Base, History, Store, number_at, number_of
from embedded.places import LONGEST_SOCKET_FOLDER, as_server_user, server_user
from embedded.process import Process
from embedded.programs import postgres

SUPERUSER = "postgres"
TOO_EARLY = "recovery ended before configured recovery target was reached"
GAPS = "The archive of the log has gaps: files of it are missing, and what was saved after them is lost with them."
# Whoever reaches the socket, in a folder that only the server's user may enter, is let in.
LETS_IN = "local all all trust\n"
# Neither the source's own archive nor its addresses, whatever its settings say.
SETTINGS = {
    "listen_addresses": "",
    "archive_mode": "off",
    "archive_command": "",
    "primary_conninfo": "",
    "synchronous_standby_names": "",
    "shared_preload_libraries": "",
    "ssl": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    "recovery_target_action": "promote",
    "recovery_target_timeline": "current",
}


@dataclass(frozen=True)
class Scratch:
    """The folder in which a backup is restored; on the same disk as where it is to stay."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def sockets(self) -> Path:
        """In place, or in a short folder where the address of a socket would be too long."""
        inside = self.folder / "s"
        short = Path(tempfile.gettempdir()) / f"edc-restored-{os.getpid()}"
        return inside if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER else short

    def url(self, role: str, database: str = "edc") -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def prepare(self) -> None:
        for folder in (self.folder, self.data, self.wal, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        (self.folder / "hba.conf").write_text(LETS_IN)

    def give_to_server(self) -> None:
        user = server_user()
        if user is not None:
            os.chown(self.sockets, user, user)
            for folder, _, files in os.walk(self.folder):
                for path in (folder, *(os.path.join(folder, name) for name in files)):  # noqa: PTH118  many files
                    os.chown(path, user, user, follow_symlinks=False)


def unpack(history: History, base: Base, scratch: Scratch, keys: Sequence[Key]) -> None:
    """Decrypt the base backup into the folder, and compare each file with the checksum that the server gave for it."""
    plain = Opened(history.file_of(base), keys)
    # Written by pg_basebackup and authenticated piece by piece: no name in it comes from anybody else.
    with tarfile.open(fileobj=cast(BinaryIO, plain), mode="r|", bufsize=1 << 20) as tar:
        tar.extractall(scratch.data)  # noqa: S202
    plain.drain()
    scratch.data.chmod(0o700)
    command = [str(postgres("pg_verifybackup")), "--no-parse-wal", "--exit-on-error", str(scratch.data)]
    verified = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if verified.returncode:
        raise SealRefused(f"The base backup {base.name} is not whole:\n{verified.stderr.strip()}")


def unpack_log(store: Store, history: History, base: Base, scratch: Scratch, keys: Sequence[Key]) -> bool:
    """Decrypt the log from the base backup on. Returns whether it is there up to where the archive says that it
    goes: without a segment the server would stop before it and call that the end."""
    segments = history.segments(base.first_segment)
    for path in segments:
        with (scratch.wal / path.name.removesuffix(PARTIAL)).open("wb") as plain:
            for piece in opened(path, keys):
                plain.write(piece)
    # Taken by an earlier restore: this one then begins a timeline that none has had.
    for other in store.histories():
        if other.system == history.system and other.timeline > history.timeline:
            (scratch.wal / f"{other.timeline:08X}.history").write_text("")
    archived = history.archived()
    last = number_at(archived.lsn, base.segment_bytes) if archived else 0
    numbers = set(range(number_of(base.first_segment, base.segment_bytes), last + 1))
    return numbers <= {number_of(path.name.removesuffix(PARTIAL), base.segment_bytes) for path in segments}


@contextlib.contextmanager
def recovered(scratch: Scratch, until: datetime | None, *, complete: bool, durable: bool) -> Iterator[Process]:
    """The server on the restored folder, recovered up to the moment (None: to the end of the log) and writable.

    Raises Refused where the log must go on to there and is not `complete`.
    """
    if until is None and not complete:
        raise SealRefused(GAPS)
    (scratch.data / "recovery.signal").touch()
    scratch.give_to_server()
    process = _server(scratch, until, durable)
    process.start()
    try:
        if not _opens(scratch, process):
            if not complete:
                raise SealRefused(GAPS)
            # The archive holds all that was saved until then, and the last commit was before: its end is that moment.
            process = _server(scratch, None, durable)
            process.start()
            if not _opens(scratch, process):
                raise SealRefused(f"The restored database does not start:\n{process.last_lines(20)}")
        yield process
    finally:
        process.stop()


@contextlib.contextmanager
def serving(scratch: Scratch) -> Iterator[Process]:
    """A server on a folder that was restored before, as it is."""
    process = _server(scratch, None, durable=False)
    process.start()
    try:
        _opens(scratch, process)
        yield process
    finally:
        process.stop()


def _server(scratch: Scratch, until: datetime | None, durable: bool) -> Process:
    settings = {
        **SETTINGS,
        "unix_socket_directories": f'"{scratch.sockets}"',
        "hba_file": str(scratch.folder / "hba.conf"),
        "restore_command": f'cp "{scratch.wal}/%f" "%p"',
        "fsync": "on" if durable else "off",
    }
    if until is not None:
        settings["recovery_target_time"] = until.isoformat(sep=" ")
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Process(
        name="restored database",
        command=[postgres("postgres"), "-D", scratch.data, *arguments],
        log=scratch.folder / "server.log",
        environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
        folder=scratch.data,
        options=as_server_user(),
        stop_signal=signal.SIGINT,
        patience=60,
    )


def _opens(scratch: Scratch, process: Process) -> bool:
    """Wait until it is writable; False where the log ends before the moment that it was to stop at."""
    while True:
        try:
            with connected(scratch, SUPERUSER, "postgres") as connection:
                if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                    return True
        except psycopg.OperationalError:
            pass
        if not process.running:
            output = process.last_lines(20)
            if TOO_EARLY in output:
                return False
            raise SealRefused(f"The restored database does not start:\n{output}")
        time.sleep(0.05)


@contextlib.contextmanager
def connected(scratch: Scratch, role: str, database: str = "edc") -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(scratch.url(role, database), autocommit=True) as connection:
        yield connection


def throw_away(scratch: Scratch) -> None:
    for folder in (scratch.folder, scratch.sockets):
        shutil.rmtree(folder, ignore_errors=True)
