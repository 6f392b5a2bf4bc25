"""Which program this is: the digest of its own files, by which an acceptance run names what it was run on."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings

SUFFIXES = {".py", ".html", ".txt", ".toml", ".js", ".css", ".svg", ".typ", ".csv"}
BESIDE_APPS = ("values", "protocol", "database", "templates", "static")
BESIDE_FOLDERS = ("pyproject.toml", "requirements.txt", "constraints.txt")


@cache
def program_digest() -> str:
    """SHA-256 over path and content of each file of the program; another where any of them is other. Read once a
    process: what was changed since does not run yet."""
    root: Path = settings.BASE_DIR
    folders = sorted({*BESIDE_APPS, *(app.name for app in apps.get_app_configs() if Path(app.path).parent == root)})
    files = [file for folder in folders for file in (root / folder).rglob("*") if file.suffix in SUFFIXES]
    digest = sha256()
    for file in sorted([*files, *(root / name for name in BESIDE_FOLDERS)]):
        digest.update(f"{file.relative_to(root).as_posix()}\0{sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
