"""The servers of one run of the tests: a cluster and a broker of its own, thrown away at the end.

Each process that runs tests (each worker of pytest-xdist too) has its own pair, so that runs side by side do not meet.
They are started when the first test asks for them: tests of pure arithmetic start nothing.
"""

import os
import shutil
import signal
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import psutil
import redis
from psycopg import sql

from embedded.database import APPLICATION, NAME, WORKER
from embedded.installation import Installation, remove, thrown_away
from embedded.places import PROJECT, Places
from embedded.process import Process, stop_process
from tests.as_migrated import AsMigrated
from tests.migrated import Migrated
from tests.unlimited import TESTER

FOLDER = PROJECT / "var/test"
FOR_TESTS = (
    "CREATE ROLE {tester} NOLOGIN",
    "GRANT {tester} TO {application}, {worker} WITH INHERIT FALSE, SET TRUE",
    "GRANT USAGE ON SCHEMA public TO {tester}",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO {tester}",
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {tester}",
)


class TestServers:
    """The database and the broker of this process; each starts on its first use."""

    __test__ = False

    def __init__(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        sweep()
        self.migrated = Migrated(FOLDER)
        places = Places(FOLDER / str(os.getpid()))
        places.prepare()
        shutil.copy(self.migrated.secrets, places.secrets)
        self.installation: Installation = thrown_away(places.root)
        self.running: dict[str, Process] = {}

    def start_migrated(self, migrate: Callable[[], None]) -> None:
        """Start the database as migrations leave it: a copy of what was kept, or migrated now, and kept."""
        database = self.installation.database
        assert database is not None
        with self.migrated.alone():
            if self.migrated.is_kept:
                self.migrated.take(database.folder)
            else:
                self._migrate(migrate)
                self.migrated.keep(database.folder)
        self.start_database()
        self.as_migrated.remember()

    def _migrate(self, migrate: Callable[[], None]) -> None:
        self.start_database()
        migrate()
        self.let_tests_write_anything()
        self.as_migrated.copy()
        self.stop_database()

    def start_database(self) -> None:
        if "database" not in self.running and (process := self.installation.start_database()):
            self.running["database"] = process

    def stop_database(self) -> None:
        """Its sessions end, its data stay."""
        if "database" in self.running:
            self.running.pop("database").stop()

    def start_broker(self) -> None:
        if "broker" not in self.running and (process := self.installation.start_broker()):
            self.running["broker"] = process

    def stop_broker(self) -> None:
        if "broker" in self.running:
            self.running.pop("broker").stop()

    def empty_broker(self) -> None:
        assert self.installation.broker is not None
        redis.Redis(unix_socket_path=str(self.installation.broker.socket)).flushall()

    def close(self) -> None:
        for process in self.running.values():
            process.stop()
        remove(self.installation.places)

    def let_tests_write_anything(self) -> None:
        """For `tests.unlimited`, which says when."""
        assert self.installation.database is not None
        names = {"tester": sql.Identifier(TESTER), "application": sql.Identifier(APPLICATION)}
        names["worker"] = sql.Identifier(WORKER)
        with self.installation.database.connect(NAME) as connection:
            for statement in FOR_TESTS:
                connection.execute(sql.SQL(statement).format(**names))

    @cached_property
    def as_migrated(self) -> AsMigrated:
        assert self.installation.database is not None
        return AsMigrated(self.installation.database)


def as_the_site() -> str:
    """The address of the tests' database for the site's own role, under which alone the site runs."""
    return os.environ["SITE_DATABASE_URL"]


def sweep() -> None:
    """Stop and delete what runs of the tests that were killed left behind."""
    for folder in FOLDER.iterdir():
        if folder.name.isdigit() and not psutil.pid_exists(int(folder.name)):
            _stop_leftovers(folder)
            remove(Places(folder))


def _stop_leftovers(folder: Path) -> None:
    places = Places(folder)
    marks = (str(places.server_folder("postgres")), str(places.sockets))
    for process in psutil.process_iter(["cmdline"]):
        if any(mark in part for part in process.info["cmdline"] or () for mark in marks):
            stop_process(process.pid, signal.SIGKILL, 5)
