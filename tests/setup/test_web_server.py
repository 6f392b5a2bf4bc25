"""The web server as it is deployed: its pauses leave no connections behind, and one dead process is no dead site."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from embedded.places import PROJECT
from embedded.run import web_command
from tests.programs import Site, free_port, wait_until
from tests.servers import TestServers

THREADS, SHORTEST_PAUSE_S = 4, 5


class Served(Site):
    """The site by the command of `make run`, whose connections to the database go by a name of their own."""

    def workers(self) -> list[psutil.Process]:
        """They are forked, and so go by the same command."""
        server = psutil.Process(self.pid)
        alive = [process for process in server.children() if process.status() != psutil.STATUS_ZOMBIE]
        return [process for process in alive if process.cmdline() == server.cmdline()]


def served(log: Path, static_files: Path, *options: str) -> Iterator[Served]:
    port = free_port()
    environment = {**os.environ, "STATIC_ROOT": str(static_files), "PGAPPNAME": log.stem}
    command = [sys.executable, "-m", *web_command(port), *options]
    site = Served("web", command, log, environment | {"API_THROTTLE_STRANGER": "100000/min"}, PROJECT)
    site.address = f"http://127.0.0.1:{port}"
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(committed_db: None, broker: TestServers, static_files: Path, tmp_path: Path) -> Iterator[Served]:
    yield from served(tmp_path / "two-processes.log", static_files)


@pytest.fixture
def pausing(committed_db: None, broker: TestServers, static_files: Path, tmp_path: Path) -> Iterator[Served]:
    options = ("--workers", "1", "--blocking-threads-idle-timeout", str(SHORTEST_PAUSE_S))
    yield from served(tmp_path / "one-that-pauses.log", static_files, *options)


def looked_up(address: str) -> int:
    """A request that needs the database: who has this token is looked up there."""
    request = urllib.request.Request(f"{address}/api/v1/subjects/", headers={"Authorization": "Bearer nobody's"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def connections_of(servers: TestServers, name: str) -> int:
    assert servers.installation.database is not None
    with servers.installation.database.connect() as connection:
        counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        row = connection.execute(counted, [name]).fetchone()
    assert row is not None
    return int(row[0])


def threads_of(site: Served) -> int:
    return sum(process.num_threads() for process in site.workers())


def test_after_three_pauses_there_are_no_more_connections_than_threads(pausing: Served, broker: TestServers) -> None:
    counted = []
    for _ in range(3):
        with ThreadPoolExecutor(16) as crowd:
            answers = list(crowd.map(looked_up, [pausing.address] * 200))
        assert set(answers) == {401}
        counted.append(connections_of(broker, "one-that-pauses"))
        busy = threads_of(pausing)
        wait_until(lambda before=busy: threads_of(pausing) < before, pausing)
    assert min(counted) > 0 and max(counted) <= THREADS, counted


@pytest.mark.requirement("EMA 2023 loss of data")
def test_while_a_killed_process_is_started_again_the_other_answers(site: Served) -> None:
    wait_until(lambda: len(site.workers()) == 2, site)
    killed = site.workers()[0].pid
    os.kill(killed, signal.SIGKILL)
    answers: list[int] = []
    until = time.monotonic() + 60
    while len([process for process in site.workers() if process.pid != killed]) < 2 or len(answers) < 20:
        assert time.monotonic() < until, site.last_lines()
        try:
            answers.append(looked_up(site.address))
        except OSError:
            answers.append(0)
    failed = answers.count(0)
    assert set(answers) <= {0, 401}
    assert failed <= 1
    assert site.running


def test_a_process_that_is_told_to_stop_ends_them_all(site: Served) -> None:
    workers = site.workers()
    site.stop()
    assert workers and not any(psutil.pid_exists(process.pid) for process in workers)
