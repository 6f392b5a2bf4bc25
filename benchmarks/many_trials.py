"""Many trials on one machine: how long each takes to start, how much memory and how many processes they take.

    .venv/bin/python -m benchmarks.many_trials --trials 20 --processes 1

Each is a copy of the demonstration that `make run` loaded (88 subjects), which must be stopped meanwhile: a trial with
a database, a broker, a site, a worker and a clock of its own. Memory is the proportional set size: what several
processes share counts once. It is measured after each site has answered a page, and the time that the processors
worked in the minute that follows, in which nobody asks for anything.
"""

import argparse
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from embedded.installation import remove
from embedded.places import PROJECT, CannotStart, Places
from embedded.supervisor import running_supervisor

FIRST_PORT, QUIET_S, PATIENCE_S = 18100, 60, 600
DEMONSTRATION = Places(PROJECT / "var/run")
# By what stands in their command lines, the first that fits; the servers' own processes are their parent's kind.
KINDS = (("celery", "beat", "clock"), ("celery", "worker", "worker"), ("granian", "", "site"))
SERVERS = {"postgres": "database", "valkey-server": "broker"}


@dataclass
class RunningTrial:
    """A running copy; `seconds` is how long its start took until the site was healthy."""

    places: Places
    supervisor: subprocess.Popen[bytes]
    seconds: float

    def processes(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.supervisor.pid)
        return [supervisor, *supervisor.children(recursive=True)]


def main() -> None:
    chosen = arguments()
    with running(chosen.trials, chosen.processes) as trials:
        seconds = sorted(trial.seconds for trial in trials)
        print(f"start, one after the other: {seconds[0]:.0f} to {seconds[-1]:.0f} s each, {sum(seconds):.0f} s in all")
        before = worked(trials)
        time.sleep(QUIET_S)
        busy = (worked(trials) - before) / QUIET_S
        report(trials)
        print(f"while nobody asks: {busy:.2f} of {psutil.cpu_count()} processors")
        print(f"answer of the last one's page: {1000 * answer(trials[-1], len(trials) - 1):.0f} ms")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args()


@contextmanager
def running(count: int, processes: int) -> Iterator[list[RunningTrial]]:
    """Copies of the demonstration, started one after the other; stopped and deleted at the end."""
    if running_supervisor(DEMONSTRATION) or not (DEMONSTRATION.server_folder("postgres") / "data").exists():
        raise CannotStart("The demonstration is needed, loaded and stopped: `make run` once, then `make stop`.")
    trials: list[RunningTrial] = []
    try:
        for number in range(count):
            trials.append(started(number, processes))
        yield trials
    finally:
        for trial in trials:
            trial.supervisor.terminate()
        for trial in trials:
            trial.supervisor.wait(timeout=PATIENCE_S)
            remove(trial.places)


def started(number: int, processes: int) -> RunningTrial:
    places = copied(f"many-{number:02d}")
    command = [sys.executable, "-m", "embedded", "--name", places.root.name, "run", "--empty"]
    command += ["--port", str(FIRST_PORT + number), "--processes", str(processes)]
    began = time.monotonic()
    with (places.root / "start.log").open("wb") as log:
        supervisor = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log)
    trial = RunningTrial(places, supervisor, 0)
    while not is_healthy(number):
        if supervisor.poll() is not None or time.monotonic() - began > PATIENCE_S:
            raise CannotStart(f"{places.root.name} does not start: see {places.root}/start.log")
        time.sleep(0.2)
    trial.seconds = time.monotonic() - began
    return trial


def copied(name: str) -> Places:
    """The demonstration's database, broker and keys under another name, as it was when it stopped."""
    places = Places(PROJECT / "var" / name)
    remove(places)
    places.prepare()
    for server in ("postgres", "valkey"):
        subprocess.run(
            ["/bin/cp", "-a", f"{DEMONSTRATION.server_folder(server)}/.", str(places.server_folder(server))], check=True
        )
    shutil.copy2(DEMONSTRATION.secrets, places.secrets)
    return places


def is_healthy(number: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{FIRST_PORT + number}/health/", timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def answer(trial: RunningTrial, number: int) -> float:
    """Seconds of the page that asks who is there."""
    began = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{FIRST_PORT + number}/accounts/login/", timeout=60) as page:
        page.read()
    return time.monotonic() - began


def worked(trials: list[RunningTrial]) -> float:
    """Seconds for which processors have worked for all of them together."""
    return sum(used.user + used.system for trial in trials for used in map(cpu, trial.processes()))


def cpu(process: psutil.Process) -> Any:
    return process.cpu_times()


def report(trials: list[RunningTrial]) -> None:
    memory: Counter[str] = Counter()
    number: Counter[str] = Counter()
    for index, trial in enumerate(trials):
        answer(trial, index)
        for process in trial.processes():
            memory[kind(process)] += process.memory_full_info().pss
            number[kind(process)] += 1
    for name in memory:
        print(f"{name}: {megabytes(memory[name] / len(trials))} and {number[name] / len(trials):.0f} processes a trial")
    total, least = sum(memory.values()), psutil.virtual_memory()
    print(f"all {len(trials)}: {megabytes(total)}, {sum(number.values())} processes")
    print(f"a trial: {megabytes(total / len(trials))}, {sum(number.values()) / len(trials):.0f} processes")
    print(f"of the machine's {megabytes(least.total)} there are {megabytes(least.available)} left")


def kind(process: psutil.Process) -> str:
    words, name = " ".join(process.cmdline()), process.name()
    if name in SERVERS:
        return SERVERS[name]
    return next((title for first, second, title in KINDS if first in words and second in words), "supervisor")


def megabytes(size: float) -> str:
    return f"{size / 2**20:,.0f} MB"


if __name__ == "__main__":
    main()
