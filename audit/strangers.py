"""What strangers try is counted, so that nobody can fill the log of access, which nothing is ever taken from.

In each minute the first of a kind from one address (of IPv6, from one network) are lines of the log as they happen. The
ones beyond are counted, and when the minute is over the worker writes one line of how many they were and at whom they
were aimed. Nothing goes untold: lines and counts add up to what was tried.
"""

import json
from collections.abc import Iterator
from operator import itemgetter

from allauth.core.internal.ratelimit import truncate_ip
from django.db import connection, transaction

from audit.models import AccessEvent
from values.times import shown_moment

# Of one kind, in one minute, from one address.
LISTED = 3
MOST_NAMED = 20
OTHERS = "others"

COUNT = """
    INSERT INTO audit_stranger AS kept (minute, kind, address, tries, names)
    VALUES (date_trunc('minute', statement_timestamp()), %(kind)s, %(address)s, 1, '{}')
    ON CONFLICT (minute, kind, address) DO UPDATE SET
        tries = kept.tries + 1,
        names = CASE WHEN kept.tries < %(listed)s THEN kept.names ELSE kept.names || (
            SELECT jsonb_build_object(name, coalesce((kept.names ->> name)::bigint, 0) + 1)
            FROM (SELECT CASE WHEN kept.names ? %(name)s
                OR (SELECT count(*) FROM jsonb_object_keys(kept.names)) < %(most)s THEN %(name)s ELSE %(others)s END
            ) AS named (name)
        ) END
    RETURNING tries
"""
ENDED = """
    DELETE FROM audit_stranger WHERE id IN (
        SELECT id FROM audit_stranger WHERE minute < date_trunc('minute', statement_timestamp())
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING minute, kind, host(address), tries, names::text
"""
AT_ONCE = 1000


def counted(kind: str, address: str | None, name: str) -> bool:
    """Count one more; whether it has no line of its own any more. `name` is a user's, or says that nobody has it."""
    attempt = {"kind": kind, "address": truncate_ip(address or "::"), "name": name}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, attempt | {"listed": LISTED, "most": MOST_NAMED, "others": OTHERS})
        [tries] = cursor.fetchone()
    return bool(tries > LISTED)


def tell_of_counted() -> int:
    """Write the line of each count whose minute is over, and forget the count. How many lines."""
    lines = 0
    while ended := _ended():
        lines += ended
    return lines


def _ended() -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ENDED, [AT_ONCE])
            rows = cursor.fetchall()
        AccessEvent.objects.bulk_create(_lines(rows))
    return len(rows)


def _lines(rows: list[tuple]) -> Iterator[AccessEvent]:
    for minute, kind, address, tries, names in rows:
        if tries > LISTED:
            details = ", ".join(
                f"{name} {number}"
                for name, number in sorted(json.loads(names).items(), key=itemgetter(1), reverse=True)
            )
            detail = f"{tries - LISTED} more in the minute from {shown_moment(minute)}: {details}"
            yield AccessEvent(actor_name="several", kind=kind, detail=detail, address=address)
