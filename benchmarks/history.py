"""How long the past takes to read: one subject's beside a long trail, the whole trial's at 88 and at 10,000 subjects.

make benchmark NAME=history

The demonstration, read at the moment that half of its trail is as old as; then copied, trail and all, and read again.
Every row of every table of the record is counted by its key. `SUBJECTS` and `COPIES` make it small.
"""

import os
import statistics
import time
from datetime import datetime
from typing import Any

import psutil

from benchmarks.installation import installation

SUBJECTS = os.environ.get("SUBJECTS", "88")
COPIES = int(os.environ.get("COPIES", "113"))
TIMES = 10
HALF_WAY = "SELECT at FROM audit_event ORDER BY id OFFSET (SELECT count(*) / 2 FROM audit_event) LIMIT 1"
VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = %s AND viewname IN (SELECT relname FROM pg_class c"
UNDER_TRAIL = f"{VIEWS} JOIN pg_trigger t ON t.tgrelid = c.oid WHERE tgname = 'trail') ORDER BY 1"


def main() -> None:
    with installation():
        prepare()
        report()
        copy()
        report()


def prepare() -> None:
    from django.core.management import call_command

    call_command("build_assets", verbosity=0)
    call_command("demo_trial", "--seed", "1", "--subjects", SUBJECTS, verbosity=0)


def copy() -> None:
    from django.db import connections

    from benchmarks.multiply import multiply

    started = time.perf_counter()
    multiply(COPIES, trail=True)
    # As if the trial had been typed over weeks: what was written at one moment is never more than a few saves.
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET at = at - make_interval(secs => (SELECT max(id) FROM audit_event) - id)")
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE audit_event")
    print(f"copied in {time.perf_counter() - started:.0f} s")


def report() -> None:
    moment, subjects, entries = (
        value(HALF_WAY),
        value("SELECT count(*) FROM cohorts_subject"),
        value("SELECT count(*) FROM audit_event"),
    )
    print(f"{subjects:,} subjects, {entries:,} entries of the trail, read at {moment:%Y-%m-%d %H:%M:%S}")
    subject = value("SELECT id FROM cohorts_subject ORDER BY id OFFSET (SELECT count(*) / 2 FROM cohorts_subject)")
    times = sorted(read(moment, subject)[0] for _ in range(TIMES))
    print(f"  a subject's past: median {statistics.median(times) * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms")
    seconds, rows, memory = read(moment, None)
    print(f"  the whole past: {seconds:.1f} s, {rows:,} rows; the server's process at most {memory / 2**20:.0f} MB")


def read(moment: datetime, subject: int | None) -> tuple[float, int, int]:
    """Seconds, rows and the most memory of the server's process, for every table that is kept over time."""
    from history.past import the_past

    names = tables("past" if subject is None else "past_of_subject")
    rows = most = 0
    backend = psutil.Process(value("SELECT pg_backend_pid()"))
    started = time.perf_counter()
    with the_past(moment, subject):
        for name in names:
            rows += value(f'SELECT count(row) FROM (SELECT r.* FROM "{name}" r) row')  # noqa: S608
            most = max(most, backend.memory_info().rss)
    return time.perf_counter() - started, rows, most


def tables(schema: str) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(UNDER_TRAIL, [schema])
        return [name for (name,) in cursor.fetchall()]


def value(statement: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        (cell,) = cursor.fetchone()
        return cell


if __name__ == "__main__":
    main()
