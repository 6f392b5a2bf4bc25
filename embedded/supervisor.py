"""`make run`: start everything in order, keep it running, stop it in order."""

import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

import psutil
from rich.console import Console

from embedded.installation import WITHHELD, Installation
from embedded.leftovers import remember, stop_leftovers
from embedded.places import PROJECT, CannotStart, Places
from embedded.process import Process

LOOK_EVERY = 0.2
# What only the setup and the backups are told: with it the site could do to the trail whatever it liked.
NOT_FOR_ALL = ("DATABASE_OWNER_URL", "BACKUP_", "SUPERUSER_PASSWORD")


@dataclass
class Supervisor:
    """The processes of an installation, in the order in which they start."""

    installation: Installation
    console: Console
    processes: list[Process] = field(default_factory=list)
    stopping: bool = False

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            self.console.print("Already stopping; please wait.")
        elif not self.processes:
            raise KeyboardInterrupt
        self.stopping = True

    @contextlib.contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Show what is being done, then that it is done and how long it took."""
        began = time.monotonic()
        with self.console.status(f"{doing} ..."):
            yield
        self.console.print(f"[green]✓[/green] {doing} [dim]{time.monotonic() - began:.1f} s[/dim]")
        if self.stopping:
            raise KeyboardInterrupt

    def add(self, process: Process | None) -> None:
        if process is None:
            return
        self.processes.append(process)
        remember(self.installation.places.processes, self.processes)

    def start(self, process: Process) -> None:
        process.start()
        self.add(process)

    def watch(self) -> None:
        """Return when a signal asks to stop; start again what dies until then."""
        while not self.stopping:
            self.archive_log()
            for process in self.processes:
                if sentence := process.tend():
                    self.console.print(f"[yellow]{time.strftime('%H:%M:%S')}[/yellow] {sentence}", soft_wrap=True)
                    remember(self.installation.places.processes, self.processes)
            time.sleep(LOOK_EVERY)

    def archive_log(self) -> None:
        """From the first backup on the log is archived; stopped just before the database, it has all of it."""
        if not self.installation.has_backup or any(process.name == "archive" for process in self.processes):
            return
        archive = self.python("archive", "backups", "archive")
        archive.patience = 30  # it archives once more before it ends
        archive.environment = {**self.environment("archive"), **self.installation.for_backups}
        archive.start()
        self.processes.insert(1, archive)
        remember(self.installation.places.processes, self.processes)

    def stop(self) -> None:
        """Stop in the opposite order: no request without a database, no task without a broker."""
        self.stopping = True
        for process in reversed(self.processes):
            with self.console.status(f"Stopping {process.name} ..."):
                process.stop()
        self.processes.clear()
        for record in (self.installation.places.processes, self.installation.places.environment):
            record.unlink(missing_ok=True)
        self.console.print("Stopped. Everything that was saved is kept.")

    def environment(self, part: str = "") -> dict[str, str]:
        """What a command is told, or that `part`, without what only the setup and the backups need."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_ALL)}
        variables = self.installation.of_the_site if part == "web" else self.installation.environment
        whole = {**inherited, **variables, "PYTHONUNBUFFERED": "1"}
        return {name: value for name, value in whole.items() if name not in WITHHELD.get(part, ())}

    def for_setup(self) -> dict[str, str]:
        owner = {name: value for name, value in os.environ.items() if name == "DATABASE_OWNER_URL"}
        return {**self.environment(), **owner, **self.installation.for_setup}

    def manage(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """Run a management command, its progress on this terminal; what it printed."""
        # A session of its own: Ctrl+C is for us, and the command is stopped by us.
        command = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=environment or self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        while True:
            try:
                printed, _ = command.communicate(timeout=LOOK_EVERY)
            except subprocess.TimeoutExpired:
                if self.stopping:
                    # The command's own helpers too: it may load with several processes.
                    os.killpg(command.pid, signal.SIGTERM)
                continue
            if self.stopping:
                raise KeyboardInterrupt
            if command.returncode:
                raise CannotStart(f"manage.py {' '.join(arguments)} failed:\n{printed}")
            return printed.strip()

    def python(self, name: str, *command: str) -> Process:
        """A process of ours, run by this interpreter."""
        log = self.installation.places.logs / f"{name}.log"
        # Requests and tasks in hand end well within the patience; a program told to stop while it starts may hang.
        return Process(name, [sys.executable, "-m", *command], log, self.environment(name), PROJECT, patience=8)


@contextlib.contextmanager
def only_one(places: Places, address: str) -> Iterator[None]:
    """Hold the installation's lock; the kernel gives it back however we end."""
    with places.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = json.loads(lock.read() or "{}")
            where = f"It answers at {other['address']} (process {other['pid']}). " if other else ""
            raise CannotStart(f"It is running already. {where}Ctrl+C there or `make stop` stops it.") from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "address": address}))
        lock.flush()
        yield


def clear_leftovers(places: Places, console: Console) -> None:
    if stopped := stop_leftovers(places.processes):
        console.print(f"Stopped what an earlier run left behind: {', '.join(stopped)}.", soft_wrap=True)


def check_port(port: int) -> None:
    """Refuse a port that something else listens on, and say how to choose another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = f"is taken{_holder(port)}" if taken else f"cannot be used ({error.strerror})"
            raise CannotStart(f"Port {port} {reason}. Choose another one: make run PORT={port + 1}") from None


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == "LISTEN" and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def wait_for_site(address: str, process: Process, stopped: Callable[[], bool], patience: float = 60) -> None:
    """Return once the site answers that it is healthy."""
    deadline = time.monotonic() + patience
    while not _healthy(address) and not stopped():
        if not process.running or time.monotonic() > deadline:
            raise CannotStart(f"The site does not start:\n{process.last_lines()}")
        time.sleep(0.1)


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/", timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def running_supervisor(places: Places) -> int | None:
    """The process id of the supervisor that holds the installation's lock."""
    if not places.lock.exists():
        return None
    with places.lock.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(json.loads(lock.read())["pid"])
    return None
