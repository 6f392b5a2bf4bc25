"""`make backup` and `make restore`: the embedded database's backups, taken while it runs or not, restored while not."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from embedded.installation import Installation, lasting, servers
from embedded.places import PROJECT, CannotStart
from embedded.supervisor import clear_leftovers, only_one, running_supervisor

NONE_OF_OURS = "The database is your own: `python -m backups` with BACKUP_DATABASE_URL backs it up (docs/operators.md)."


def backup(name: str, arguments: list[str], console: Console) -> int:
    """Run `python -m backups`, with the database that it is about."""
    installation = lasting(name)
    with _database_of(installation, console):
        return _backups(installation, *arguments)


def restore(name: str, to: str, anyway: bool, console: Console) -> int:
    """Put the database back to a moment (UTC; "" is the end of the backup); what is there now is kept aside."""
    installation = lasting(name)
    if installation.database is None:
        raise CannotStart(NONE_OF_OURS)
    folder = installation.database.folder
    with only_one(installation.places, ""):
        clear_leftovers(installation.places, console)
        restored = folder.with_name("restored")
        options = ["--to", to] if to else []
        options += ["--anyway"] if anyway else []
        if code := _backups(installation, "restore", "--into", str(restored), *options):
            return code
        _put_in_place(restored, folder, console)
    return 0


def _put_in_place(restored: Path, folder: Path, console: Console) -> None:
    if folder.exists():
        aside = folder.with_name(f"data-before-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
        folder.rename(aside)
        console.print(f"The database as it was until now is kept in {aside}: delete it when it is not needed.")
    restored.rename(folder)
    console.print("Restored. Start it, and take a backup: what is saved from now on is not in the old one.")


@contextmanager
def _database_of(installation: Installation, console: Console) -> Iterator[None]:
    if installation.database is None:
        raise CannotStart(NONE_OF_OURS)
    if running_supervisor(installation.places):
        yield
        return
    with only_one(installation.places, ""):
        clear_leftovers(installation.places, console)
        with servers(installation):
            yield


def _backups(installation: Installation, *arguments: str) -> int:
    environment = {**os.environ, **installation.environment, **installation.for_setup, **installation.for_backups}
    return subprocess.run([sys.executable, "-m", "backups", *arguments], cwd=PROJECT, env=environment).returncode
