"""What others are told of the backups: when the last was taken and checked, and until when the log is archived.

It stands in a folder of its own, which the site may read (trialsite.last_backup): of the backups themselves the site
sees nothing. No backup fails because it could not be told of.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backups.store import Archived, Base, write_whole

FOLDER = "STATUS_OF_BACKUPS"


@dataclass(frozen=True)
class BackupNotes:
    """A file for each kind, as each has its own writer; `folder` None is nobody to tell."""

    folder: Path | None

    @classmethod
    def of_the_environment(cls) -> "BackupNotes":
        named = os.environ.get(FOLDER)
        return cls(Path(named) if named else None)

    def taken(self, base: Base) -> None:
        self._write("taken", {"name": base.name, "at": base.finished_at, "bytes": base.bytes})

    def checked(self, base: Base, faults: int) -> None:
        """It was restored into a scratch server, verified and compared."""
        self._write("checked", {"name": base.name, "at": datetime.now(UTC).isoformat(), "faults": faults})

    def archived(self, archived: Archived) -> None:
        self._write("archived", {"until": archived.until})

    def _write(self, kind: str, content: Mapping[str, Any]) -> None:
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / f"{kind}.json", json.dumps(content))
        except OSError as reason:
            print(f"The status page cannot be told of it: {reason}", file=sys.stderr, flush=True)
