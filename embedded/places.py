"""Where an embedded installation keeps its files, and as whom its servers run.

PostgreSQL refuses to run as root, so root starts the servers as `nobody`. They then need folders that `nobody` can
reach: inside the project where the way there is open, else under /var/lib with a link from the project.
"""

import hashlib
import os
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
NOBODY = 65534
SHELTER = Path("/var/lib/oncology-edc")
# sun_path holds 108 bytes with its closing zero; the longest name that we put in the folder is ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


class CannotStart(Exception):
    """A reason, in words for the person at the terminal, why the installation cannot start."""


@dataclass(frozen=True)
class Places:
    """The folders of one installation: var/run, var/real or a test session's own."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def environment(self) -> Path:
        return self.root / "environment"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def processes(self) -> Path:
        return self.root / "processes.json"

    @property
    def sockets(self) -> Path:
        """The servers' socket folder: in place, or a short one where the address would be too long."""
        inside = self.server_folder("s")
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        return Path(tempfile.gettempdir()) / f"edc-{os.getuid()}-{_digest(self.root)}"

    def server_folder(self, name: str) -> Path:
        """The folder of a server: in place, or sheltered where `nobody` could not reach it."""
        inside = self.root / name
        if server_user() is None or open_to_all(self.root.parent):
            return inside
        return SHELTER / _digest(self.root) / name

    def prepare(self) -> None:
        """Make the folders, each with the owner and mode that its users need."""
        for folder in (self.root, self.logs):
            _make(folder)
        for name in ("postgres", "valkey", "s"):
            folder = self.server_folder(name)
            _make_for_server(folder)
            if folder != self.root / name:
                _link(self.root / name, folder)
        _make_for_server(self.sockets)


def server_user() -> int | None:
    """The user id that the servers drop to; None where they run as who we are."""
    return NOBODY if os.geteuid() == 0 else None


def as_server_user() -> dict[str, object]:
    """Arguments for subprocess that start a program as the servers' user."""
    user = server_user()
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def open_to_all(folder: Path) -> bool:
    """True when any user may pass through the folder and all above it."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return all(parent.stat().st_mode & 0o001 for parent in (existing, *existing.parents))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The folder {folder} cannot be made: {error.strerror}.") from error
    # Not through a link: in the shared temporary folder somebody else may have laid one to a folder that matters.
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), server_user()):
        raise CannotStart(f"The folder {folder} belongs to another user. Remove it, or run as that user.")


def _make_for_server(folder: Path) -> None:
    _make(folder)
    folder.chmod(0o700)
    user = server_user()
    if user is not None:
        os.chown(folder, user, user)


def _link(name: Path, target: Path) -> None:
    if not name.is_symlink():
        name.symlink_to(target)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
