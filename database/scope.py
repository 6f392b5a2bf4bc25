"""Whose sites' records the database shows to what runs here: its row-level security holds what access decides.

A connection is told by a setting of its session, with the next statement (`database`). Nothing told is nothing
shown: a request begins so, and sees the sites of its user once that is asked for. Workers and commands say that they
see every site. No more is shown than whoever entered the session may see (`database.entering`).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from celery import Task

from database.entering import entered, entering

NOWHERE, EVERYWHERE = "", "all"
T = TypeVar("T")

_shown: ContextVar[str] = ContextVar("shown", default=NOWHERE)


def sites_shown(site_ids: frozenset[int] | None) -> str:
    """The scope of what `Access.site_ids` gives: None is every site."""
    return EVERYWHERE if site_ids is None else ",".join(map(str, sorted(site_ids)))


def shown() -> str:
    return _shown.get()


def show(scope: str) -> None:
    """From here on, in this thread."""
    _shown.set(scope)


@contextmanager
def showing(scope: str) -> Iterator[None]:
    before = _shown.get()
    show(scope)
    try:
        yield
    finally:
        show(before)


def shown_within(content: Iterable[T]) -> Iterator[T]:
    """A stream that is read when its request is over, in the scope that it was made in, by whoever asked for it."""
    scope, entry = _shown.get(), entered()

    def streamed() -> Iterator[T]:
        with showing(scope), entering(entry):
            yield from content

    return streamed()


class SystemTask(Task):  # type: ignore[misc]
    """What a worker does, it does for the system, at every site; what it writes, it writes as the system."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        with showing(EVERYWHERE):
            return super().__call__(*args, **options)
