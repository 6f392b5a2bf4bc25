"""An installation that a test starts as a person does, by the commands of the documents, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

from embedded.installation import remove
from embedded.places import PROJECT, Places
from embedded.process import Process
from tests.programs import free_port, wait_until

# What the tests' own servers and settings are told, and a person's terminal is not.
OF_THE_TESTS = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "SITE_DATABASE_URL", "CELERY_BROKER_URL", "CELERY_BEAT_FILE"),
    *("SECRET_KEY", "TRAIL_SEAL_KEYS", "FACTOR_KEYS", "INSTALLATION", "STATUS_OF_BACKUPS", "PROTOCOL_FILE"),
    *("DJANGO_SETTINGS_MODULE", "ENVIRONMENT", "SYNTHETIC_DATA", "MAKEFLAGS", "TRIAL"),
)


class Installed:
    """The installation var/NAME, from a folder of its own on; `started` is what its terminal shows."""

    def __init__(self, purpose: str, log: Path, static_files: Path) -> None:
        self.name, self.port, self.log = f"test-{purpose}-{os.getpid()}", free_port(), log
        self.address, self.places = f"http://127.0.0.1:{self.port}", Places(PROJECT / "var" / self.name)
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        self.environment = kept | {"STATIC_ROOT": str(static_files)}
        self.supervisor: Process | None = None

    def begin(self, make: list[str]) -> None:
        """`make run ...` as documented, of the environment that is there: the tests' own is not made anew by it."""
        program, *words = make
        assert program == "make"
        command = [program, "--silent", "--old-file=setup", *words, f"PORT={self.port}", "PROCESSES=1"]
        self.supervisor = Process("make run", command, self.log, self.environment, PROJECT, patience=60)
        self.supervisor.start()

    def start(self, make: list[str]) -> str:
        """What the terminal says once it runs."""
        self.begin(make)
        assert self.supervisor is not None
        wait_until(lambda: "Open http" in self.log.read_text(), self.supervisor, patience=180)
        return self.log.read_text()

    def run(self, command: list[str], typed: str = "") -> "subprocess.CompletedProcess[str]":
        """A command in another terminal, with what is typed when it asks."""
        words = [sys.executable if word == ".venv/bin/python" else word for word in command]
        # Without a terminal of ours, which it would ask for a password.
        return subprocess.run(
            words,
            cwd=PROJECT,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            start_new_session=True,
        )

    def end(self) -> None:
        """Stop all of it and delete the folder."""
        if self.supervisor is not None:
            self.supervisor.stop()
        remove(self.places)
