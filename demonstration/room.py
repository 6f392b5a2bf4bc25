"""A protocol with slots for more subjects than were planned, for trials that are made for load."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from demonstration.design import PLANNED


@contextmanager
def room_for(subjects: int) -> Iterator[None]:
    """The protocol in force, within the block, with its planned numbers scaled to `subjects`."""
    if subjects <= PLANNED:
        yield
        return
    original = settings.PROTOCOL_FILE
    with TemporaryDirectory() as folder:
        settings.PROTOCOL_FILE = Path(folder) / original.name
        settings.PROTOCOL_FILE.write_text(enlarged(original.read_text(), subjects / PLANNED))
        try:
            yield
        finally:
            settings.PROTOCOL_FILE = original


def enlarged(text: str, factor: float) -> str:
    return re.sub(r"(?m)^planned = (\d+)$", lambda match: f"planned = {ceil(int(match[1]) * factor) + 1}", text)
