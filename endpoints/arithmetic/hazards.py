"""Times to event of two arms compared: the log-rank test, and the hazard ratio of a Cox model of the arm alone.

Sources: log-rank, Mantel, Cancer Chemother Rep 1966;50:163-170, by strata as Peto et al., Br J Cancer 1977;35:1-39; the
model, Cox, J R Stat Soc B 1972;34:187-220; ties, Efron, J Am Stat Assoc 1977;72:557-565, and Breslow, Biometrics
1974;30:89-99. As survdiff and coxph of R's survival.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocol.plan import Ties

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Newton halves the digits that are wrong with each step, and a bisection stands in where it leaves the bracket.
MOST_STEPS, CLOSE = 200, 1e-12


@dataclass(frozen=True, slots=True)
class RiskSets:
    """At risk and events at each event time of each stratum: rows; in the reference and in the other arm: columns.

    `silent` are the subjects of strata in which no event found both arms at risk: they tell nothing of a difference.
    """

    at_risk: Ints
    events: Ints
    strata: int
    silent_strata: int
    silent: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """A hazard ratio, of the other arm to the reference, with the standard error of its logarithm."""

    log: float
    error: float

    @property
    def value(self) -> float:
        return math.exp(self.log)

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Wald's, on the scale of the logarithm."""
        reach = NormalDist().inv_cdf((1 + conf_level) / 2) * self.error
        return math.exp(self.log - reach), math.exp(self.log + reach)


def risk_sets(times: ArrayLike, events: ArrayLike, other: ArrayLike, strata: ArrayLike) -> RiskSets:
    """Of lists of one length: times >= 0 in any unit, whether there was an event, whether the subject is in the other
    arm, and the stratum as a whole number. Raises ValueError for lists of several lengths."""
    time, event, arm = np.asarray(times), np.asarray(events, dtype=bool), np.asarray(other, dtype=bool)
    stratum = np.asarray(strata)
    if len({time.shape, event.shape, arm.shape, stratum.shape}) > 1 or time.ndim != 1:
        raise ValueError("times, events, arms and strata must be lists of one length")
    at_risk, died, silent = [np.empty((0, 2), np.int64)], [np.empty((0, 2), np.int64)], []
    levels = np.unique(stratum)
    for level in levels:
        within = stratum == level
        risk, dead = _of_stratum(time[within], event[within], arm[within])
        at_risk.append(risk)
        died.append(dead)
        if not (risk > 0).all(axis=1).any():
            silent.append(int(within.sum()))
    return RiskSets(np.concatenate(at_risk), np.concatenate(died), levels.size, len(silent), sum(silent))


def _of_stratum(time: NDArray[np.generic], event: NDArray[np.bool_], arm: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    grid = np.unique(time[event])
    risk, died = np.empty((grid.size, 2), np.int64), np.empty((grid.size, 2), np.int64)
    for column, within in enumerate((~arm, arm)):
        followed = np.sort(time[within])
        risk[:, column] = followed.size - np.searchsorted(followed, grid, side="left")
        died[:, column] = np.bincount(np.searchsorted(grid, time[event & within]), minlength=grid.size)
    return risk, died


def log_rank(sets: RiskSets) -> float | None:
    """The statistic z, normal where the arms do not differ; above 0 the other arm has more events than expected. Its
    square is chi-square with one degree of freedom. None where no event found both arms at risk."""
    total, died = sets.at_risk.sum(axis=1), sets.events.sum(axis=1)
    share = sets.at_risk[:, 1] / total
    variance = float((died * share * (1 - share) * (total - died) / np.maximum(total - 1, 1)).sum())
    surplus = float((sets.events[:, 1] - died * share).sum())
    return surplus / math.sqrt(variance) if variance > 0 else None


def hazard_ratio(sets: RiskSets, ties: Ties = "efron") -> Ratio | None:
    """The maximum of the partial likelihood; None where it has none, as where all events are in one arm.

    With the arm alone in the model each event is a draw between the arms at odds of hazard ratio * at risk in the other
    arm / at risk in the reference, so that the expected draws of the other arm equal those observed at the maximum.
    """
    weights = _weights(sets, ties)
    both = (weights > 0).all(axis=1)
    drawn = int(sets.events[:, 1].sum()) - int((weights[:, 0] <= 0).sum())
    draws = int(both.sum())
    if not 0 < drawn < draws:
        return None
    odds = np.log(weights[both, 1] / weights[both, 0])
    log = _log_ratio(odds, drawn)
    chance = _chance(odds + log)
    return Ratio(log, 1 / math.sqrt(float((chance * (1 - chance)).sum())))


def _weights(sets: RiskSets, ties: Ties) -> Floats:
    """Of each single event the subjects at risk by arm; of tied ones Efron takes the events before it off in part."""
    if ties not in ("efron", "breslow"):
        raise ValueError(f"{ties!r} is not efron or breslow")
    died = sets.events.sum(axis=1)
    place = np.repeat(np.arange(died.size), died)
    before = np.arange(place.size) - np.repeat(np.cumsum(died) - died, died)
    taken = before / died[place] if ties == "efron" else np.zeros(place.size)
    weights: Floats = sets.at_risk[place] - taken[:, np.newaxis] * sets.events[place]
    return weights


def _log_ratio(odds: Floats, drawn: int) -> float:
    """Where the chances add up to `drawn`: between where the largest of the odds, and the smallest, would have it."""
    level = math.log(drawn / (odds.size - drawn))
    low, high = level - float(odds.max()), level - float(odds.min())
    log = (low + high) / 2
    for _ in range(MOST_STEPS):
        chance = _chance(odds + log)
        surplus = drawn - float(chance.sum())
        low, high = (log, high) if surplus > 0 else (low, log)
        step = surplus / float((chance * (1 - chance)).sum())
        if abs(step) < CLOSE or high - low < CLOSE:
            break
        log = log + step if low < log + step < high else (low + high) / 2
    return log


def _chance(log_odds: Floats) -> Floats:
    # tanh overflows nowhere, as exp would
    return 0.5 * (1 + np.tanh(log_odds / 2))


def p_value(z: float, *, one_sided: bool) -> float:
    """Of a normal statistic: two-sided, or one-sided for values below 0."""
    return math.erfc(-z / math.sqrt(2)) / 2 if one_sided else math.erfc(abs(z) / math.sqrt(2))
