"""A database whose disk is full says so, and is healthy again once there is room. Needs root, for a small disk."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.installation import Installation, remove, thrown_away
from embedded.places import PROJECT

SIZE = "240m"
ASK = "import django; django.setup(); from trialsite.health import database_says; print(database_says())"


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own in memory, where the database's user may pass too: not in pytest's private folders."""
    disk = Path(tempfile.mkdtemp(prefix="edc-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        disk.rmdir()
        pytest.skip("only root can make a small disk, and not everywhere")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)
    disk.rmdir()


@pytest.fixture
def installation(small_disk: Path) -> Iterator[Installation]:
    made = thrown_away(small_disk / "edc")
    assert made.database is not None and made.database.folder.is_relative_to(small_disk)
    process = made.start_database()
    assert process is not None
    run(made, "manage.py", "setup_database")
    yield made
    process.stop()
    remove(made.places)


def run(installation: Installation, *arguments: str) -> str:
    environment = {**os.environ, **installation.environment, **installation.for_setup}
    done = subprocess.run([sys.executable, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def answer_of(installation: Installation) -> str:
    return run(installation, "-c", ASK)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            return filler


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_full_disk_is_told_and_forgotten_once_there_is_room(installation: Installation, small_disk: Path) -> None:
    assert answer_of(installation) == "ok"
    filler = fill(small_disk)
    assert answer_of(installation) == "nothing can be saved: its disk is full"
    filler.unlink()
    assert answer_of(installation) == "ok"
