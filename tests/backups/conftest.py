"""Backups of the tests' own database: a store, a spool, a key, and the running server as the backup's role sees it."""

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from backups.archive import archive_once
from backups.base import take_base
from backups.recovery import Scratch, connected, serving
from backups.sealed import Key, keys_of
from backups.server import SLOT, Server
from backups.store import Archived, Base, History, Store
from embedded.database import BACKUP, Database
from tests.servers import TestServers


@dataclass
class Backups:
    """The backups of a test, in folders that the database's user may enter."""

    database: Database
    folder: Path

    @property
    def server(self) -> Server:
        return Server(self.database.url(BACKUP))

    @property
    def store(self) -> Store:
        return Store(self.folder / "backups")

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def key(self) -> Key:
        return keys_of(self.database.secrets.backup_key)[0]

    @property
    def environment(self) -> dict[str, str]:
        """What `python -m backups` is told."""
        return {
            "BACKUP_KEYS": self.database.secrets.backup_key,
            "BACKUP_DATABASE_URL": self.server.url,
            "BACKUP_FOLDER": str(self.store.folder),
            "BACKUP_SPOOL": str(self.spool),
            "STATUS_OF_BACKUPS": str(self.folder / "status"),
        }

    def take(self) -> tuple[History, Base]:
        return take_base(self.server, self.store, self.key)

    def archive(self) -> Archived:
        self.flush()
        return archive_once(self.server, self.store, self.spool, self.key)

    def flush(self) -> None:
        """The tests' server writes its log late, which a real one never does: after this all of it is written."""
        with self.database.connect() as connection:
            connection.execute("SET synchronous_commit = on")
            connection.execute("CREATE TABLE IF NOT EXISTS flushed ()")
            connection.execute("DROP TABLE flushed")

    def next_second(self) -> datetime:
        """A full second of the server's clock, once it is past."""
        moment = datetime.fromisoformat(self.server.now().until).astimezone(UTC)
        second = (moment + timedelta(seconds=1)).replace(microsecond=0)
        while self.server.now().moment <= second:
            time.sleep(0.02)
        return second

    def forget(self) -> None:
        """The server need not keep its log any longer."""
        with self.database.connect() as connection:
            for _ in range(100):
                try:
                    statement = (
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
                    )
                    connection.execute(statement, [SLOT])
                    return
                except psycopg.errors.ObjectInUse:
                    time.sleep(0.1)


def ask(target: Path, statement: LiteralString, parameters: Mapping[str, Any]) -> list[Any]:
    """What the restored database answers, from a server that is started on it for the question."""
    scratch = Scratch(target.parent)
    scratch.prepare()
    scratch.give_to_server()
    with serving(scratch), connected(scratch, "postgres") as connection:
        return connection.execute(statement, parameters).fetchall()


@pytest.fixture
def backups(database: TestServers) -> Iterator[Backups]:
    assert database.installation.database is not None
    folder = database.installation.places.server_folder("postgres") / "backed-up"
    folder.mkdir()
    backups = Backups(database.installation.database, folder)
    yield backups
    database.start_database()
    backups.forget()
    shutil.rmtree(folder)
