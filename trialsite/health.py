"""Whether this installation works: for the proxy, the supervisor and whoever watches it."""

from threading import Lock
from time import monotonic

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.connection import Connection
from kombu.exceptions import KombuError

GOOD_FOR_S = 1.0


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """200 while records can be read and saved, else 503.

    A broker that does not answer is reported and no reason to refuse: saves go on, and beat catches up.
    """
    parts = last_answer.parts()
    said = {name: "ok" if works else "does not answer" for name, works in parts.items()}
    return JsonResponse(said, status=200 if parts["database"] else 503, headers={"Cache-Control": "no-store"})


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


class Answer:
    """What was last found, good for a second in this process: whoever asks more often costs no connection.

    Who asks meanwhile waits for the answer that is being found instead of looking for another.
    """

    def __init__(self) -> None:
        self._finding, self._parts, self._until = Lock(), dict[str, bool](), 0.0

    def parts(self) -> dict[str, bool]:
        with self._finding:
            if monotonic() >= self._until:
                self._parts = {"database": database_answers(), "broker": broker_answers()}
                self._until = monotonic() + GOOD_FOR_S
            return self._parts


def broker_answers() -> bool:
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OSError, KombuError):
        return False
    return True


last_answer = Answer()
