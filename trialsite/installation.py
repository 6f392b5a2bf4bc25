"""Which installation of this machine a program belongs to that was started by itself, without an environment.

`make run` leaves the addresses of its servers in var/NAME/environment for as long as it runs.
"""

import fcntl
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FILE, LOCK = "environment", "lock"


def environment_file(var: Path, name: str = "") -> Path | None:
    """The addresses of the installation of that name; without one, of the only one that runs, None where none does.

    Raises ImproperlyConfigured where the one that is named does not run, and where several run and none is named.
    """
    running = sorted(file.parent.name for file in var.glob(f"*/{FILE}") if is_running(file.parent))
    listed = f"Running here: {', '.join(running) or 'none'}."
    if name and name not in running:
        start = f"make run TRIAL={name} starts it; make manage TRIAL={name} ARGS=... runs one command with its servers."
        raise ImproperlyConfigured(f"The installation {name} is not running. {listed} {start}")
    if not name and len(running) > 1:
        raise ImproperlyConfigured(f"{listed} Say which is meant: manage.py --installation NAME, or INSTALLATION=NAME.")
    return var / (name or running[0]) / FILE if running else None


def is_running(folder: Path) -> bool:
    """Whether a supervisor holds the installation's lock; one that was killed leaves its file and no lock."""
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
