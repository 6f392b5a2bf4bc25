"""A thread that ended leaves no connection to the database behind.

The web server ends threads that are idle and starts new ones when there is work. Django keeps a connection for each
thread, in a knot of objects that only the collector of garbage undoes; that comes seldom here (trialsite.wsgi), and the
connections of ended threads stayed open by the dozen.
"""

import os
import threading
import weakref
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

THREADS = Path("/proc/self/task")


class ConnectionMark:
    """A thread of its own, also where the system gives the number of one that ended to the next."""

    def __init__(self) -> None:
        self.thread = threading.get_native_id()

    @property
    def ended(self) -> bool:
        reused = self.thread == threading.get_native_id() and self is not getattr(_here, "mark", None)
        return reused or not (THREADS / str(self.thread)).exists()


_here = threading.local()
_lock = threading.Lock()
_held: dict[ConnectionMark, list["weakref.ref[Any]"]] = {}


def forget() -> None:
    """In a process that was forked: the marks are of threads of its parent, and so look ended here."""
    global _lock
    _lock = threading.Lock()
    _held.clear()
    vars(_here).clear()


os.register_at_fork(after_in_child=forget)


def opened(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Remember the connection as this thread's, and close those of threads that are no more."""
    if not THREADS.exists():
        return
    if not hasattr(_here, "mark"):
        _here.mark = ConnectionMark()
    with _lock:
        alive = [held for held in _held.get(_here.mark, []) if held() is not None and not held().closed]
        _held[_here.mark] = [*alive, weakref.ref(connection.connection)]
        left = [held() for mark in list(_held) if mark.ended for held in _held.pop(mark)]
    for waiting in left:
        if waiting is not None:
            waiting.close()
