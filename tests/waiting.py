"""Waits for what another process does."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], patience: float = 60) -> bool:
    """Whether it came to be within so many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
