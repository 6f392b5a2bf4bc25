"""Exact limits of a proportion: Clopper and Pearson, Biometrika 1934;26:404-413."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def clopper_pearson(x: int, n: int, conf_level: float = 0.95) -> tuple[float, float] | None:
    """(lower, upper) of x successes among n, as fractions; None where n is 0. Raises ValueError unless 0 <= x <= n."""
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is not a proportion")
    if n == 0:
        return None
    # imported here, because a process that never estimates shall not pay for it
    from scipy.special import betaincinv  # type: ignore[import-untyped, unused-ignore]

    tail = (1 - conf_level) / 2
    lower = float(betaincinv(x, n - x + 1, tail)) if x else 0.0
    upper = float(betaincinv(x + 1, n - x, 1 - tail)) if x < n else 1.0
    return lower, upper
