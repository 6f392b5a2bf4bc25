"""Reading the record as it was: whatever reads rows within `the_past` reads those of that moment, by the same code."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction


@contextmanager
def the_past(moment: datetime, subject: int | None = None) -> Iterator[None]:
    """Within, each table of the record holds what the trail says of it up to the moment, at the sites that are shown.

    With the key of a subject, tables whose rows lead to a subject hold that one's alone, in a time that does not grow
    with the trial. A save that was still being written at the moment belongs after it. Nothing can be written within.
    Raises DataError for a moment that is still to come, and NotSupportedError where a table is read that no trail is
    kept of, such as derived figures.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), past.go_to(%s, %s)", [moment, subject])
        (search_path, _) = cursor.fetchone()
        yield
        cursor.execute("SELECT past.come_back(%s)", [search_path])
