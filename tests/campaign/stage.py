"""The installation of a campaign: what `make run` starts, in a folder of its own, with a trial but no demonstration."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from embedded.installation import remove
from embedded.places import PROJECT, Places, server_user
from embedded.process import Process

NAME = "campaign"
START_S = 120
DISK = "600m"
# What the supervisor starts last.
LAST = "beat"


class Stage:
    """`parts()` are the running processes by name; `trial` is the cast of the suite, in the installation's database;
    `token` is its coordinator's for the API."""

    trial: Any
    token: str

    def __init__(self, port: int) -> None:
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.places = Places(PROJECT / "var" / NAME)
        self.seen: set[psutil.Process] = set()
        self.has_disk = False
        command = [sys.executable, "-m", "embedded", "--name", NAME, "run", "--port", str(port), "--empty"]
        self.supervisor = Process("supervisor", command, PROJECT / "var" / f"{NAME}.log", self._environment(), PROJECT)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "API_THROTTLE_USER": "1000000/min", "LOG_LEVEL": "WARNING"}

    def __enter__(self) -> Self:
        self.take_disk_away()
        remove(self.places)
        self.supervisor.log.parent.mkdir(exist_ok=True)
        self.give_disk()
        self.start()
        self._set_django_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.parts()
        self.supervisor.patience = START_S
        self.supervisor.stop()
        self.take_disk_away()

    def give_disk(self) -> None:
        """A small disk of its own for the database, which can be filled without harm to anything else: for root."""
        if os.geteuid() != 0:
            return
        self.places.prepare()
        options = f"size={DISK},uid={server_user()},mode=700"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], capture_output=True)
        self.has_disk = done.returncode == 0

    def take_disk_away(self) -> None:
        if os.geteuid() == 0 and self.folder.is_mount():
            subprocess.run(["umount", self.folder], check=True)

    @property
    def folder(self) -> Path:
        """Of the database's files."""
        return self.places.server_folder("postgres")

    def start(self) -> None:
        """Until all of it runs anew: what an earlier supervisor left may answer still, and is ended first."""
        before = {process.pid for process in self.parts().values()}
        self.supervisor.start()
        deadline = time.monotonic() + START_S
        while not (self._all_new(before) and self.answers()):
            if time.monotonic() > deadline or not self.supervisor.running:
                raise RuntimeError(f"the installation does not start:\n{self.last_lines()}")
            time.sleep(0.1)

    def _all_new(self, before: set[int]) -> bool:
        parts = self.parts()
        return LAST in parts and not before & {process.pid for process in parts.values()}

    def _set_django_up(self) -> None:
        for line in self.places.environment.read_text().splitlines():
            name, _, value = line.partition("=")
            os.environ[name] = value
        os.environ.update(DJANGO_SETTINGS_MODULE="trialsite.settings", LOG_LEVEL="WARNING")
        import django

        django.setup()
        from accounts.actor import SYSTEM
        from accounts.scope import EVERYWHERE, show
        from accounts.services import create_token
        from tests.cast import Trial

        show(EVERYWHERE)
        self.trial = Trial()
        self.token = create_token(user=self.trial.coordinator, by=SYSTEM)

    def answers(self) -> bool:
        address = f"{self.address}/health/"
        with suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200 and json.load(answer)["broker"] == "ok")
        return False

    def parts(self) -> dict[str, psutil.Process]:
        """What the supervisor remembers of what it started."""
        with suppress(OSError, ValueError):
            rows = json.loads(self.places.processes.read_text())
            found = {}
            for name, pid, *_ in rows:
                with suppress(psutil.NoSuchProcess):
                    found[name] = psutil.Process(pid)
            self.seen.update(found.values())
            for process in found.values():
                with suppress(psutil.NoSuchProcess):
                    self.seen.update(process.children(recursive=True))
            return found
        return {}

    def left_running(self) -> list[str]:
        """After the end: each process of ours that still runs."""
        _, left = psutil.wait_procs(self.seen, timeout=10)
        return [f"process {process.pid} is left running" for process in left]

    def kill_supervisor(self) -> None:
        """kill -9 of it alone; what it started is found and ended by the next start."""
        self.parts()
        assert self.supervisor.child is not None
        os.kill(self.supervisor.pid, signal.SIGKILL)
        self.supervisor.child.wait()
        self.start()

    def last_lines(self) -> str:
        logs = [self.supervisor.log, *sorted(Path(self.places.logs).glob("*.log"))]
        return "\n".join(
            f"{log.name}: {line}" for log in logs for line in log.read_text(errors="replace").splitlines()[-5:]
        )
