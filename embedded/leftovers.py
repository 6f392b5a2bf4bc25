"""What an earlier run left running, known by process id and start time, is stopped before anything is started."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

from embedded.passwords import write_private
from embedded.process import Process, kill_group, stop_process


def remember(record: Path, processes: Iterable[Process]) -> None:
    """Write down who was started, so that a start after a kill finds them."""
    rows = [[process.name, process.pid, process.born, int(process.stop_signal)] for process in processes]
    write_private(record, json.dumps(rows))


def stop_leftovers(record: Path) -> Sequence[str]:
    """Stop the remembered processes that still run, last started first; their names."""
    if not record.exists():
        return []
    stopped = []
    for name, pid, born, stop_signal in reversed(json.loads(record.read_text())):
        if _is_same(pid, born):
            stop_process(pid, stop_signal, patience=30)
            stopped.append(f"{name} ({pid})")
        if not psutil.pid_exists(pid):
            # A group outlives its leader: the web server's workers hold the port after it was killed.
            kill_group(pid)
    record.unlink()
    return stopped


def _is_same(pid: int, born: float) -> bool:
    try:
        return bool(abs(psutil.Process(pid).create_time() - born) < 1)
    except psutil.NoSuchProcess:
        return False
