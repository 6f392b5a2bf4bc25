"""A fresh installation for a benchmark: durable like a real one (fsync on), its own folder, nothing else in it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

from embedded.installation import Installation, lasting, remove, servers
from embedded.places import PROJECT, Places
from embedded.process import Process

# Two benchmarks at the same time need a name and a port each.
NAME = os.environ.get("BENCHMARK_NAME", "benchmark")
PORT = int(os.environ.get("BENCHMARK_PORT", "8765"))


@contextmanager
def installation(*, web: int = 0, worker: bool = False) -> Iterator[str]:
    """Start database and broker, set Django up on them, and optionally the site and a worker. Gives the address."""
    remove(Places(PROJECT / "var" / NAME))
    made = lasting(NAME)
    os.environ.update(
        made.environment | made.for_setup, DJANGO_SETTINGS_MODULE="trialsite.settings", LOG_LEVEL="WARNING"
    )
    os.environ.update(API_THROTTLE_USER="1000000/min")
    with ExitStack() as stack:
        stack.callback(lambda: remove(made.places))
        stack.enter_context(servers(made))
        command = [sys.executable, "manage.py", "setup_database", "--verbosity=0"]
        subprocess.run(command, cwd=PROJECT, env={**os.environ, **made.for_setup}, check=True)
        _set_django_up()
        if worker:
            _run(stack, "worker", ["celery", "-A", "trialsite.celery", "worker", "--concurrency=1", "--loglevel=INFO"])
        if web:
            subprocess.run([sys.executable, "manage.py", "build_assets", "--verbosity=0"], cwd=PROJECT, check=True)
            _serve(stack, web, made)
        yield f"http://127.0.0.1:{PORT}"


def _set_django_up() -> None:
    import django

    django.setup()
    from database.scope import EVERYWHERE, show

    show(EVERYWHERE)


def _serve(stack: ExitStack, workers: int, made: Installation) -> None:
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT), "--workers", str(workers)]
    command = ["granian", *options, "--blocking-threads", "4", "trialsite.wsgi:application"]
    _run(stack, "web", command, made.of_the_site)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the site did not start")


def _run(stack: ExitStack, name: str, command: list[str], others: Mapping[str, str] = MappingProxyType({})) -> None:
    log = Path(PROJECT / "var" / NAME / f"{name}.log")
    process = Process(name, [sys.executable, "-m", *command], log, environment={**os.environ, **others}, folder=PROJECT)
    process.start()
    stack.callback(process.stop)
