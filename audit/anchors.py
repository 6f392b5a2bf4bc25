"""Anchors: the last hash of the seal with its time, to be kept where the database's owner does not reach."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit.models import Seal
from protocol import current

WANTED = {"block", "hash", "made_at"}


class UnreadableAnchors(Exception):
    """The file is no anchor; the message says why."""


def anchor() -> dict[str, Any] | None:
    """The last block: whoever holds this can show that the trail up to it is unchanged. None before the first seal."""
    last = Seal.objects.defer("ids", "digests").order_by("-number").first()
    if last is None:
        return None
    return {
        "study": current().code,
        "block": last.number,
        "hash": bytes(last.hash).hex(),
        "made_at": last.made_at.isoformat(),
        "exported_at": timezone.now().isoformat(),
        "release": settings.RELEASE,
    }


def read_anchors(file: Path) -> list[dict[str, Any]]:
    """The anchors of a file, one JSON object a line or one over several lines."""
    text = file.read_text()
    try:
        anchors = [json.loads(text)]
    except ValueError:
        anchors = [_line(line, file) for line in text.splitlines() if line.strip()]
    for content in anchors:
        if not isinstance(content, dict) or not content.keys() >= WANTED:
            raise UnreadableAnchors(f"{file}: an anchor has {', '.join(sorted(WANTED))}.")
    return anchors


def _line(line: str, file: Path) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise UnreadableAnchors(f"{file} is not JSON: {error}") from error
