"""The passwords and keys of one installation: made once, in a file that only its user can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Secrets:
    """Passwords of the database's roles, and the keys: Django's, of the trail's seal, of factors, of the backups.

    Keys with a comma: the first one is used, the others still read what they made.
    """

    superuser: str
    owner: str
    application: str
    worker: str
    backup: str
    django: str
    seal: str
    factors: str
    backup_key: str


def secrets_of(path: Path) -> Secrets:
    """Read the secrets; those that there are none of yet are made."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    made = Secrets(**(_new(kept) | kept))
    if asdict(made) != kept:
        write_private(path, json.dumps(asdict(made), indent=1))
    return made


def _new(kept: dict[str, str]) -> dict[str, str]:
    made = {field.name: secrets.token_urlsafe(50) for field in fields(Secrets)}
    if "django" in kept:
        # An installation of before the key of the seal sealed with Django's: what that sealed stays its own.
        made["seal"] += f",{kept['django']}"
    return made


def write_private(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
