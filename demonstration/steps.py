"""What somebody does on a day of the synthetic trial: one step after another, still plain data."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from demonstration.design import Hospital, PlannedSubject


@dataclass(frozen=True)
class Step:
    """Something that somebody does on a day of the trial."""

    day: date


@dataclass(frozen=True)
class Add(Step):
    slot: PlannedSubject


@dataclass(frozen=True)
class Fill(Step):
    """Save a form. `again` is a later save of one that is there; `reason` is given where it was complete before.
    `entry` counts the subject's entries in a log, 0 for other forms."""

    slot: PlannedSubject
    code: str
    visit: str | None
    record: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = True
    again: bool = False
    reason: str = ""
    entry: int = 0


@dataclass(frozen=True)
class MarkNotDone(Step):
    slot: PlannedSubject
    code: str
    visit: str
    why: str


@dataclass(frozen=True)
class Withdraw(Step):
    """The `entry`-th entry of a log should not be there: the site says why."""

    slot: PlannedSubject
    code: str
    entry: int
    why: str


@dataclass(frozen=True)
class Enrol(Step):
    """The investigator asks for a slot, the data manager gives it."""

    slot: PlannedSubject


@dataclass(frozen=True)
class OpenLevel(Step):
    cohort: str
    why: str


@dataclass(frozen=True)
class CloseLevel(Step):
    cohort: str


@dataclass(frozen=True)
class MonitorComes(Step):
    """The monitor reads at a hospital: answers are typed, questions closed and asked."""

    hospital: Hospital


@dataclass(frozen=True)
class CloseOut(Step):
    """The monitor's last visit: sources compared, a finished subject signed, frozen, locked."""

    hospital: Hospital


@dataclass(frozen=True)
class RangeStep(Step):
    """The data manager enters the limits of normal of a hospital's laboratory."""

    hospital: Hospital


@dataclass(frozen=True)
class GoesLive(Step):
    """The data manager signs the checklist of a hospital; before the first one that the trial goes live."""

    hospital: Hospital


@dataclass(frozen=True)
class Decide(Step):
    """The dose committee opens a level."""

    cohort: str
    why: str
