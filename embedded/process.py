"""One process of the installation: started in a group of its own, watched, started again when it dies, stopped."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

LARGEST_LOG = 10_000_000
FIRST_PAUSE, LONGEST_PAUSE, STABLE_AFTER = 0.5, 30.0, 60.0


@dataclass
class Process:
    """A program with its arguments; `stop_signal` asks it to finish what it is doing. One that `goes_with_us` is in our
    own group, and so ends with whoever ends that."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    patience: float = 20.0
    goes_with_us: bool = False
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    born: float = 0.0
    pause: float = FIRST_PAUSE
    due: float | None = None
    # It said that starting it again as it is would be in vain.
    refused: bool = False

    def start(self) -> None:
        with open_log(self.log) as log:
            # A session of its own: Ctrl+C reaches the supervisor alone, which stops the processes in order.
            self.child = subprocess.Popen(
                [str(part) for part in self.command],
                cwd=self.folder,
                env=None if self.environment is None else dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=not self.goes_with_us,
                **self.options,  # type: ignore[call-overload]
            )
        self.started, self.due = time.monotonic(), None
        self.born = psutil.Process(self.child.pid).create_time()

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self) -> int:
        assert self.child is not None
        return self.child.pid

    def tend(self) -> str | None:
        """Look after the process once; the sentence to show when it died or was started again."""
        now = time.monotonic()
        if self.due is not None:
            return self._start_again() if now >= self.due else None
        if self.running or self.refused:
            return None
        if self.child is not None and self.child.returncode == os.EX_CONFIG:
            self.refused = True
            return f"{self.name} refuses to start: put it right, stop and start all. {self.last_lines(1)}"
        if now - self.started > STABLE_AFTER:
            self.pause = FIRST_PAUSE
        self.due = now + self.pause
        sentence = f"{self.name} ended ({self.how_it_ended()}); starting it again in {self.pause:g} s. Log: {self.log}"
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return sentence

    def _start_again(self) -> str:
        # What the dead process left in its group (web or worker processes) still holds the port or the tasks.
        kill_group(self.pid)
        self.start()
        return f"{self.name} started again"

    def how_it_ended(self) -> str:
        code = self.child.poll() if self.child else None
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def stop(self) -> None:
        if self.child is None:
            return
        stop_process(self.child.pid, self.stop_signal, self.patience)
        self.child.wait()
        if not self.goes_with_us:
            kill_group(self.child.pid)

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else ""


def open_log(path: Path) -> IO[bytes]:
    """The log, opened to append; what has grown large is moved aside first."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    # Of its owner alone: names, addresses and what broke are nobody else's on this machine.
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(file, 0o600)
    return os.fdopen(file, "ab")


def stop_process(pid: int, stop_signal: int, patience: float) -> None:
    """Ask the process to stop, wait as long as `patience`, then kill it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.send_signal(stop_signal)
        try:
            process.wait(patience)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(5)


def kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
