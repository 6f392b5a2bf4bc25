"""What a test does by hand that the program may not: a date of the past, a row that goes, what an attacker left."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import TransactionStatus

# A role without a login, with every right on each table and none of the owner's. Only the tests' own cluster has it.
TESTER = "edc_tester"


@contextmanager
def unlimited() -> Iterator[None]:
    """Within it the application's role has every right on each table. Triggers, rules and policies hold as ever."""
    _become(TESTER)
    try:
        yield
    finally:
        # After an error the transaction is taken back, and this with it.
        if connection.connection.info.transaction_status != TransactionStatus.INERROR:
            _become("NONE")


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
