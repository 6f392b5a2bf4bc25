"""The cluster as migrations leave it, made once for all runs of the tests in this folder.

It is made anew when a migration changed, or anything that one imports. The passwords and keys are the same in all runs,
since the cluster holds them.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from embedded.installation import remove
from embedded.passwords import secrets_of
from embedded.places import PROJECT, Places

IMPORTED = re.compile(r"^\s*(?:from|import) +([\w.]+)(?: +import +([\w, ]+))?", re.MULTILINE)
FIRST = (
    *("audit/management/commands/setup_database.py", "audit/rights.py", "trialsite/settings.py", "tests/servers.py"),
    "history/apps.py",
    "history/views.py",
    *("tests/as_migrated.py", "tests/migrated.py", "constraints.txt"),
)
KEPT = 3


class Migrated:
    """`folder` is the data of a cluster that was shut down, once `is_kept`."""

    def __init__(self, kept_in: Path) -> None:
        self.kept_in = kept_in

    @property
    def secrets(self) -> Path:
        path = self.kept_in / "secrets.json"
        with self.alone():
            secrets_of(path)
        return path

    @cached_property
    def folder(self) -> Path:
        places = Places(self.kept_in / f"migrated-{digest(self.kept_in / 'secrets.json')}")
        places.prepare()
        return places.server_folder("postgres") / "data"

    @property
    def is_kept(self) -> bool:
        return self.folder.exists()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process makes it, the others wait and take it."""
        with (self.kept_in / "migrated.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def keep(self, data: Path) -> None:
        copy_as_it_is(data, self.folder)
        older = sorted(self.kept_in.glob("migrated-*"), key=lambda folder: folder.stat().st_mtime)[:-KEPT]
        for folder in older:
            remove(Places(folder))

    def take(self, data: Path) -> None:
        copy_as_it_is(self.folder, data)
        os.utime(self.folder.parent.parent)


def copy_as_it_is(source: Path, target: Path) -> None:
    """With its owner and modes, which the server insists on; all of it or nothing."""
    unfinished = target.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    subprocess.run(["cp", "-a", source, unfinished], check=True)
    unfinished.rename(target)


def digest(secrets: Path) -> str:
    """Changes with what the cluster is made from."""
    made = hashlib.sha256(secrets.read_bytes())
    for path in sorted(made_from()):
        made.update(str(path).encode() + path.read_bytes())
    return made.hexdigest()[:16]


def made_from() -> set[Path]:
    """Migrations, what sets the database up, and each module of the project that they import."""
    todo = [*PROJECT.glob("*/migrations/*.py"), *PROJECT.glob("embedded/*.py"), *(PROJECT / name for name in FIRST)]
    files: set[Path] = set()
    while todo:
        path = todo.pop()
        if path not in files:
            files.add(path)
            todo += imported(path.read_text()) if path.suffix == ".py" else ()
    return files


def imported(text: str) -> list[Path]:
    modules = []
    for module, names in IMPORTED.findall(text):
        modules += [module, *(f"{module}.{name.strip()}" for name in names.split(",") if name.strip())]
    places = [PROJECT.joinpath(*module.split(".")) for module in modules]
    files = [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
    return [file for file in files if file.exists()]
