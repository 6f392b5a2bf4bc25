"""Who is behind a write: the database refuses any change whose transaction does not say so."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, connection, connections, transaction

from database.prepared import Read, ahead

SETTINGS = ("edc.actor_id", "edc.actor_name", "edc.role", "edc.reason", "edc.channel")
NOBODY = ("", "", "", "", "")
# The advisory lock that a freeze or lock takes alone: a write to the record takes it, shared, before it holds any row,
# so that each waits for the other and neither for a row that the other holds.
CLOSING = 4265156001
BESIDE_OTHERS = f"pg_advisory_xact_lock_shared({CLOSING})"
TELL_DATABASE = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
WAIT_AND_TELL = f"{TELL_DATABASE}, {BESIDE_OTHERS}"


@dataclass(frozen=True)
class Actor:
    """A person (or the system itself) in the role and by the channel of one action.

    `channel` is "screen", "api", "import" or "system"; `name` is the user name, which is never given out twice.
    """

    user_id: int | None
    name: str
    role: str
    channel: str


SYSTEM = Actor(None, "system", "system", "system")

# The name of the rule by which the database refuses a write to what is frozen or locked.
SHUT = "shut"


class Locked(Exception):
    """What was to be changed is frozen or locked; the message says by whom."""


_told: ContextVar[tuple[str, ...]] = ContextVar("told", default=NOBODY)
# Whether the transaction has waited for a freeze or lock that is being set.
_waited: ContextVar[bool] = ContextVar("waited", default=False)


@contextmanager
def acting(by: Actor, *, reason: str = "", waits: bool = True, reads: Sequence[Read] = ()) -> Iterator[None]:
    """One transaction in which every change is `by`'s, for `reason`; inside another one it is a savepoint.

    It `waits` while a freeze or lock is set, before any row is held; what writes nothing that one shuts (people,
    sign-ins, tokens, notices, reviews of access) need not. Costs one statement; none when the enclosing `acting` says
    the same. `reads` are asked in the same go. Raises Locked where the database finds the record shut.
    """
    nested = connection.in_atomic_block
    before, waited = (_told.get(), _waited.get()) if nested else (NOBODY, False)
    now = ("" if by.user_id is None else str(by.user_id), by.name, by.role, reason, by.channel)
    tokens = _told.set(now), _waited.set(waited or waits)
    try:
        says = now != before or waits > waited
        tell = partial(_tell, now, WAIT_AND_TELL if waits else TELL_DATABASE) if says else None
        with transaction.atomic(), ahead(*reads, after=tell):  # in one go with the BEGIN
            yield
            if nested and now != before:
                # What follows in the enclosing transaction must not go by this name.
                _tell(before, TELL_DATABASE)
    except IntegrityError as broken:
        if broken_rule(broken) == SHUT:
            raise Locked(broken.__cause__.diag.message_primary) from broken  # type: ignore[union-attr]
        raise
    finally:
        _told.reset(tokens[0])
        _waited.reset(tokens[1])


@contextmanager
def acting_as_owner(by: Actor, *, reason: str) -> Iterator[None]:
    """One transaction of the connection `owner` in which every change is `by`'s: for what is written while the database
    is set up, where neither a user nor the worker is known yet."""
    settings_of_session = ("" if by.user_id is None else str(by.user_id), by.name, by.role, reason, by.channel)
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(TELL_DATABASE, settings_of_session)
        yield


@contextmanager
def about_to_act() -> Iterator[None]:
    """The transaction of an act that holds rows before it knows by whom it is, as by one actor for each site."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {BESIDE_OTHERS}")
        yield


def _tell(values: tuple[str, ...], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def broken_rule(broken: IntegrityError) -> str:
    """The name of the table's rule that a write broke; "" where the database names none."""
    diagnosis = getattr(broken.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
