"""What an earlier run left running, known by process id and start time, is stopped before anything is started."""

import contextlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

from embedded.passwords import write_private
from embedded.process import Process, kill_group, stop_process


def remember(record: Path, processes: Iterable[Process]) -> None:
    """Write down who runs, so that a start after a kill finds them."""
    running = [process for process in processes if process.running]
    rows = []
    for process in running:
        with contextlib.suppress(psutil.NoSuchProcess):
            started = psutil.Process(process.pid).create_time()
            rows.append([process.name, process.pid, started, int(process.stop_signal)])
    write_private(record, json.dumps(rows))


def stop_leftovers(record: Path) -> Sequence[str]:
    """Stop the remembered processes that still run, last started first; their names."""
    if not record.exists():
        return []
    stopped = []
    for name, pid, started, stop_signal in reversed(json.loads(record.read_text())):
        # A group outlives its leader: the web server's workers hold the port after it was killed.
        if _is_same(pid, started):
            stop_process(pid, stop_signal, patience=30)
            stopped.append(f"{name} ({pid})")
        elif not psutil.pid_exists(pid):
            kill_group(pid)
    record.unlink()
    return stopped


def _is_same(pid: int, started: float) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - started) < 1
    except psutil.NoSuchProcess:
        return False
