"""Whose sites' records the database shows to what runs here: its row-level security holds what access decides.

A connection is told by a setting of its session. Nothing told is nothing shown: a request begins so, and sees the sites
of its user once that is asked for. Workers and commands say that they see every site.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from celery import Task
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

NOWHERE, EVERYWHERE = "", "all"
TELL = "SELECT set_config('edc.sites', %s, false)"
T = TypeVar("T")

_shown: ContextVar[str] = ContextVar("shown", default=NOWHERE)


def sites_shown(site_ids: frozenset[int] | None) -> str:
    """The scope of what `Access.site_ids` gives: None is every site."""
    return EVERYWHERE if site_ids is None else ",".join(map(str, sorted(site_ids)))


def show(scope: str) -> None:
    """From here on, in this thread."""
    if scope != _shown.get():
        _shown.set(scope)
        _tell(scope)


@contextmanager
def showing(scope: str) -> Iterator[None]:
    before = _shown.get()
    show(scope)
    try:
        yield
    finally:
        show(before)


def shown_within(content: Iterable[T]) -> Iterator[T]:
    """A stream that is read when its request is over, in the scope that it was made in."""
    scope = _shown.get()

    def streamed() -> Iterator[T]:
        with showing(scope):
            yield from content

    return streamed()


class SystemTask(Task):  # type: ignore[misc]
    """What a worker does, it does for the system, at every site; what it writes, it writes as the system."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        with showing(EVERYWHERE):
            return super().__call__(*args, **options)


def listen() -> None:
    """Called once, when the app is ready: a connection made later learns what was said before."""
    connection_created.connect(_tell_new, dispatch_uid="accounts.scope")


def _tell_new(sender: Callable[..., Any], connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.alias == "default" and _shown.get() != NOWHERE:
        connection.connection.execute(TELL, [_shown.get()])


def _tell(scope: str) -> None:
    """Past Django's cursor: it is no statement of the page's."""
    connection.close_if_health_check_failed()
    open_now = connection.connection
    # A transaction that failed takes nothing more, and going back it takes back what was told in it.
    if open_now is not None and open_now.info.transaction_status != TransactionStatus.INERROR:
        with connection.wrap_database_errors:
            open_now.execute(TELL, [scope])
