"""Statements stay prepared from test to test: PostgreSQL else spends most of the suite on planning them anew."""

from typing import Any

from django.db.backends.signals import connection_created
from psycopg._preparing import PrepareManager


class Kept(PrepareManager):
    """psycopg forgets all with every ROLLBACK, which ends each test: it might have taken back a table that was made.

    No test makes or alters tables over Django's own connection, and PostgreSQL plans anew where another one does.
    """

    prepared_max = 1_000
    prepare_threshold = 1

    def clear(self) -> bool:
        return False


def keep_prepared() -> None:
    connection_created.connect(_keep, dispatch_uid="tests.prepared")


def _keep(connection: Any, **_: Any) -> None:
    if connection.alias == "default":
        connection.connection._prepared = Kept()
