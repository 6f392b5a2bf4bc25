"""Proportions of two arms compared: their difference with limits, and tests of it.

Sources: limits, Newcombe, Stat Med 1998;17:873-890, method 10, from Wilson's (J Am Stat Assoc 1927;22:209-212); by
strata, Cochran, Biometrics 1954;10:417-451, and Mantel and Haenszel, J Natl Cancer Inst 1959;22:719-748, without
correction for continuity; exact test, Fisher 1934. As mantelhaen.test and fisher.test of R.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

# Chances that are equal on paper differ in their last bits; R's fisher.test allows as much.
EQUAL = 1 + 1e-7


class Counts(NamedTuple):
    """`x` of `n` in the other arm, `x_reference` of `n_reference` in the reference."""

    x: int
    n: int
    x_reference: int
    n_reference: int


def wilson(x: int, n: int, conf_level: float) -> tuple[float, float]:
    """(lower, upper) of x of n, n > 0, as fractions."""
    z2 = NormalDist().inv_cdf((1 + conf_level) / 2) ** 2
    middle, reach = x + z2 / 2, math.sqrt(z2 * x * (n - x) / n + z2**2 / 4)
    return (middle - reach) / (n + z2), (middle + reach) / (n + z2)


def newcombe(counts: Counts, conf_level: float = 0.95) -> tuple[float, float, float] | None:
    """(difference, lower, upper) of the other arm less the reference, as fractions; None with an empty arm."""
    x, n, x_reference, n_reference = counts
    if not (n and n_reference):
        return None
    share, reference = x / n, x_reference / n_reference
    low, high = wilson(x, n, conf_level)
    reference_low, reference_high = wilson(x_reference, n_reference, conf_level)
    difference = share - reference
    lower = difference - math.hypot(share - low, reference_high - reference)
    upper = difference + math.hypot(high - share, reference - reference_low)
    return difference, max(lower, -1.0), min(upper, 1.0)


def cochran_mantel_haenszel(strata: Iterable[Counts]) -> float | None:
    """The statistic z, normal where the arms do not differ; above 0 the other arm has more than expected. Its square is
    chi-square with one degree of freedom. None where no stratum has both arms, and both with and without."""
    surplus = variance = 0.0
    for x, n, x_reference, n_reference in strata:
        total, having = n + n_reference, x + x_reference
        if total > 1:
            surplus += x - n * having / total
            variance += n * n_reference * having * (total - having) / (total**2 * (total - 1))
    return surplus / math.sqrt(variance) if variance > 0 else None


def fisher(counts: Counts, *, one_sided: bool) -> float | None:
    """The exact p value: two-sided, of all tables that are no likelier than this one; one-sided, of as many in the
    other arm or more. None with an empty arm, and where all or none have it: no other table was possible."""
    x, n, x_reference, n_reference = counts
    having, total = x + x_reference, n + n_reference
    if not (n and n_reference) or having in (0, total):
        return None
    # imported here, because a process that never estimates shall not pay for it
    from scipy.special import gammaln  # type: ignore[import-untyped, unused-ignore]

    def log_choose(of: int, chosen: np.ndarray) -> np.ndarray:
        ways: np.ndarray = gammaln(of + 1) - gammaln(chosen + 1) - gammaln(of - chosen + 1)
        return ways

    first = max(0, having - n_reference)
    possible = np.arange(first, min(n, having) + 1)
    logs = log_choose(n, possible) + log_choose(n_reference, having - possible)
    chances = np.exp(logs - logs.max())
    counted = possible >= x if one_sided else chances <= chances[x - first] * EQUAL
    return float(min(chances[counted].sum() / chances.sum(), 1.0))
