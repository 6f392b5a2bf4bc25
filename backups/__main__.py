"""python -m backups take|archive|check|restore|status: backups of the database that BACKUP_DATABASE_URL names."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import psycopg

from backups.archive import archive_of, archive_once, only_archiver, receiving
from backups.base import take_base
from backups.notes import BackupNotes
from backups.recovery import Scratch, throw_away
from backups.restoring import Restored, check, restore, source_of
from backups.sealed import NAME, Key, SealRefused, keys_of
from backups.server import Server, moment_of
from backups.store import Base, Store
from embedded.places import CannotStart


@dataclass(frozen=True)
class BackupSettings:
    """What the environment says: BACKUP_KEYS, BACKUP_DATABASE_URL, BACKUP_FOLDER, BACKUP_SPOOL, BACKUP_SCRATCH, and
    STATUS_OF_BACKUPS, where the status page looks."""

    keys: Sequence[Key]
    store: Store
    notes: BackupNotes

    @property
    def server(self) -> Server:
        return Server(named("BACKUP_DATABASE_URL"))

    @property
    def spool(self) -> Path:
        return Path(named("BACKUP_SPOOL"))


def named(name: str) -> str:
    if not os.environ.get(name):
        raise SealRefused(f"{name} is not set: docs/operators.md says what it is.")
    return os.environ[name]


def environment() -> BackupSettings:
    return BackupSettings(
        keys_of(os.environ.get(NAME, "")), Store(Path(named("BACKUP_FOLDER"))), BackupNotes.of_the_environment()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    try:
        chosen.do(environment(), chosen)
    except (SealRefused, CannotStart, psycopg.OperationalError) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m backups", description=__doc__)
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    takes = commands.add_parser("take", help="take a base backup, archive the log up to now, and check both")
    takes.add_argument("--no-check", action="store_true", help="do not restore it into a scratch server")
    takes.set_defaults(do=take)
    archives = commands.add_parser("archive", help="archive the log every few seconds until it is told to stop")
    archives.add_argument("--every", type=float, default=10, metavar="SECONDS")
    archives.add_argument("--base-every", type=float, default=0, metavar="HOURS", help="take base backups this often")
    archives.add_argument("--keep", type=float, default=0, metavar="DAYS", help="delete what no later moment needs")
    archives.set_defaults(do=archive)
    commands.add_parser("check", help="restore into a scratch server and verify").set_defaults(do=check_all)
    restores = commands.add_parser("restore", help="restore into a folder for PostgreSQL, which must be empty")
    restores.add_argument("--to", default="", metavar="MOMENT", help="2026-11-29 20:15:07 (UTC); without it, the end")
    restores.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    restores.add_argument("--anyway", action="store_true", help="even where trail or signatures do not verify")
    restores.set_defaults(do=restore_into)
    states = commands.add_parser("status", help="which backups there are, and until when the log is archived")
    states.add_argument("--max-age", type=float, metavar="SECONDS", help="end with 1 where the log is older")
    states.set_defaults(do=status)
    return made


def take(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    began = time.monotonic()
    history, base = take_base(settings.server, settings.store, settings.keys[0])
    seconds = time.monotonic() - began
    settings.notes.taken(base)
    say(f"{history.folder / base.name}.backup: {base.bytes / 1e6:.1f} MB in {seconds:.1f} s")
    say_keys(base)
    if chosen.no_check:
        settings.notes.archived(archive_once(settings.server, settings.store, settings.spool, settings.keys[0]))
    else:
        check_all(settings, chosen)


def say_keys(base: Base) -> None:
    say(f"Encrypted with the backup key {base.key_id}. A restore needs, kept somewhere else than the backup:")
    for name, what in base.keys.items():
        say(f"  {name}: {what}")


def check_all(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    """Archive what was saved until now, restore all of it elsewhere, and compare."""
    before = settings.server.counts()
    archived = archive_once(settings.server, settings.store, settings.spool, settings.keys[0])
    settings.notes.archived(archived)
    source = source_of(settings.store, settings.keys, None)
    scratch = Scratch(Path(tempfile.mkdtemp(prefix="edc-check-", dir=os.environ.get("BACKUP_SCRATCH"))))
    began = time.monotonic()
    try:
        restored = check(source, settings.server, scratch, before, say)
    finally:
        throw_away(scratch)
    settings.notes.checked(source.base, len(restored.faults))
    if restored.faults:
        raise SealRefused("\n".join(["The backup is not what it should be:", *restored.faults]))
    say(f"Restored and verified in {time.monotonic() - began:.1f} s: {rows(restored)}, as in the database.")
    say(f"Saved until {archived.moment:%Y-%m-%d %H:%M:%S} UTC is in it.")


def restore_into(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    until = moment_of(chosen.to) if chosen.to else None
    began = time.monotonic()
    source = source_of(settings.store, settings.keys, until)
    say(f"{settings.store.reach()} Restoring {source.base.name}, taken by release {source.base.release or 'unknown'}.")
    restored = restore(source, chosen.into, say, anyway=chosen.anyway)
    last = restored.last_commit
    say(f"Restored in {time.monotonic() - began:.1f} s: {rows(restored)}.")
    say("Nothing was saved since the base backup." if last is None else f"The last save in it is of {last:%F %T} UTC.")


def rows(restored: Restored) -> str:
    return f"{len(restored.counts)} tables with {sum(restored.counts.values())} rows"


def status(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    history, base = settings.store.newest()
    say(settings.store.reach())
    taken_by = f"release {base.release or 'unknown'}, key {base.key_id}"
    say(f"The newest base backup is {base.name}, {base.bytes / 1e6:.1f} MB, {taken_by}.")
    archived = history.archived()
    if chosen.max_age is not None:
        age = None if archived is None else (datetime.now(UTC) - archived.moment).total_seconds()
        if age is None or age > chosen.max_age:
            raise SealRefused(f"The log is not archived: the last time was {age or 0:.0f} s ago.")


class Stopped(Exception):
    """The program was told to stop."""


def archive(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    """Until it is told to stop, and once more then."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    with only_archiver(settings.spool, waits=True):
        try:
            while True:
                _archive_while_it_lasts(settings, chosen)
                time.sleep(chosen.every)
        except Stopped:
            pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _archive_while_it_lasts(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    """Return, having said why, when the server is away or the log cannot be received: the caller tries again."""
    try:
        _base_where_due(settings, chosen)
        made = archive_of(settings.server, settings.store, settings.spool, settings.keys[0])
        with receiving(made) as receiver:
            try:
                while True:
                    settings.notes.archived(made.cycle(receiver))
                    time.sleep(chosen.every)
                    _base_where_due(settings, chosen)
            except Stopped:
                settings.notes.archived(made.cycle(receiver))
                raise
    except (SealRefused, psycopg.OperationalError, OSError) as reason:
        say(f"{datetime.now(UTC):%F %T} {reason}")


def _base_where_due(settings: BackupSettings, chosen: argparse.Namespace) -> None:
    """Take one where there is none to restore from: at first, after a restore, when the log was lost on the way."""
    identity = settings.server.identity()
    history, hours = settings.store.history(identity.system, identity.timeline), chosen.base_every
    bases = history.bases()
    if not bases or not settings.server.log_is_kept() or (hours and _older(bases[-1], hours)):
        _, base = take_base(settings.server, settings.store, settings.keys[0])
        settings.notes.taken(base)
        say(f"{datetime.now(UTC):%F %T} A base backup was taken.")
    if chosen.keep:
        for base in history.forget(datetime.now(UTC) - timedelta(days=chosen.keep)):
            say(f"{datetime.now(UTC):%F %T} {base.name} was deleted: it is older than {chosen.keep:g} days.")


def _older(base: Base, hours: float) -> bool:
    return datetime.now(UTC) - base.finished > timedelta(hours=hours)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
