"""Take a base backup: what pg_basebackup sends goes encrypted to the disk, and never plain."""

import re
import subprocess
from datetime import UTC, datetime

from backups.keys import NEEDED
from backups.sealed import PIECE, Key, SealedFile, SealRefused
from backups.server import Server
from backups.store import Base, History, Store
from embedded.places import RELEASE
from embedded.programs import postgres

START = re.compile(r"write-ahead log start point: ([0-9A-F]+)/([0-9A-F]+) on timeline (\d+)")


def take_base(server: Server, store: Store, key: Key) -> tuple[History, Base]:
    """A base backup with the log that it needs itself; the server keeps what follows until that is archived."""
    identity = server.identity()
    history = store.history(identity.system, identity.timeline)
    history.prepare()
    server.keep_log()
    began = datetime.now(UTC)
    name = f"base-{began:%Y%m%dT%H%M%SZ}"
    path = history.folder / f"{name}.backup"
    start = _receive(server, SealedFile(path, key))
    base = Base(
        name=name,
        taken_at=began.isoformat(),
        finished_at=server.now().until,
        system=identity.system,
        timeline=identity.timeline,
        server=identity.version,
        segment_bytes=identity.segment_bytes,
        first_segment=_segment(start, identity.segment_bytes),
        bytes=path.stat().st_size,
        key_id=key.id,
        keys=NEEDED,
        release=RELEASE,
    )
    history.describe(base)
    return history, base


def _receive(server: Server, sealed: SealedFile) -> str:
    """What the program says, which is where the log of the backup starts."""
    # With the log that was written meanwhile, so that a base backup is of use without any archive.
    options = ["--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--verbose", "--no-password"]
    address, environment = server.for_programs("edc_base_backup")
    command = [str(postgres("pg_basebackup")), "--dbname", address, "--pgdata=-", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as program:
        try:
            assert program.stdout is not None and program.stderr is not None
            # It says a few lines, less than a pipe holds, so that they can be read at the end.
            while data := program.stdout.read(PIECE):
                sealed.write(data)
            output = program.stderr.read().decode()
            if program.wait():
                raise SealRefused(f"The base backup failed:\n{output.strip()}")
            sealed.close()
        except BaseException:
            program.kill()
            sealed.abandon()
            raise
    return output


def _segment(output: str, segment_bytes: int) -> str:
    start = START.search(output)
    assert start is not None, output
    high, low, timeline = int(start[1], 16), int(start[2], 16), int(start[3])
    return f"{timeline:08X}{high:08X}{low // segment_bytes:08X}"
