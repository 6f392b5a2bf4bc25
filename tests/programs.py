"""The programs that tests run beside themselves: a Celery worker, the site under granian, Chromium."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from embedded.places import PROJECT
from embedded.process import Process, kill_group
from tests.servers import FOLDER, as_the_site

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


class Worker(Process):
    """A Celery worker that can be killed as a power cut would."""

    def start(self) -> None:
        seen = self.log.stat().st_size if self.log.exists() else 0
        super().start()
        wait_until(lambda: " ready." in self.log.read_text(errors="replace")[seen:], self)

    def kill(self) -> None:
        """kill -9 of the worker and of its children."""
        kill_group(self.pid)
        assert self.child is not None
        self.child.wait()


def python_module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def worker(log: Path, concurrency: int = 1) -> Iterator[Worker]:
    """A running worker; further ones come from calling this again with another log."""
    options = ("worker", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--loglevel=INFO")
    process = Worker("worker", python_module("celery", "-A", "trialsite.celery", *options), log, folder=PROJECT)
    process.start()
    yield process
    process.stop()


class Site(Process):
    """The site under granian, at one address however often it is killed."""

    address: str = ""

    def start(self) -> None:
        super().start()
        wait_until(lambda: answers(f"{self.address}/health/"), self)

    def kill(self) -> None:
        """kill -9 of the server and of its workers."""
        kill_group(self.pid)
        assert self.child is not None
        self.child.wait()


def site(log: Path, static_files: Path) -> Iterator[str]:
    """The site's address while granian serves it."""
    for process in killable_site(log, static_files):
        yield process.address


def killable_site(log: Path, static_files: Path) -> Iterator[Site]:
    """The running site as a process."""
    port = free_port()
    options = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    process = Site(
        "web",
        python_module("granian", *options, "trialsite.wsgi:application"),
        log,
        environment={**os.environ, "DATABASE_URL": as_the_site(), "STATIC_ROOT": str(static_files)},
        folder=PROJECT,
    )
    process.address = f"http://127.0.0.1:{port}"
    process.start()
    yield process
    process.stop()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], process: Process, patience: float = 30) -> None:
    """Wait for what a program is to do; its last lines are shown when it does not."""
    deadline = time.monotonic() + patience
    while not condition():
        if not process.running or time.monotonic() > deadline:
            process.stop()
            raise AssertionError(f"{process.name} did not get ready:\n{process.last_lines(30)}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def collect_static_files() -> Path:
    """Build and collect, once for all runs of the tests side by side."""
    folder = FOLDER / "static"
    with (FOLDER / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "manage.py", "build_assets"]
        subprocess.run(command, cwd=PROJECT, env={**os.environ, "STATIC_ROOT": str(folder)}, check=True)
    return folder


def chromium() -> tuple[str, list[str]] | None:
    """The path of the system's Chromium and its arguments, or None where there is none."""
    # The first is the same engine without windows, which takes half the time.
    names = (os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, (shutil.which(name) for name in names if name)), None)
    return None if path is None else (path, CHROMIUM_ARGUMENTS)
