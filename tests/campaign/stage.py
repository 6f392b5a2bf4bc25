"""The installation of a campaign: what `make run` starts, in a folder of its own, with a trial but no demonstration."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from embedded.installation import remove
from embedded.leftovers import stop_leftovers
from embedded.places import PROJECT, Places, server_user
from embedded.process import Process, stop_process
from embedded.supervisor import running_supervisor
from tests.campaign.plan import EventStory

START_S = 120
# Megabytes of the database's own disk, and how many more for each fault: the longer, the more is saved.
DISK, DISK_A_FAULT = 600, 4
# Clients share the subjects, so that several write about one at once; the longer it goes on, the more there are.
FEWEST_SUBJECTS, FAULTS_A_SUBJECT = 2, 15
# What the supervisor starts last.
LAST, SUPERVISOR = "beat", "supervisor"


@dataclass(frozen=True)
class Team:
    """The people of one client by their roles, as users, with a token for the API and a session for the pages (cookies
    and CSRF token); the keys of the subjects."""

    names: dict[str, str]
    tokens: dict[str, str]
    sessions: dict[str, tuple[str, str]]
    subjects: list[int]

    def subject(self, story: EventStory) -> int:
        return self.subjects[int(story.subject * len(self.subjects))]


class CampaignStage:
    """`parts()` are the running processes by name, those of the supervisor and itself; `teams` are as many as there are
    `clients`."""

    teams: list[Team]

    def __init__(self, name: str, port: int, faults: int, clients: int) -> None:
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.faults, self.clients = faults, clients
        self.places = Places(PROJECT / "var" / name)
        self.seen: set[psutil.Process] = set()
        self.has_disk = False
        command = [sys.executable, "-m", "embedded", "--name", name, "run", "--port", str(port), "--empty"]
        self.supervisor = Process(SUPERVISOR, command, PROJECT / "var" / f"{name}.log", self._environment(), PROJECT)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "API_THROTTLE_USER": "1000000/min", "LOG_LEVEL": "WARNING"}

    def __enter__(self) -> Self:
        self.clear()
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

    def clear(self) -> None:
        """Nothing of it is left, nor of a campaign that was killed: processes, disk, files."""
        if pid := running_supervisor(self.places):
            stop_process(pid, signal.SIGTERM, START_S)
        stop_leftovers(self.places.processes)
        self.take_disk_away()
        remove(self.places)

    def give_disk(self) -> None:
        """A small disk of its own for the database, which can be filled without harm to anything else: for root."""
        if os.geteuid() != 0:
            return
        self.places.prepare()
        options = f"size={DISK + DISK_A_FAULT * self.faults}m,uid={server_user()},mode=700"
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
        before = set(self.parts().values())
        self.supervisor.start()
        deadline = time.monotonic() + START_S
        while not (self._all_new(before) and self.answers()):
            if time.monotonic() > deadline or not self.supervisor.running:
                raise RuntimeError(f"the installation does not start:\n{self.last_lines()}")
            time.sleep(0.1)

    def _all_new(self, before: set[psutil.Process]) -> bool:
        parts = self.parts()
        return LAST in parts and not before & set(parts.values())

    def _set_django_up(self) -> None:
        for line in self.places.environment.read_text().splitlines():
            name, _, value = line.partition("=")
            os.environ[name] = value
        os.environ.update(DJANGO_SETTINGS_MODULE="trialsite.settings", LOG_LEVEL="WARNING")
        import django

        django.setup()
        from database.scope import EVERYWHERE, show
        from tests.cast import Trial

        show(EVERYWHERE)
        trial = Trial()
        people = {"coordinator": trial.coordinator, "monitor": trial.monitor, "data_manager": trial.data_manager}
        tokens = {role: _token(user) for role, user in people.items()}
        number = max(FEWEST_SUBJECTS, self.faults // FAULTS_A_SUBJECT)
        subjects = [trial.treated_subject().pk for _ in range(number)]
        self.teams = [self._team(trial, client, people, tokens, subjects) for client in range(self.clients)]

    def _team(
        self, trial: Any, client: int, people: dict[str, Any], tokens: dict[str, str], subjects: list[int]
    ) -> Team:
        """An investigator for each: who signs at two places at once is made to wait."""
        from benchmarks.saves import sign_in
        from tests.cast import person

        investigator = person(f"ines{client}", "investigator", trial.site)
        people = people | {"investigator": investigator}
        names = {role: user.get_username() for role, user in people.items()}
        sessions = {role: sign_in(name) for role, name in names.items()}
        return Team(names, tokens | {"investigator": _token(investigator)}, sessions, subjects)

    def answers(self) -> bool:
        address = f"{self.address}/health/"
        with suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200 and json.load(answer)["broker"] == "ok")
        return False

    def parts(self) -> dict[str, psutil.Process]:
        """What the supervisor remembers of what it started."""
        processes = {}
        with suppress(OSError, ValueError):
            pids = {name: pid for name, pid, *_ in json.loads(self.places.processes.read_text())}
            for name, pid in (pids | self._supervisors).items():
                with suppress(psutil.NoSuchProcess):
                    process = psutil.Process(pid)
                    if process.status() != psutil.STATUS_ZOMBIE:
                        processes[name] = process
        for process in processes.values():
            with suppress(psutil.NoSuchProcess):
                self.seen |= {process, *process.children(recursive=True)}
        return processes

    @property
    def _supervisors(self) -> dict[str, int]:
        return {SUPERVISOR: self.supervisor.pid} if self.supervisor.running else {}

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


def _token(user: Any) -> str:
    """For the API; a user has one."""
    from accounts.actor import SYSTEM
    from accounts.services import create_token

    return create_token(user=user, by=SYSTEM)
