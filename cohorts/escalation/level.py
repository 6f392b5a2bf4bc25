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
    """Evaluable subjects at one dose level and how many of them had a dose-limiting toxicity. `dose` in the unit of the
    escalated drug."""

    dose: float
    evaluable: int
    dlts: int

    def __post_init__(self) -> None:
        if not 0 <= self.dlts <= self.evaluable:
            raise ValueError(f"{self.dlts} DLTs among {self.evaluable} evaluable subjects cannot be")
        if self.dose <= 0:
            raise ValueError(f"a dose of {self.dose:g} cannot be")


@dataclass(frozen=True, slots=True)
class Advice:
    """What a design recommends, and the sentence that says why."""

    move: Move
    why: str

    def within(self, position: int, levels: int, *, at_lowest: Move) -> "Advice":
        """The same for a level that has no neighbour: nobody can be sent where no level is. `at_lowest` is what a
        de-escalation means at the lowest one: 3+3 stops there, BOIN goes on until it eliminates the level."""
        if self.move == Move.ESCALATE and position == levels - 1:
            return Advice(Move.STAY, f"{self.why} There is no higher level.")
        if self.move == Move.DE_ESCALATE and position == 0:
            return Advice(at_lowest, f"{self.why} There is no lower level.")
        return self
