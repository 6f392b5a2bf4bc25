"""10,000 subjects in two arms and eight strata: our hazard ratio and log-rank test beside lifelines' Cox model.

    .venv/bin/python benchmarks/hazard_ratio.py [SUBJECTS]

The same times in whole days, so with many ties (Efron). The best of three runs counts.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from endpoints.arithmetic.hazards import hazard_ratio, log_rank, risk_sets


def simulated(subjects: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(days, event, in the other arm, stratum); the hazard of the other arm is 0.7 of the reference's."""
    random = np.random.default_rng(876395)
    other, strata = random.random(subjects) < 2 / 3, random.integers(0, 8, subjects)
    died = random.exponential(430, subjects) / np.where(other, 0.7, 1) * (1 + strata / 8)
    left = random.uniform(1, 1826, subjects)
    return np.ceil(np.minimum(died, left)).astype(np.int64), died <= left, other, strata


def best_of_three(run: Callable[[], float]) -> tuple[float, float]:
    """(seconds, logarithm of the hazard ratio)."""
    taken = []
    for _ in range(3):
        begin = time.perf_counter()
        log = run()
        taken.append(time.perf_counter() - begin)
    return min(taken), log


def main() -> None:
    from lifelines import CoxPHFitter
    from pandas import DataFrame

    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    days, event, other, strata = simulated(subjects)
    frame = DataFrame({"days": days, "event": event, "other": other.astype(int), "stratum": strata})

    def ours() -> float:
        sets = risk_sets(days, event, other, strata)
        ratio = hazard_ratio(sets)
        assert ratio is not None
        assert log_rank(sets) is not None
        return ratio.log

    def theirs() -> float:
        return float(CoxPHFitter().fit(frame, "days", "event", strata=["stratum"]).params_["other"])

    measured = {"ours": best_of_three(ours), "lifelines": best_of_three(theirs)}
    for name, (seconds, log) in measured.items():
        ratio = seconds / measured["ours"][0]
        print(f"{name:10s} {seconds * 1000:8.1f} ms  {ratio:6.1f} x ours  hazard ratio {np.exp(log):.6f}")


if __name__ == "__main__":
    main()
