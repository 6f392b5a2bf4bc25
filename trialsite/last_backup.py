"""When the last backup was taken and checked, as `python -m backups` noted it where the site reads (backups.notes)."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

# The log is archived each ten seconds: this is no hiccup.
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class LastBackup:
    """`folder` is where it is noted; None where nobody named it, and nothing is known."""

    folder: Path | None

    @property
    def is_known(self) -> bool:
        return self.folder is not None

    @cached_property
    def taken(self) -> datetime | None:
        """When the last base backup was finished; None where none was ever taken."""
        return self._moment("taken", "at")

    @cached_property
    def bytes(self) -> int | None:
        return self._note("taken").get("bytes")

    @cached_property
    def archived_until(self) -> datetime | None:
        return self._moment("archived", "until")

    @cached_property
    def checked(self) -> datetime | None:
        """When a backup was last restored elsewhere and verified."""
        return self._moment("checked", "at")

    @property
    def faults(self) -> int:
        return self._note("checked").get("faults") or 0

    @property
    def is_checked(self) -> bool:
        """Whether it is this one that was checked, not one before it."""
        return self.checked is not None and self._note("checked").get("name") == self._note("taken").get("name")

    @property
    def is_late(self) -> bool:
        """Whether what was saved lately is in none."""
        return self.archived_until is not None and timezone.now() - self.archived_until > LATE

    @property
    def says(self) -> str:
        """In a word, for whoever watches."""
        if not self.is_known:
            return "unknown"
        if self.taken is None:
            return "no backup was ever taken"
        if self.faults:
            return "the last check found faults"
        return "late" if self.is_late else "ok"

    @property
    def age_s(self) -> int | None:
        return None if self.taken is None else max(0, int((timezone.now() - self.taken).total_seconds()))

    def _moment(self, kind: str, name: str) -> datetime | None:
        stated = self._note(kind).get(name)
        return datetime.fromisoformat(stated) if stated else None

    def _note(self, kind: str) -> dict[str, Any]:
        """Empty where nothing was noted."""
        path = None if self.folder is None else self.folder / f"{kind}.json"
        if path is None or not path.exists():
            return {}
        note: dict[str, Any] = json.loads(path.read_text())
        return note


def last_backup() -> LastBackup:
    return LastBackup(Path(settings.STATUS_OF_BACKUPS) if settings.STATUS_OF_BACKUPS else None)


def in_numbers() -> dict[str, str | int]:
    """As /health/ tells it: its state and, where there is one, its age."""
    try:
        backup = last_backup()
        age = {} if backup.age_s is None else {"backup_age_s": backup.age_s}
        return {"backup": backup.says, **age}
    except (OSError, ValueError):
        return {"backup": "unknown: its note cannot be read"}
