"""The passwords and keys of one installation: made once, in a file that only its user can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Secrets:
    """Passwords of the database's three roles, and Django's key."""

    superuser: str
    owner: str
    application: str
    django: str


def secrets_of(path: Path) -> Secrets:
    """Read the secrets, or make them if there are none yet."""
    if path.exists():
        return Secrets(**json.loads(path.read_text()))
    superuser, owner, application = (secrets.token_urlsafe(24) for _ in range(3))
    made = Secrets(superuser=superuser, owner=owner, application=application, django=secrets.token_urlsafe(50))
    write_private(path, json.dumps(asdict(made), indent=1))
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
