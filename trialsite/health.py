"""Whether this installation works: for the proxy, the supervisor and whoever watches it."""

from collections.abc import Mapping
from threading import Lock
from time import monotonic

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from kombu.connection import Connection
from kombu.exceptions import KombuError
from psycopg.errors import DiskFull

from audit.sealing import unsealed
from trialsite import heartbeats, last_backup, starting

GOOD_FOR_S = 1.0
OK, AWAY = "ok", "does not answer"
MAY_BE_WRITTEN = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'"
# What a save needs, and nothing that stays: room beside the tables, for a sort that does not fit into memory, and a
# line of the write-ahead log, which the commit waits for on the disk.
WRITE = """
    SET LOCAL work_mem = '64kB';
    SELECT count(*) FROM (SELECT n FROM generate_series(1, 8000) AS n ORDER BY n % 97 OFFSET 1) AS sorted;
    SELECT pg_logical_emit_message(true, 'edc health', '')
"""


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while records can be read and saved and the protocol file is the one in force, else 503; each part says what
    is the matter with it.

    A broker that does not answer, a worker or a clock that is not there, a seal that is late, a backup that is not
    there, is told and no reason to refuse: saves go on, and what follows from them is caught up.
    """
    parts = last_answer.parts()
    works = parts["database"] == OK and parts["protocol"] in (OK, starting.CHANGED)
    status = 200 if works else 503
    whole = {"release": settings.RELEASE} | parts | last_answer.seal() | last_backup.in_numbers()
    return JsonResponse(whole, status=status, headers={"Cache-Control": "no-store"})


def database_says() -> str:
    """ "ok" while records can be saved, else why not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MAY_BE_WRITTEN)
            in_recovery, read_only = cursor.fetchone()
            if in_recovery:
                return "nothing can be saved: it is a copy that follows another database, or recovers"
            if read_only:
                return "nothing can be saved: it is read-only"
            cursor.execute(WRITE)
    except (DatabaseError, InterfaceError) as error:
        return _fault(error)
    return OK


def _fault(error: Exception) -> str:
    cause = error.__cause__
    if isinstance(cause, DiskFull):
        return "nothing can be saved: its disk is full"
    if getattr(cause, "sqlstate", None) is None:
        return AWAY
    return f"nothing can be saved: a write fails with {type(cause).__name__}"


def programs_say() -> Mapping[str, str]:
    """What the worker and the clock are heard of."""
    try:
        known = heartbeats.ages()
    except (DatabaseError, InterfaceError):
        return dict.fromkeys((heartbeats.WORKER, heartbeats.CLOCK), "unknown while the database does not answer")
    return {name: heartbeats.in_words(name, known) for name in (heartbeats.WORKER, heartbeats.CLOCK)}


def broker_says() -> str:
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OSError, KombuError):
        return AWAY
    return OK


class HealthAnswer:
    """What was last found, good for a second in this process: whoever asks more often costs no connection.

    Who asks meanwhile waits for the answer that is being found instead of looking for another.
    """

    def __init__(self) -> None:
        self._finding, self._parts, self._until = Lock(), dict[str, str](), 0.0
        self._seal = dict[str, str | int]()

    def parts(self) -> dict[str, str]:
        with self._finding:
            if monotonic() >= self._until:
                self._parts = {
                    "database": database_says(),
                    "protocol": starting.in_short() or OK,
                    "broker": broker_says(),
                    **programs_say(),
                }
                self._seal = sealed()
                self._until = monotonic() + GOOD_FOR_S
            return self._parts

    def seal(self) -> dict[str, str | int]:
        """As it was found with the parts."""
        return self._seal


def sealed() -> dict[str, str | int]:
    """Up to when every entry of the trail and the log of access is sealed (UTC), its age, and whether that is late."""
    try:
        waiting = unsealed()
    except (DatabaseError, InterfaceError):
        return {"seal": "unknown while the database does not answer"}
    up_to = waiting.since or timezone.now()
    return {
        "seal": "late" if waiting.is_late else OK,
        "sealed_up_to": up_to.isoformat(timespec="seconds"),
        "sealed_age_s": waiting.seconds,
    }


last_answer = HealthAnswer()
