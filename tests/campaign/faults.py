"""What is done to the installation: each part killed as by the kernel, or held for a while; a full disk."""

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import psutil

from tests.campaign.stage import Stage

LONGEST_PAUSE_S, LONGEST_HOLD_S = 1.0, 3.0
Pick = Callable[[dict[str, psutil.Process]], list[psutil.Process]]


@dataclass(frozen=True)
class Fault:
    """`kind` is kill, hold or fill, `part` who is hit; `chance` (0 to 1) decides which one of several, and how long."""

    kind: str
    part: str
    chance: float = 0.0

    def with_chance(self, chance: float) -> "Fault":
        return replace(self, chance=chance)

    @property
    def pause(self) -> float:
        return LONGEST_PAUSE_S * self.chance

    def strike(self, stage: Stage) -> str:
        """Do it; says at whom."""
        if self.part == "supervisor":
            stage.kill_supervisor()
            return ""
        if self.part == "disk":
            return self._fill(stage)
        candidates = PARTS[self.part](stage.parts())
        if not candidates:
            return "(was not running)"
        hit = candidates[int(self.chance * len(candidates))]
        with suppress(psutil.NoSuchProcess):
            self._hit(hit)
        return f"({hit.pid})"

    def _hit(self, process: psutil.Process) -> None:
        if self.kind == "kill":
            process.send_signal(signal.SIGKILL)
            return
        process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(LONGEST_HOLD_S * self.chance)
        finally:
            process.send_signal(signal.SIGCONT)

    def _fill(self, stage: Stage) -> str:
        """To the last byte, for a while."""
        if not stage.has_disk:
            return "(no disk of its own: that takes root)"
        filler = stage.folder / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"x" * 2**16)
        size = filler.stat().st_size
        time.sleep(LONGEST_HOLD_S * self.chance)
        filler.unlink()
        return f"({size // 2**20} MB)"

    def __str__(self) -> str:
        return f"{self.kind} {self.part}"


def _itself(name: str) -> Pick:
    return lambda parts: [parts[name]] if name in parts else []


def _children(name: str, words: str = "") -> Pick:
    """What it started and is alive, oldest first; `words` stand in the title of the process."""

    def pick(parts: dict[str, psutil.Process]) -> list[psutil.Process]:
        with suppress(KeyError, psutil.NoSuchProcess):
            children = parts[name].children(recursive=True)
            return sorted((one for one in children if words in _title(one)), key=lambda one: one.pid)
        return []

    return pick


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


PARTS: dict[str, Pick] = {
    "database": _itself("database"),
    "database's session": _children("database", "edc_"),
    "database's writer": _children("database", "walwriter"),
    "broker": _itself("broker"),
    "web": _itself("web"),
    "web's process": _children("web"),
    "worker": _itself("worker"),
    "worker's process": _children("worker"),
    "clock": _itself("beat"),
}
FAULTS = [
    *(Fault("kill", part) for part in (*PARTS, "supervisor")),
    *(Fault("hold", part) for part in PARTS if part != "clock"),
    Fault("fill", "disk"),
]
