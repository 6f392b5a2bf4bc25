"""The Bayesian optimal interval design: Liu and Yuan, J R Stat Soc C 2015;64:507-523.

Escalate while the observed rate is at most lambda_e, de-escalate from lambda_d on; between them stay. A level, and
all above it, is eliminated once Pr(rate > target | data) > 0.95 under a uniform prior, from three subjects on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from cohorts.escalation.level import Advice, Move, Tally
from values.shown import probability

# The paper's recommendation: 0.6 and 1.4 times the target are the rates that a wrong decision would accept.
UNDER, OVER = 0.6, 1.4
LEAST_FOR_ELIMINATION = 3


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Of a number of evaluable subjects: escalate with at most `escalate` DLTs, de-escalate with at least
    `de_escalate`, eliminate with at least `eliminate` (None: not with so few)."""

    n: int
    escalate: int
    de_escalate: int
    eliminate: int | None


def interval(target: float, under: float = UNDER, over: float = OVER) -> tuple[float, float]:
    """(lambda_e, lambda_d), equations 2.5 and 2.6 of the paper with equal prior weights. Raises ValueError for a
    target that leaves no room."""
    low, high = under * target, over * target
    if not 0 < low < target < high < 1:
        raise ValueError(f"no interval around a target of {target}")
    lambda_e = log((1 - low) / (1 - target)) / log(target * (1 - low) / (low * (1 - target)))
    lambda_d = log((1 - target) / (1 - high)) / log(high * (1 - target) / (target * (1 - high)))
    return lambda_e, lambda_d


def chance_above(target: float, tally: Tally) -> float:
    """Pr(rate > target | data) under a uniform prior, exact: of n + 1 trials at the target at most `dlts` succeed."""
    n = tally.evaluable + 1
    total, term = 0.0, (1 - target) ** n
    for x in range(tally.dlts + 1):
        total += term
        term *= (n - x) / (x + 1) * target / (1 - target)
    return min(total, 1.0)


def advise(tally: Tally, target: float, cutoff: float = 0.95) -> Advice:
    """The next step at this level."""
    if tally.evaluable == 0:
        return Advice(Move.NO_DATA, "Nobody is evaluable yet.")
    lambda_e, lambda_d = interval(target)
    rate, above = tally.dlts / tally.evaluable, chance_above(target, tally)
    observed = f"{tally.dlts} of {tally.evaluable} = {probability(rate)}"
    if tally.evaluable >= LEAST_FOR_ELIMINATION and above > cutoff:
        return Advice(Move.ELIMINATE, f"{observed}: above {target:g} with probability {probability(above)}.")
    if rate <= lambda_e:
        return Advice(Move.ESCALATE, f"{observed} is at most {probability(lambda_e)}.")
    if rate >= lambda_d:
        return Advice(Move.DE_ESCALATE, f"{observed} is at least {probability(lambda_d)}.")
    return Advice(Move.STAY, f"{observed} is between {probability(lambda_e)} and {probability(lambda_d)}.")


@lru_cache(maxsize=256)
def boundaries(n: int, target: float, cutoff: float = 0.95) -> Boundaries:
    """The row of the design's decision table for so many evaluable subjects."""
    moves = [advise(Tally(1, n, dlts), target, cutoff).move for dlts in range(n + 1)]
    leaves = (Move.DE_ESCALATE, Move.ELIMINATE)
    return Boundaries(
        n=n,
        escalate=moves.count(Move.ESCALATE) - 1,
        de_escalate=next((dlts for dlts, move in enumerate(moves) if move in leaves), n + 1),
        eliminate=next((dlts for dlts, move in enumerate(moves) if move == Move.ELIMINATE), None),
    )


def isotonic(tallies: Sequence[Tally]) -> list[float | None]:
    """The estimated rate of each level, made to rise with the dose by pooling adjacent violators, as the paper's
    section 2.4 does: (x + 0.05) / (n + 0.1), weighted by the inverse variance; None for a level without subjects."""
    blocks: list[tuple[float, float, int]] = []  # rate, weight, levels
    for tally in tallies:
        if tally.evaluable == 0:
            continue
        a, b = tally.dlts + 0.05, tally.evaluable - tally.dlts + 0.05
        blocks.append((a / (a + b), (a + b) ** 2 * (a + b + 1) / (a * b), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (rate, weight, levels), (other, more, others) = blocks[-2:]
            blocks[-2:] = [((rate * weight + other * more) / (weight + more), weight + more, levels + others)]
    pooled = iter([rate for rate, _, levels in blocks for _ in range(levels)])
    return [next(pooled) if tally.evaluable else None for tally in tallies]


def maximum_tolerated(tallies: Sequence[Tally], target: float, cutoff: float = 0.95) -> int | None:
    """The position of the level whose isotonic rate is nearest the target, among those not eliminated; of equals the
    higher where both lie below the target, else the lower. None where nobody is evaluable, or nothing is left."""
    left = list(tallies)
    for position, tally in enumerate(tallies):
        if advise(tally, target, cutoff).move == Move.ELIMINATE:
            left = left[:position]
            break
    # A hundred-millionth more a level breaks ties as the paper does.
    rates = [None if rate is None else rate + position * 1e-10 for position, rate in enumerate(isotonic(left))]
    near = [(abs(rate - target), position) for position, rate in enumerate(rates) if rate is not None]
    return min(near)[1] if near else None
