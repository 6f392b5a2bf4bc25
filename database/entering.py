"""By what a session of the database is entered: it then works for the user whom the database itself finds by that.

What is written and shown in it is held to that user, their roles and their sites, whatever else is said
(docs/decisions/0038). Told late, with the next statement, by `database`.
"""

import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entrance:
    """A function of the database's and what it is given. `vouched_for`: a user's key, 0 for somebody at the door."""

    call: str
    given: str | None = None
    vouched_for: int | None = None

    def values(self, backend: int) -> tuple[Any, ...]:
        """What the call is given in the session of this process of the server's."""
        if self.vouched_for is not None:
            at = int(time.time())
            return self.vouched_for, at, proof_of("vouch", self.vouched_for, at, backend)
        return () if self.given is None else (self.given,)


NOBODY = Entrance("edc.leave()")
# The worker's role may, and commands, which have its password.
SYSTEM = Entrance("edc.enter_system()")

_entered: ContextVar[Entrance | None] = ContextVar("entered", default=None)


def entered() -> Entrance:
    """In a request its own; else what the process is by its role."""
    return _entered.get() or (SYSTEM if settings.IS_THE_SYSTEM else NOBODY)


def enter(entry: Entrance) -> None:
    """From here on, in this thread."""
    _entered.set(entry)


@contextmanager
def entering(entry: Entrance) -> Iterator[None]:
    before = _entered.get()
    _entered.set(entry)
    try:
        yield
    finally:
        _entered.set(before)


def by_session(key: str) -> Entrance:
    return Entrance("edc.enter(%s)", key)


def by_token(token: str) -> Entrance:
    return Entrance("edc.enter_by_token(%s)", token)


@contextmanager
def vouching(user_id: int | None) -> Iterator[None]:
    """Where there is no session yet: for a user whose password or link this process has just checked; None while it is
    checking. No role and no site comes with it. In a process of the system's there is nothing to vouch for."""
    if entered() == SYSTEM:
        yield
        return
    with entering(Entrance("edc.vouch(%s, %s, %s)", vouched_for=user_id or 0)):
        yield


def proof_of(*parts: Any) -> str:
    """What shows the database that this process said it: it has the keys, and the application's role cannot read them.
    None is said as nothing."""
    words = "|".join("" if part is None else str(part) for part in parts)
    return hmac.new(settings.SESSION_KEYS[0].encode(), words.encode(), sha256).hexdigest()


def microseconds(moment: datetime) -> int:
    """Since 1970: how a moment is said in what is proved."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def blocks_of(key: str) -> tuple[bytes, bytes]:
    """The key as HMAC-SHA-256 takes it (RFC 2104): what goes before the message, and before its digest."""
    block = (sha256(key.encode()).digest() if len(key.encode()) > 64 else key.encode()).ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
