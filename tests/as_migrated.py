"""The tests' database as migrations leave it, to which it is put back after each test that commits.

A copy of the whole database takes half a second, and whoever worked in the old one plans every statement anew. So rows
are taken away where only rows were written, and the test's own session stays; a database whose tables, functions or
rights are others than they were is dropped and copied.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg import sql

from embedded.database import NAME, OWNER, Database

COPY = "edc_as_migrated"
CATALOGUES = (
    *("pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_default_acl", "pg_depend", "pg_enum"),
    *("pg_extension", "pg_index", "pg_namespace", "pg_policy", "pg_proc", "pg_publication", "pg_rewrite"),
    *("pg_seclabel", "pg_statistic_ext", "pg_subscription", "pg_trigger", "pg_type"),
)
# Each change of a catalogue leaves a row that a later transaction wrote, or one fewer.
SHAPE = " UNION ALL ".join(
    f"SELECT '{name}', concat(count(*), '/', max(xmin::text::bigint)) FROM {name}" for name in CATALOGUES
)
RIGHTS = """
    SELECT 'rights', concat(datacl, datconnlimit, datallowconn, (
        SELECT array_agg(concat(setrole, setconfig) ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid
    )) FROM pg_database d WHERE datname = current_database()
"""
# A table that never held a row has no page.
WRITTEN = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    AND pg_relation_size(oid) > 0
"""
COUNTED = """
    SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value, start_value FROM pg_sequences
"""
# A running site and worker know a version of the protocol by its key, which no other one has while they run.
NEVER_AGAIN = ("public.cohorts_protocolversion_id_seq", "public.protocol_inforce_id_seq")
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> %s
"""


class AsMigrated:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.given: dict[str, int] = {}

    def copy(self) -> None:
        """Keep the database as it is now, empty but for what migrations put in, as another one beside it."""
        self._copy(COPY, NAME)

    def remember(self) -> None:
        """Look at the database as it is now, which is like the copy."""
        with self.database.connect(NAME) as connection:
            self.copied = self.shape = shape(connection)
            self.rows = {table: rows_of(connection, table) for table in written(connection)}
            self.counted = counted(connection)

    def restore(self, kept_session: int = 0) -> bool:
        """Put the database back to what `remember` saw; the kept session stands where this is true, all others end."""
        with self.database.connect(NAME) as connection:
            connection.execute(END_OTHERS, [kept_session])
            self.given |= {
                name: last for name, (last, _) in counted(connection).items() if name in NEVER_AGAIN and last
            }
            if stands := shape(connection) == self.shape:
                self._put_rows_back(connection)
        if not stands:
            self._copy(NAME, COPY)
            self.shape = self.copied
        self._go_on_counting()
        return stands

    def _go_on_counting(self) -> None:
        with self.database.connect(NAME) as connection:
            for name, last in self.given.items():
                set_back(connection, name, (last, 1))

    def _put_rows_back(self, connection: psycopg.Connection) -> None:
        with connection.transaction(), silent_triggers(connection):
            for table in written(connection):
                if rows_of(connection, table) != (rows := self.rows.get(table, b"")):
                    connection.execute(f"DELETE FROM {table}")
                    put_rows(connection, table, rows)
            for name, _ in counted(connection).items() - self.counted.items():
                set_back(connection, name, self.counted[name])
        self.shape = shape(connection)

    def _copy(self, name: str, template: str) -> None:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template), "owner": sql.Identifier(OWNER)}
        with self.database.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
            made = "CREATE DATABASE {name} TEMPLATE {template} OWNER {owner} STRATEGY FILE_COPY"
            connection.execute(sql.SQL(made).format(**names))
            # A copy has the template's tables with their rights, but not the rights on the database itself.
            connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC").format(**names))


def shape(connection: psycopg.Connection) -> Mapping[str, str]:
    return dict(connection.execute(f"{SHAPE} UNION ALL {RIGHTS}").fetchall())


@contextmanager
def silent_triggers(connection: psycopg.Connection) -> Iterator[None]:
    """In this transaction: foreign keys, what refuses a write, and what writes down who made it.

    Those that fire for whoever writes are switched off where they are listed, not by ALTER TABLE, at which each session
    would plan its statements anew: that is what keeping the sessions saves.
    """
    connection.execute("SET LOCAL session_replication_role = replica")
    off = "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgenabled = 'A' RETURNING oid"
    always = [oid for (oid,) in connection.execute(off)]
    yield
    connection.execute("UPDATE pg_trigger SET tgenabled = 'A' WHERE oid = ANY(%s)", [always])


def written(connection: psycopg.Connection) -> list[str]:
    return [table for (table,) in connection.execute(WRITTEN)]


def rows_of(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(copy)


def put_rows(connection: psycopg.Connection, table: str, rows: bytes) -> None:
    if rows:
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(rows)


def counted(connection: psycopg.Connection) -> dict[str, tuple[int | None, int]]:
    """Each sequence, with the value that it gave last or None, and the one that it begins with."""
    return {name: (last, start) for name, last, start in connection.execute(COUNTED)}


def set_back(connection: psycopg.Connection, sequence: str, value: tuple[int | None, int]) -> None:
    last, start = value
    connection.execute("SELECT setval(%s, %s, %s)", [sequence, start if last is None else last, last is not None])
