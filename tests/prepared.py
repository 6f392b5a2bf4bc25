"""Statements stay prepared from test to test: PostgreSQL else spends most of the suite on planning them anew."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.signals import connection_created
from psycopg._preparing import Prepare, PrepareManager


class Kept(PrepareManager):
    """psycopg forgets all with every ROLLBACK, which ends each test: it might have taken back a table that was made.

    No test makes or alters tables over Django's own connection, and PostgreSQL plans anew where another one does. What
    was to be prepared in a pipeline that was aborted before it, the server does not know: it is forgotten.
    """

    prepared_max = 1_000
    prepare_threshold = 1

    def __init__(self) -> None:
        super().__init__()
        self._unsure: set[Any] = set()

    def maybe_add_to_cache(self, query: Any, prep: Prepare, name: bytes) -> Any:
        added = super().maybe_add_to_cache(query, prep, name)
        if prep is not Prepare.SHOULD:
            return added
        self._unsure.add(self.key(query))
        return self.key(query)

    def validate(self, key: Any, prep: Prepare, name: bytes, results: Sequence[Any]) -> None:
        super().validate(key, prep, name, results)
        self._unsure.discard(key)

    def clear(self) -> bool:
        for key in self._unsure:
            self._names.pop(key, None)
        self._unsure.clear()
        return False


def keep_prepared() -> None:
    connection_created.connect(_keep, dispatch_uid="tests.prepared")


def _keep(connection: Any, **_: Any) -> None:
    if connection.alias == "default":
        connection.connection._prepared = Kept()
