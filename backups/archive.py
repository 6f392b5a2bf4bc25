"""Archive the write-ahead log as the server writes it: received by pg_receivewal, encrypted every few seconds.

The log waits plain in the spool, which stays on the database's own machine; the archive has it encrypted. The segment
that grows is archived again and again under the same name, so that what was saved is safe after seconds and not only
when sixteen megabytes are full.
"""

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backups.sealed import Key, SealRefused, flush_folder, seal
from backups.server import SLOT, Server
from backups.store import PARTIAL, SEGMENT, Archived, History, Store
from embedded.process import Process
from embedded.programs import postgres

LOG_IS_LOST = (
    "The server no longer keeps the log for the archive: from here to the next base backup nothing can be restored. "
    "Take a base backup now."
)


@dataclass(frozen=True)
class Archive:
    """The log of one history on its way from the server to the archive."""

    server: Server
    history: History
    spool: Path
    key: Key

    def receiver(self) -> Process:
        self.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        address, environment = self.server.for_programs(SLOT)
        # Flushed at once: what the server is told to be safe here, it throws away.
        options = ["--synchronous", "--slot", SLOT, "--no-password"]
        command = [str(postgres("pg_receivewal")), "--dbname", address, "--directory", str(self.spool), *options]
        return Process("receiver", command, self.spool / "receiver.log", environment, goes_with_us=True)

    def cycle(self, receiver: Process, patience: float = 30) -> Archived:
        """Archive all that was saved until now. Returns until when and where that was."""
        now = self.server.now()
        deadline = time.monotonic() + patience
        while not self.server.is_received(now.lsn):
            if not receiver.running:
                raise SealRefused(f"The log is not received:\n{receiver.last_lines()}")
            if time.monotonic() > deadline:
                raise SealRefused(f"The log is not received up to {now.lsn} within {patience:g} s.")
            time.sleep(0.05)
        self._archive_spool(now)
        self.history.note_archived(now)
        return now

    def _archive_spool(self, until: Archived) -> None:
        # The growing one first: if it becomes whole meanwhile, it is there for the second step.
        before = self.history.archived()
        if before is None or before.lsn != until.lsn:
            for path in sorted(self.spool.glob(f"*{PARTIAL}")):
                with contextlib.suppress(FileNotFoundError):
                    self._seal(path)
        for path in sorted(self.spool.iterdir()):
            if SEGMENT.fullmatch(path.name):
                self._seal(path)
                (self.history.wal / f"{path.name}{PARTIAL}").unlink(missing_ok=True)
                path.unlink()
        flush_folder(self.history.wal)

    def _seal(self, path: Path) -> None:
        with path.open("rb") as plain:
            seal(plain, self.history.wal / path.name, self.key)


@contextlib.contextmanager
def only_archiver(spool: Path, *, waits: bool) -> Iterator[bool]:
    """Hold the spool, so that one program archives; False where another holds it and this one does not wait."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (spool / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def archive_of(server: Server, store: Store, spool: Path, key: Key) -> Archive:
    """The archive of the history that the server is in; it has one once a base backup was taken."""
    identity = server.identity()
    history = store.history(identity.system, identity.timeline)
    if not history.bases():
        raise SealRefused("There is no base backup of this database to archive the log for: take one first.")
    if not server.log_is_kept():
        raise SealRefused(LOG_IS_LOST)
    return Archive(server, history, spool / history.folder.name, key)


def archive_once(server: Server, store: Store, spool: Path, key: Key) -> Archived:
    """Archive what was saved until now; where a program does so already, wait for it."""
    now = server.now().moment
    with only_archiver(spool, waits=False) as ours:
        archive = archive_of(server, store, spool, key)
        if not ours:
            return _wait_for_other(archive.history, lambda archived: archived.moment >= now)
        with receiving(archive) as receiver:
            return archive.cycle(receiver)


def _wait_for_other(history: History, enough: Callable[[Archived], bool], patience: float = 90) -> Archived:
    deadline = time.monotonic() + patience
    while (archived := history.archived()) is None or not enough(archived):
        if time.monotonic() > deadline:
            raise SealRefused("Another program archives the log and does not get on: look into its log.")
        time.sleep(0.2)
    return archived


@contextlib.contextmanager
def receiving(archive: Archive) -> Iterator[Process]:
    receiver = archive.receiver()
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()
