"""`make run`, as a person meets it: it starts, survives kill -9 of each part and of all, and stops when told to."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from embedded.places import PROJECT, Places
from embedded.process import Process
from tests.programs import answers, free_port, wait_until

PARTS = ["database", "broker", "web", "worker", "beat"]
OWN_SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "CELERY_BEAT_FILE")
KEYS = ("SECRET_KEY", "TRAIL_SEAL_KEYS", "FACTOR_KEYS")


class RunningSupervisor:
    """A supervisor in a folder of its own, with no trial loaded."""

    def __init__(self, log: Path, static_files: Path) -> None:
        name, port = f"test-run-{os.getpid()}", free_port()
        self.places, self.address = Places(PROJECT / "var" / name), f"http://127.0.0.1:{port}"
        environment = {key: value for key, value in os.environ.items() if key not in OWN_SERVERS + KEYS}
        command = [sys.executable, "-m", "embedded", "--name", name]
        self.supervisor = Process(
            "supervisor",
            [*command, "run", "--port", str(port), "--empty"],
            log,
            environment | {"STATIC_ROOT": str(static_files)},
            PROJECT,
            patience=60,
        )
        self.environment, self.embedded = environment, command
        self.removal = Process("removal", [*command, "remove"], log, environment, PROJECT)

    def command(self, *arguments: str) -> int:
        """Run a command of `python -m embedded` on it. Returns how it ended."""
        process = Process("command", [*self.embedded, *arguments], self.removal.log, self.environment, PROJECT)
        process.start()
        assert process.child is not None
        return process.child.wait(120)

    def start(self) -> None:
        seen = self.supervisor.log.stat().st_size if self.supervisor.log.exists() else 0
        self.supervisor.start()
        wait_until(lambda: "Open http" in self.supervisor.log.read_text()[seen:], self.supervisor, patience=120)

    def parts(self) -> dict[str, int]:
        return {name: pid for name, pid, *_ in json.loads(self.places.processes.read_text())}

    def kill_everything(self) -> None:
        # The supervisor first, or it starts again what was killed; a server's own children may end with it.
        parts = psutil.Process(self.supervisor.pid).children(recursive=True)
        self.kill()
        for process in parts:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def kill(self) -> None:
        os.kill(self.supervisor.pid, signal.SIGKILL)
        assert self.supervisor.child is not None
        self.supervisor.child.wait()

    def connect(self) -> psycopg.Connection:
        lines = dict(line.split("=", 1) for line in self.places.environment.read_text().splitlines())
        return psycopg.connect(lines["DATABASE_URL"], autocommit=True)


@pytest.fixture(scope="module")
def run(static_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSupervisor]:
    made = RunningSupervisor(tmp_path_factory.mktemp("run") / "supervisor.log", static_files)
    made.start()
    yield made
    made.supervisor.stop()
    made.removal.start()
    assert made.removal.child is not None
    made.removal.child.wait(30)


def manage(run: RunningSupervisor, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    """A command as a person runs it in another terminal, without an environment."""
    command = [sys.executable, "manage.py", *arguments, "--installation", run.places.root.name]
    return subprocess.run(command, cwd=PROJECT, env=run.environment, input=given, capture_output=True, text=True)


@pytest.mark.requirement("21 CFR 11.10(k)")
def test_an_empty_trial_has_its_cohorts_and_gets_its_first_user_by_the_documented_command(
    run: RunningSupervisor,
) -> None:
    with run.connect() as connection:
        cohorts = connection.execute("SELECT code FROM cohorts_cohort ORDER BY code").fetchall()
        assert cohorts == [("P1-10D",), ("P1-30W",), ("P1-5D",), ("P2-10D",)]
        assert connection.execute("SELECT code, version FROM protocol_inforce").fetchall() == [("NCT00426556", "1.0")]
    password = "a long sentence that nobody guesses 7"
    made = manage(run, "create_admin", "adam", "--email=adam@example.org", "--password-stdin", given=password)
    assert (made.returncode, made.stdout) == (0, "adam is administrator.\n"), made.stderr
    assert made.stderr.splitlines()[0] == f"Installation {run.places.root.name}, in var/{run.places.root.name}."


def test_no_page_of_an_empty_trial_says_that_its_records_are_invented(run: RunningSupervisor) -> None:
    lines = dict(line.split("=", 1) for line in run.places.environment.read_text().splitlines())
    assert lines["SYNTHETIC_DATA"] == "false"
    with urllib.request.urlopen(f"{run.address}/accounts/login/") as answer:
        page = answer.read().decode()
    assert "synthetic" not in page.lower()
    assert "training" in page.lower()


def test_it_starts_all_parts_and_answers(run: RunningSupervisor) -> None:
    assert list(run.parts()) == PARTS
    assert answers(f"{run.address}/health/")


@pytest.mark.requirement("EMA 2023 security")
def test_the_site_does_not_have_the_key_of_the_seal(run: RunningSupervisor) -> None:
    kept = json.loads(run.places.secrets.read_text())
    held = {part: stands_in(run.parts()[part], kept["seal"]) for part in ("web", "beat", "worker")}
    assert held == {"web": False, "beat": False, "worker": True}
    lines = dict(line.split("=", 1) for line in run.places.environment.read_text().splitlines())
    assert lines["TRAIL_SEAL_KEYS"] == kept["seal"]
    assert len({lines[name] for name in KEYS}) == 3


def stands_in(pid: int, secret: str) -> bool:
    """Whether it is told to the process or to one that it started."""
    process = psutil.Process(pid)
    return any(secret in held.environ().values() for held in (process, *process.children(recursive=True)))


@pytest.mark.requirement("EMA 2023 loss of data")
@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_started_again_after_a_kill(run: RunningSupervisor, part: str) -> None:
    before = run.parts()[part]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: run.parts()[part] != before, run.supervisor)
    wait_until(lambda: answers(f"{run.address}/health/"), run.supervisor)
    assert psutil.pid_exists(run.parts()[part])


@pytest.mark.requirement("EMA 2023 back-end changes", "EMA 2023 security")
def test_no_process_of_the_site_knows_the_owners_address_or_the_key_of_the_backups(run: RunningSupervisor) -> None:
    everyone = psutil.Process(run.supervisor.pid).children(recursive=True)
    known = {process.pid: process.environ() for process in everyone}
    assert {run.parts()[part] for part in PARTS} <= known.keys()
    for environment in known.values():
        assert not [name for name in environment if name.startswith(("DATABASE_OWNER", "BACKUP_", "SUPERUSER_"))]
        assert "edc_owner" not in " ".join(environment.values())
    parts = ("web", "worker", "beat")
    roles = {part: known[run.parts()[part]]["DATABASE_URL"].split(":")[1].strip("/") for part in parts}
    assert roles == {"web": "edc_app", "worker": "edc_worker", "beat": "edc_worker"}
    assert "edc_owner" not in run.places.environment.read_text()


@pytest.mark.requirement("EMA 2023 loss of data")
def test_from_the_first_backup_on_the_log_is_archived_and_no_restore_touches_what_runs(run: RunningSupervisor) -> None:
    assert run.command("backup", "take", "--no-check") == 0
    wait_until(lambda: "archive" in run.parts(), run.supervisor)
    wait_until(lambda: run.command("backup", "status", "--max-age", "30") == 0, run.supervisor)
    assert run.command("restore") == 1
    assert "It is running already" in run.removal.log.read_text()


INSERT = "INSERT INTO accounts_session (session_key, session_data, expire_date, proof) VALUES (%s, 'kept', now(), '')"


@pytest.mark.requirement("21 CFR 11.10(c)", "EMA 2023 loss of data")
def test_after_a_kill_of_everything_it_starts_again_with_nothing_lost(run: RunningSupervisor) -> None:
    with run.connect() as connection:
        for number in range(200):
            connection.execute(INSERT, [str(number)])
    run.kill_everything()
    run.start()
    with run.connect() as connection:
        assert connection.execute("SELECT count(*) FROM accounts_session").fetchone() == (200,)
    assert answers(f"{run.address}/health/")


def test_after_a_kill_of_the_supervisor_alone_the_next_start_clears_what_it_left(run: RunningSupervisor) -> None:
    left = run.parts()
    run.kill()
    run.start()
    assert "left behind" in run.supervisor.log.read_text()
    assert not set(left.values()) & set(run.parts().values())


def test_told_to_stop_it_leaves_nothing_running_and_no_addresses_behind(run: RunningSupervisor) -> None:
    parts = run.parts()
    os.kill(run.supervisor.pid, signal.SIGINT)
    assert run.supervisor.child is not None
    assert run.supervisor.child.wait(60) == 0
    deadline = time.monotonic() + 5
    while any(psutil.pid_exists(pid) for pid in parts.values()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [name for name, pid in parts.items() if psutil.pid_exists(pid)]
    assert not run.places.environment.exists()
