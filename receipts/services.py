"""A request that is sent again because its answer was lost counts once, and gets the answer of the first."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from receipts.models import Receipt

# As long as a browser keeps the key of a save that nobody has confirmed.
KEPT = timedelta(days=8)
# The space of advisory locks in which a request under way holds its key: free again however its transaction ends.
UNDER_WAY = 42651561
CLAIM = f"""
    INSERT INTO receipts_receipt (user_id, key, request, rights, at)
    SELECT %(user)s::bigint, %(key)s::text, %(request)s, %(rights)s, %(now)s
    WHERE pg_try_advisory_xact_lock({UNDER_WAY}, hashtext(%(user)s::bigint || ' ' || %(key)s::text))
    ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""


def claim(*, user_id: int, key: str, request: str, rights: str) -> int | None:
    """The key of a new receipt; None where the user's key was used, or is by a request that is under way.

    To be called within the transaction of the change, which ends with `keep` or `give_back`. Waits for nothing.
    """
    values: dict[str, Any] = {"user": user_id, "key": key, "request": request, "rights": rights, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        row = cursor.fetchone()
    return row[0] if row else None


def answered(*, user_id: int, key: str) -> Receipt | None:
    """The receipt of this user's key; None while its request is under way."""
    return Receipt.objects.filter(user=user_id, key=key).first()


def keep(receipt: int, *, status: int, body: str | None) -> None:
    """The answer, which is there if and only if the change is: both are of one transaction."""
    Receipt.objects.filter(pk=receipt).update(status=status, body=body)


def give_back(receipt: int) -> None:
    """Nothing was done: the key is free for the same request, or a corrected one."""
    Receipt.objects.filter(pk=receipt).delete()


def forget() -> int:
    """Delete what is older than the time for which a key is kept."""
    return Receipt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
