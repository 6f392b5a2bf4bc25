"""What has become of the counts that a decision of the dose committee rests on."""

from collections.abc import Iterable
from dataclasses import dataclass

from safety.levels import Level
from safety.models import DoseLevelDecision


@dataclass(frozen=True, slots=True)
class Recounted:
    """A subject that a decision counted and that today's forms count otherwise."""

    subject: str
    level: str
    then: str
    now: str


def recounted(decision: DoseLevelDecision, ladder: Iterable[Level]) -> list[Recounted]:
    """The subjects of these levels, in their order; who was enrolled or first evaluated later is no correction."""
    before = {level_then["level"]: level_then["subjects"] for level_then in decision.considered}
    changed = []
    for level in ladder:
        today = {subject.label: (subject.verdict.evaluable, subject.verdict.dlt) for subject in level.counted}
        for subject, evaluable, dlt in before.get(level.plan.code, []):
            then, now = _words((evaluable, dlt)), _words(today.get(subject, (None, False)))
            if evaluable is not None and then != now:
                changed.append(Recounted(subject, level.plan.label, then, now))
    return changed


def _words(counted: tuple[bool | None, bool | None]) -> str:
    evaluable, dlt = counted
    if evaluable is None:
        return "not known yet"
    if not evaluable:
        return "not evaluable"
    return "evaluable with a DLT" if dlt else "evaluable, no DLT"
