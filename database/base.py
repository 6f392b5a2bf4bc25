"""Django's PostgreSQL, whose connections are told who works in them and whose sites' records to show."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db.backends.postgresql import base
from psycopg.errors import InvalidSchemaName
from psycopg.pq import TransactionStatus

from database.entering import Entrance, entered, entering
from database.scope import shown

TELL = "SELECT set_config('edc.sites', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """Tells late, with the next statement, so that a request waits for no telling of its own.

    `told` is what the session of the database goes by, its scope and by what it was entered; None where that is not
    sure, and it is told again.
    """

    told: tuple[str, Entrance] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.told = None
        return super().get_new_connection(conn_params)

    def cursor(self) -> Any:
        """As Django's, which asks before each statement also what does not change while a connection stands: whether a
        loop of coroutines runs (the site has none), whether the connection is healthy, whether its time zone changed.
        """
        if self.connection is None or (self.health_check_enabled and not self.health_check_done):
            return super().cursor()
        with self.wrap_database_errors:
            self._tell()
            return self._prepare_cursor(self.connection.cursor())

    def create_cursor(self, name: str | None = None) -> Any:
        self._tell()
        return super().create_cursor(name)

    def enter(self, entry: Entrance) -> Any:
        """Enter the session of the database, now, which is a statement of the page's; what its function gives."""
        self.ensure_connection()
        with entering(entry), self.wrap_database_errors, self._prepare_cursor(self.connection.cursor()) as cursor:
            # Before it is so: to log the statement Django takes one more cursor, which would tell of who was here.
            self.told = shown(), entry
            try:
                cursor.execute(*self._saying(shown(), entry))
            except BaseException:
                self.told = None
                raise
            return cursor.fetchone()[1]

    def _tell(self) -> None:
        """Past Django's cursor: it is no statement of the page's. A transaction that failed takes nothing more."""
        scope, entry = now = shown(), entered()
        if now == self.told or self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        if self.told is not None and self.told[1] == entry:
            self.connection.execute(TELL, [scope])
            self.told = now
            return
        # A database that is not set up yet has nobody to tell and nothing to show.
        with suppress(InvalidSchemaName):
            self.connection.execute(*self._saying(scope, entry))
            self.told = now

    def _saying(self, scope: str, entry: Entrance) -> tuple[str, list[Any]]:
        return f"{TELL}, {entry.call}", [scope, *entry.values(self.connection.info.backend_pid)]

    # Going back takes back what was told on the way.

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        """Statements whose answers come together; where one fails, those outside a transaction are all taken back."""
        try:
            with self.wrap_database_errors, self.connection.pipeline():
                yield
        except BaseException:
            self.told = None
            raise

    def _rollback(self) -> None:
        super()._rollback()
        self.told = None

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)
        self.told = None
