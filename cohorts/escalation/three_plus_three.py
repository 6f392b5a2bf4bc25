"""The 3+3 design: Storer, Design and analysis of phase I clinical trials, Biometrics 1989;45:925-937.

Three subjects are treated; 0 of 3 with a DLT escalates, 1 of 3 adds three more, 2 or more de-escalates. Of six, at
most 1 escalates. The maximum tolerated dose is the highest level at which at most 1 of 6 has a DLT.
"""

from collections.abc import Sequence

from cohorts.escalation.level import Advice, Move, Tally

COHORT = 3
FULL = 2 * COHORT


def advise(tally: Tally) -> Advice:
    """The next step at this level. Beyond six evaluable subjects the design has no rule of its own: the boundary of
    six, at most 1 of 6, is then read as a rate."""
    n, dlts = tally.evaluable, tally.dlts
    observed = f"{dlts} of {n} evaluable had a DLT"
    if n == 0:
        return Advice(Move.NO_DATA, "Nobody is evaluable yet.")
    if dlts > 1 and dlts * FULL > n:
        return Advice(Move.DE_ESCALATE, f"{observed}: more than 1 of 6.")
    if n < COHORT:
        return Advice(Move.STAY, f"{observed}: {COHORT - n} more to a cohort of {COHORT}.")
    if n < FULL:
        if dlts == 0:
            return Advice(Move.ESCALATE, f"{observed}.")
        return Advice(Move.STAY, f"{observed}: {FULL - n} more to {FULL}.")
    return Advice(Move.ESCALATE, f"{observed}: at most 1 of 6.")


def maximum_tolerated(tallies: Sequence[Tally]) -> int | None:
    """The position of the highest level with six or more evaluable subjects and at most 1 of 6 with a DLT, below
    every level that exceeds it; None where there is none yet. Levels from the lowest dose up."""
    highest = None
    for position, tally in enumerate(tallies):
        if advise(tally).move == Move.DE_ESCALATE:
            break
        if tally.evaluable >= FULL:
            highest = position
    return highest
