"""Restore a backup into a scratch server, and see there whether it is whole: the trail, the signatures, the rows.

A restore that is to stay ends every session, token and password link, and gives the roles the passwords of this
installation; then the folder is moved to its place, in one step, and nothing was changed before.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from backups.recovery import SUPERUSER, Scratch, connected, recovered, throw_away, unpack, unpack_log
from backups.sealed import Key, SealRefused, flush_folder
from backups.server import Server, counts_of
from backups.store import Base, History, Store
from embedded.places import PROJECT

# The roles by which Django connects to the restored server; each has its address in this setting.
ROLES = {"DATABASE_URL": "edc_worker", "DATABASE_OWNER_URL": "edc_owner"}
VERIFIED_BY = ("verify_trail", "verify_signatures")
Say = Callable[[str], None]


@dataclass
class Restored:
    """What is known of a restored database: seconds by step, rows by table, what did not verify."""

    base: Base
    seconds: dict[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    last_commit: datetime | None = None
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, say: Say) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began
        say(f"{name}: {self.seconds[name]:.1f} s")


@dataclass(frozen=True)
class BackupSource:
    """The backup to restore, and up to which moment (None: everything that was archived)."""

    store: Store
    keys: Sequence[Key]
    history: History
    base: Base
    until: datetime | None


def source_of(store: Store, keys: Sequence[Key], until: datetime | None) -> BackupSource:
    history, base = store.newest() if until is None else store.before(until)
    return BackupSource(store, keys, history, base, until)


def check(source: BackupSource, server: Server, scratch: Scratch, before: Mapping[str, int], say: Say) -> Restored:
    """Restore into a server that is thrown away; `before` are the rows that the running one had before the archive
    was complete. A table that is written meanwhile has as many now, or between then and now."""
    restored = _restored(source, scratch, say, stays=False)
    after = server.counts()
    for table in sorted(before.keys() | after.keys() | restored.counts.keys()):
        now, least, most = restored.counts.get(table), *sorted((before.get(table, 0), after.get(table, 0)))
        if now is None or not least <= now <= most:
            restored.faults.append(f"{table} has {now} rows in the backup, {before.get(table)} in the database")
    return restored


def restore(source: BackupSource, target: Path, say: Say, *, anyway: bool) -> Restored:
    """Restore into the folder `target`, which must not be there yet. Raises Refused where it does not verify."""
    if target.exists() and any(target.iterdir()):
        raise SealRefused(f"{target} is not empty: move what is there aside first.")
    scratch = Scratch(target.with_name(f"{target.name}-restoring"))
    throw_away(scratch)
    try:
        restored = _restored(source, scratch, say, stays=True)
        if restored.faults and not anyway:
            raise SealRefused("\n".join([*restored.faults, "Nothing was changed. --anyway restores it as it is."]))
        if target.exists():
            target.rmdir()
        scratch.data.rename(target)
        flush_folder(target.parent)
    finally:
        throw_away(scratch)
    return restored


def _restored(source: BackupSource, scratch: Scratch, say: Say, *, stays: bool) -> Restored:
    restored = Restored(source.base)
    scratch.prepare()
    with restored.step("Base backup decrypted and compared with its checksums", say):
        unpack(source.history, source.base, scratch, source.keys)
    with restored.step("Log decrypted", say):
        complete = unpack_log(source.store, source.history, source.base, scratch, source.keys)
    began = time.monotonic()
    with recovered(scratch, source.until, complete=complete, durable=stays):
        restored.seconds["Log replayed"] = time.monotonic() - began
        say(f"Log replayed: {restored.seconds['Log replayed']:.1f} s")
        _look(restored, scratch, say)
        if stays:
            with restored.step("Sessions, tokens and password links ended", say):
                _run(scratch, "end_access", "--reason", _reason(source))
            _set_passwords(scratch)
    return restored


def _look(restored: Restored, scratch: Scratch, say: Say) -> None:
    with connected(scratch, SUPERUSER) as connection:
        restored.counts = counts_of(connection)
        row = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    restored.last_commit = row[0] if row else None
    for command in VERIFIED_BY:
        with restored.step(command, say):
            try:
                say(_run(scratch, command))
            except SealRefused as refusal:
                restored.faults.append(str(refusal))


def _run(scratch: Scratch, *arguments: str) -> str:
    """What a management command prints on the restored server."""
    environment = {**os.environ, **{name: scratch.url(role) for name, role in ROLES.items()}}
    # Another version of the protocol may have been in force at that moment: the trail is verified all the same.
    command = [sys.executable, "manage.py", *arguments, "--skip-checks"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SealRefused(f"{arguments[0]} on the restored database:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout.strip()


def _reason(source: BackupSource) -> str:
    to = "its end" if source.until is None else f"{source.until:%Y-%m-%d %H:%M:%S} UTC"
    return f"restored from the backup {source.base.name} up to {to}"


def _set_passwords(scratch: Scratch) -> None:
    """The roles' passwords are those of the day of the backup: from here on they are this installation's."""
    names = ("DATABASE_URL", "WORKER_DATABASE_URL", "DATABASE_OWNER_URL", "BACKUP_DATABASE_URL")
    connections = [psycopg.conninfo.conninfo_to_dict(os.environ[name]) for name in names if os.environ.get(name)]
    passwords = {str(role["user"]): str(role["password"]) for role in connections if role.get("password")}
    if os.environ.get("SUPERUSER_PASSWORD"):
        passwords[SUPERUSER] = os.environ["SUPERUSER_PASSWORD"]
    with connected(scratch, SUPERUSER, "postgres") as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role in known & passwords.keys():
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(passwords[role])))
