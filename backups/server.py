"""What a backup asks of the running database: who it is, how far its log is, how many rows its tables have."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql

from backups.sealed import SealRefused
from backups.store import Archived

SLOT = "edc_backup"
IDENTITY = """
    SELECT system_identifier::text, timeline_id, current_setting('server_version'),
           (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')
    FROM pg_control_system(), pg_control_checkpoint()
"""
TABLES = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# A slot whose log the server has thrown away is of no use any more.
LOST = "SELECT wal_status = 'lost' FROM pg_replication_slots WHERE slot_name = %s"


@dataclass(frozen=True)
class Identity:
    system: str
    timeline: int
    version: str
    segment_bytes: int


@dataclass(frozen=True)
class Server:
    """The database at `url`, reached as a role with REPLICATION that reads every table (`edc_backup`)."""

    url: str

    def for_programs(self, name: str) -> tuple[str, dict[str, str]]:
        """The address and the environment for PostgreSQL's own programs: a password as an argument is seen by all."""
        connection = psycopg.conninfo.conninfo_to_dict(self.url, application_name=name)
        password = str(connection.pop("password", ""))
        return psycopg.conninfo.make_conninfo("", **connection), {**os.environ, "LC_ALL": "C", "PGPASSWORD": password}

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            yield connection

    def identity(self) -> Identity:
        with self.connect() as connection:
            row = connection.execute(IDENTITY).fetchone()
        assert row is not None
        return Identity(*row)

    def keep_log(self) -> None:
        """Have the server keep its log until it is archived: make the slot, anew where its log is lost."""
        with self.connect() as connection:
            lost = connection.execute(LOST, [SLOT]).fetchone()
            if lost == (True,):
                connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
            if lost in (None, (True,)):
                connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])

    def log_is_kept(self) -> bool:
        with self.connect() as connection:
            return connection.execute(LOST, [SLOT]).fetchone() == (False,)

    def now(self) -> Archived:
        """The server's clock, and how far its log was then: what was said to be saved by then is before that place."""
        with self.connect() as connection:
            row = connection.execute("SELECT clock_timestamp(), pg_current_wal_flush_lsn()::text").fetchone()
        assert row is not None
        return Archived(row[0].astimezone(UTC).isoformat(), row[1])

    def is_received(self, lsn: str) -> bool:
        """Whether the archive has everything up to this place on its disk."""
        statement = "SELECT restart_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"
        with self.connect() as connection:
            return connection.execute(statement, [lsn, SLOT]).fetchone() == (True,)

    def counts(self) -> Mapping[str, int]:
        with self.connect() as connection:
            return counts_of(connection)


def counts_of(connection: psycopg.Connection[Any]) -> Mapping[str, int]:
    """Rows of each table, all at one moment."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {name: _count(connection, name) for name in tables}


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def moment_of(text: str) -> datetime:
    """A moment as an operator writes it; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SealRefused(f"{text!r} is not a date and time: write it as 2026-11-29 20:15:07 (UTC).") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
