"""The heart-beats of the worker and the clock: each notes in the database that it works, and its age is told.

The clock asks for work every ten seconds, so both have something to note as long as both are there.
"""

import logging
from collections.abc import Mapping
from time import monotonic

from django.db import DatabaseError, InterfaceError, connection

WORKER, CLOCK = "worker", "clock"
NOTED_EVERY_S, LATE_AFTER_S = 5.0, 60.0
NOTE = """
    INSERT INTO trialsite_heartbeat (name, at) VALUES (%s, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
AGES = "SELECT name, extract(epoch FROM clock_timestamp() - at)::float FROM trialsite_heartbeat"

logger = logging.getLogger(__name__)
_noted: dict[str, float] = {}


def note(name: str) -> None:
    """Note that it works, at most once in five seconds. A database that is away stops no work."""
    now = monotonic()
    if now - _noted.get(name, -NOTED_EVERY_S) < NOTED_EVERY_S:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [name])
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The heart-beat of the %s was not noted: %s", name, error)
        connection.close()
        return
    _noted[name] = now


def ages() -> dict[str, float]:
    """Seconds since each was last at work, by the database's clock; who never was is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(AGES)
        return dict(cursor.fetchall())


def in_words(name: str, known: Mapping[str, float]) -> str:
    """ "ok", or since when it is not there."""
    if name not in known:
        return "never seen"
    return "ok" if known[name] <= LATE_AFTER_S else f"last seen {known[name]:.0f} s ago"
