"""What is done to the installation: each part killed as by the kernel, held for a while, or away; a full disk."""

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil

from tests.campaign.stage import START_S, SUPERVISOR, CampaignStage

# Seconds: between two faults, for how long something is held or the disk is full, and for how long a server is away.
LONGEST_PAUSE_S, LONGEST_HOLD_S, LONGEST_AWAY_S = 0.5, 2.0, 4.0
Processes = dict[str, psutil.Process]
# Those of a part that are hit at once; of several such groups one is.
Pick = Callable[[Processes], list[list[psutil.Process]]]


@dataclass(frozen=True)
class PlannedFault:
    """`kind` is kill, hold, away or fill, `part` who is hit; `chance` (0 to 1) decides which one of several, and how
    long."""

    kind: str
    part: str
    chance: float = 0.0

    @property
    def pause(self) -> float:
        return LONGEST_PAUSE_S * self.chance

    def strike(self, stage: CampaignStage) -> str:
        """Do it; says at whom."""
        if self.kind == "fill":
            return self._fill(stage)
        if (self.kind, self.part) == ("kill", SUPERVISOR):
            stage.kill_supervisor()
            return ""
        hit = self._victims(stage)
        {"kill": _kill, "hold": self._hold, "away": self._take_away}[self.kind](hit, stage)
        return f"({', '.join(str(process.pid) for process in hit)})"

    def _victims(self, stage: CampaignStage) -> list[psutil.Process]:
        """Waited for: a part that the fault before has hit may not be back yet."""
        deadline = time.monotonic() + START_S
        while not (groups := PARTS[self.part](stage.parts())):
            if time.monotonic() > deadline:
                raise RuntimeError(f"no {self.part} is running\n{stage.last_lines()}")
            time.sleep(0.05)
        return groups[int(self.chance * len(groups))]

    def _hold(self, processes: list[psutil.Process], stage: CampaignStage) -> None:
        _signal(processes, signal.SIGSTOP)
        try:
            time.sleep(LONGEST_HOLD_S * self.chance)
        finally:
            _signal(processes, signal.SIGCONT)

    def _take_away(self, processes: list[psutil.Process], stage: CampaignStage) -> None:
        """Stopped as for an upgrade, and started only after a while: nobody looks after it meanwhile."""
        supervisor = stage.parts()[SUPERVISOR]
        supervisor.suspend()
        try:
            _signal(processes, signal.SIGINT)
            psutil.wait_procs(processes, timeout=LONGEST_AWAY_S)
            time.sleep(LONGEST_AWAY_S * self.chance)
        finally:
            supervisor.resume()

    def _fill(self, stage: CampaignStage) -> str:
        """To the last byte, for a while."""
        if not stage.has_disk:
            return "(no disk of its own: that takes root)"
        filler = stage.folder / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(2**20))
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(2**12))
        size = filler.stat().st_size
        time.sleep(LONGEST_HOLD_S * self.chance)
        filler.unlink()
        return f"({size // 2**20} MB)"

    def __str__(self) -> str:
        return f"{self.kind} {self.part}"


def _kill(processes: list[psutil.Process], stage: CampaignStage) -> None:
    _signal(processes, signal.SIGKILL)


def _signal(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _itself(name: str) -> Pick:
    return lambda parts: [[parts[name]]] if name in parts else []


def _children(name: str, words: str = "") -> Pick:
    """One that it started and is alive, oldest first; `words` stand in the title of the process."""

    def pick(parts: Processes) -> list[list[psutil.Process]]:
        children = [child for child in _started_by(parts, name) if words in _title(child)]
        return [[child] for child in sorted(children, key=lambda child: child.pid)]

    return pick


def _with_children(name: str) -> Pick:
    return lambda parts: [[parts[name], *_started_by(parts, name)]] if name in parts else []


def _started_by(parts: Processes, name: str) -> list[psutil.Process]:
    try:
        return list(parts[name].children(recursive=True))
    except (KeyError, psutil.NoSuchProcess):
        return []


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


PARTS: dict[str, Pick] = {
    "database": _itself("database"),
    "database with its sessions": _with_children("database"),
    "database's session": _children("database", "edc_"),
    "database's writer": _children("database", "walwriter"),
    "broker": _itself("broker"),
    "web": _itself("web"),
    "web's process": _children("web"),
    "worker": _itself("worker"),
    "worker's process": _children("worker"),
    "clock": _itself("beat"),
    SUPERVISOR: _itself(SUPERVISOR),
}
FAULTS = (
    *(PlannedFault("kill", part) for part in PARTS),
    *(PlannedFault("hold", part) for part in PARTS),
    *(PlannedFault("away", part) for part in ("database", "broker")),
    PlannedFault("fill", "disk"),
)


def drawn(seed: int, number: int) -> list[PlannedFault]:
    """Every kind comes before one comes again, in an order of the seed."""
    chance, faults = random.Random(seed), list[PlannedFault]()
    while len(faults) < number:
        faults += [
            PlannedFault(fault.kind, fault.part, chance.random()) for fault in chance.sample(FAULTS, len(FAULTS))
        ]
    return faults[:number]
