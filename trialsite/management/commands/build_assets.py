"""Lay the browser's files ready: Bootstrap and Vega out of their wheels, then all static files hashed and compressed.

Nothing third-party is kept in the repository, and nothing is fetched while the site runs.
"""

import hashlib
import importlib.metadata
import shutil
from pathlib import Path
from typing import Any

import bootstrap_wrapper
import vl_convert
from django.conf import settings
from django.core.management import BaseCommand, call_command

BOOTSTRAP = (
    "css/bootstrap.min.css",
    "css/bootstrap.min.css.map",
    "js/bootstrap.bundle.min.js",
    "js/bootstrap.bundle.min.js.map",
)
# Vega's own expression interpreter comes along in vega-embed: `ast: true` works under a strict content policy.
VEGA = "export { vega, vegaEmbed, vegaLite };"
WHEELS = ("bootstrap-wrapper", "vl-convert-python")


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--only-wheels", action="store_true", help="leave the collected static files as they are")

    def handle(self, *args: Any, only_wheels: bool, **options: Any) -> None:
        folder = Path(settings.BUILT_ASSETS)
        refresh(folder / "versions", wheel_versions(), lambda: copy_wheels(folder))
        if not only_wheels:
            collected = Path(settings.STATIC_ROOT)
            refresh(collected / "sources", source_digest(), lambda: collect(options["verbosity"]))
        self.stdout.write("The browser's files are ready.")


def refresh(stamp: Path, digest: str, make: Any) -> None:
    """Call `make` unless the stamp says that its result is there; the stamp is written last."""
    if stamp.exists() and stamp.read_text() == digest:
        return
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)


def wheel_versions() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return "\n".join([digest, *(f"{name} {importlib.metadata.version(name)}" for name in WHEELS)])


def copy_wheels(folder: Path) -> None:
    for name in BOOTSTRAP:
        target = folder / "bootstrap" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bootstrap_wrapper.get_bootstrap_dir() / name, target)
    bundle = folder / "vega" / "vega.js"
    bundle.parent.mkdir(parents=True, exist_ok=True)
    bundle.write_text(vl_convert.javascript_bundle(VEGA))


def source_digest() -> str:
    """Changes when any static file of an app, of the project or of a wheel does."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda item: item[0]):
            size, changed = storage.size(path), storage.get_modified_time(path)
            digest.update(f"{path} {size} {changed.timestamp()}\n".encode())
    return digest.hexdigest()


def collect(verbosity: int) -> None:
    call_command("collectstatic", interactive=False, clear=True, verbosity=min(verbosity, 1) - 1)
