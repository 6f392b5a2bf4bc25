"""What every design is told of a dose level, and what it answers."""

from dataclasses import dataclass
from enum import StrEnum


class Move(StrEnum):
    ESCALATE = "escalate"
    STAY = "stay"
    DE_ESCALATE = "de-escalate"
    ELIMINATE = "eliminate"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Tally:
    """Evaluable subjects at one dose level and how many of them had a dose-limiting toxicity. `dose` in mg."""

    dose: float
    evaluable: int
    dlts: int

    def __post_init__(self) -> None:
        if not 0 <= self.dlts <= self.evaluable:
            raise ValueError(f"{self.dlts} DLTs among {self.evaluable} evaluable subjects cannot be")
        if self.dose <= 0:
            raise ValueError(f"a dose of {self.dose} mg cannot be")


@dataclass(frozen=True, slots=True)
class Advice:
    """What a design recommends, and the sentence that says why."""

    move: Move
    why: str
