"""Kaplan-Meier: arrays in, values out.

Sources: Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; variance by Greenwood (1926); limits and quantiles as
SAS PROC LIFETEST, after Brookmeyer and Crowley, Biometrics 1982;38:29-41.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

ConfType = Literal["log-log", "log", "plain"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two products of fractions that are equal on paper differ in their last bits.
TOLERANCE = 1.5e-8
# A mistyped year must not make a table of a million columns.
LONGEST_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve at its distinct event times, rising; before the first it is 1.

    `limits` are nan where the curve is 0. `times`, `at_risk`, `events`, `survival`, `lower`, `upper` are of one length;
    `censor_times` and `censored` (how many) of another. `last` is the longest time of all, 0 without subjects.
    """

    n: int
    times: Floats
    at_risk: Ints
    events: Ints
    survival: Floats
    lower: Floats
    upper: Floats
    censor_times: Floats
    censored: Ints
    last: float

    def at(self, time: float) -> tuple[float, float, float] | None:
        """(survival, lower, upper) at a time; None where nobody was followed so long and the curve is not at 0.

        The limits are nan where the curve is 1 or 0: nothing varies there.
        """
        if time > self.last and not (self.n and self.survival.size and self.survival[-1] == 0):
            return None
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        if index < 0:
            return 1.0, np.nan, np.nan
        return float(self.survival[index]), float(self.lower[index]), float(self.upper[index])

    def number_at_risk(self, time: float) -> int:
        """Subjects whose time is at or after `time`."""
        died = int(self.events[: np.searchsorted(self.times, time, side="left")].sum())
        left = int(self.censored[: np.searchsorted(self.censor_times, time, side="left")].sum())
        return self.n - died - left

    def quantile(self, fraction: float) -> tuple[float | None, float | None, float | None]:
        """(time, lower, upper) at which `fraction` of the subjects had the event; None is "not reached"."""
        level = 1 - fraction
        bands = (self.survival, self.lower, self.upper)
        value, lower, upper = (crossing(self.times, band, level, last=self.last) for band in bands)
        return value, lower, upper


def crossing(times: Floats, band: Floats, level: float, *, last: float) -> float | None:
    """The first time at which a falling band is at or below a level; on a flat stretch at the level, its middle.

    As quantile.survfit of R's survival: the stretch after the last event runs to the longest time of all, `last`; and
    of a band that rises again (the upper one on the log scale may) the value nearest to the level counts.
    """
    below = np.flatnonzero(band <= level + TOLERANCE)
    if not below.size:
        return None
    first = int(below[np.argmax(band[below])])
    if abs(band[first] - level) < TOLERANCE:
        until = times[first + 1] if first + 1 < times.size else max(last, times[first])
        return float(times[first] + until) / 2
    return float(times[first])


def kaplan_meier(
    times: ArrayLike, events: ArrayLike, *, conf_type: ConfType = "log-log", conf_level: float = 0.95
) -> Curve:
    """The curve of `times` (>= 0; whole numbers are fastest) and `events` (1 or True: event, 0 or False: censored)."""
    time, event = np.asarray(times), np.asarray(events, dtype=bool)
    if time.shape != event.shape or time.ndim != 1:
        raise ValueError("times and events must be two lists of one length")
    if time.size and not (np.isfinite(time).all() and time.min() >= 0):
        raise ValueError("times must be finite and not negative")
    grid, died, left = _counts(time, event)
    at_risk = time.size - np.concatenate(([0], np.cumsum(died + left)[:-1])) if grid.size else died
    at = died > 0
    deaths, risk = died[at], at_risk[at]
    survival: Floats = np.cumprod(1 - deaths / risk, dtype=np.float64)
    # the last factor of a curve that ends at 0 divides by 0; its limits do not exist
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(deaths / (risk * (risk - deaths).astype(np.float64))))
        lower, upper = _limits(survival, spread, conf_type, conf_level)
    return Curve(
        n=int(time.size),
        times=grid[at].astype(np.float64),
        at_risk=risk,
        events=deaths,
        survival=survival,
        lower=lower,
        upper=upper,
        censor_times=grid[left > 0].astype(np.float64),
        censored=left[left > 0],
        last=float(grid[-1]) if grid.size else 0.0,
    )


def reverse_kaplan_meier(
    times: ArrayLike, events: ArrayLike, *, conf_type: ConfType = "log-log", conf_level: float = 0.95
) -> Curve:
    """Follow-up: the curve with events and censorings exchanged (Schemper and Smith 1996)."""
    return kaplan_meier(times, ~np.asarray(events, dtype=bool), conf_type=conf_type, conf_level=conf_level)


def _counts(time: NDArray[np.generic], event: NDArray[np.bool_]) -> tuple[Floats | Ints, Ints, Ints]:
    """(distinct times, events at each, censorings at each), by a counting sort where times are small whole numbers."""
    if not time.size:
        return np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64)
    if np.issubdtype(time.dtype, np.integer) and int(time.max()) <= max(4 * time.size, 100_000):
        # one pass: even places count censorings, odd ones events
        places = np.bincount((time.astype(np.int64) << 1) | event)
        both = np.pad(places, (0, places.size % 2)).reshape(-1, 2)
        grid = np.flatnonzero(both.any(axis=1))
        return grid, both[grid, 1], both[grid, 0]
    distinct, place = np.unique(time, return_inverse=True)
    died = np.bincount(place[event], minlength=distinct.size)
    return distinct.astype(np.float64), died, np.bincount(place) - died


def _limits(survival: Floats, spread: Floats, conf_type: ConfType, conf_level: float) -> tuple[Floats, Floats]:
    """Pointwise limits of the curve; `spread` is the square root of Greenwood's sum, the standard error of log S."""
    reach = NormalDist().inv_cdf((1 + conf_level) / 2) * spread
    if conf_type == "log-log":
        factor = np.exp(reach / -np.log(survival))
        lower, upper = survival**factor, survival ** (1 / factor)
    elif conf_type == "log":
        lower, upper = survival * np.exp(-reach), survival * np.exp(reach)
    elif conf_type == "plain":
        lower, upper = survival * (1 - reach), survival * (1 + reach)
    else:
        raise ValueError(f"{conf_type!r} is not log-log, log or plain")
    gone = survival <= 0
    return np.where(gone, np.nan, np.clip(lower, 0, 1)), np.where(gone, np.nan, np.clip(upper, 0, 1))


def every(months: int, *, last: float, days_per_month: float, also: Sequence[int] = ()) -> tuple[int, ...]:
    """Months 0, `months`, 2 * `months` ... as long as somebody was followed (at most a century), and `also`."""
    reached = int(min(last / days_per_month, LONGEST_MONTHS) // months)
    return tuple(sorted({*range(0, (reached + 1) * months, months), *also}))
