"""Django's PostgreSQL, whose connections are told whose sites' records to show before they are asked for any."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from accounts.scope import NOWHERE, shown

TELL = "SELECT set_config('edc.sites', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """Tells late, with the next statement, so that a request waits for no telling of its own.

    `told` is what the session of the database goes by; None where that is not sure, and it is told again.
    """

    told: str | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.told = NOWHERE
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

    def _tell(self) -> None:
        """Past Django's cursor: it is no statement of the page's. A transaction that failed takes nothing more."""
        scope = shown()
        if scope != self.told and self.connection.info.transaction_status != TransactionStatus.INERROR:
            self.connection.execute(TELL, [scope])
            self.told = scope

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
