"""1,000,000 subjects' Kaplan-Meier: ours beside statsmodels and lifelines, in one run.

    .venv/bin/python benchmarks/kaplan_meier.py [SUBJECTS]

Each makes the curve of the same times in whole days; ours also its limits and median. The best of five runs counts.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from endpoints.arithmetic.survival import kaplan_meier


def simulated(subjects: int) -> tuple[np.ndarray, np.ndarray]:
    """Exponential survival of about 18 months against uniform censoring up to five years, in days."""
    random = np.random.default_rng(426556)
    died = random.exponential(790, subjects)
    left = random.uniform(1, 1826, subjects)
    return np.ceil(np.minimum(died, left)).astype(np.int64), died <= left


def best_of_five(run: Callable[[], float]) -> tuple[float, float]:
    """(seconds, median survival)."""
    taken = []
    for _ in range(5):
        begin = time.perf_counter()
        median = run()
        taken.append(time.perf_counter() - begin)
    return min(taken), median


def main() -> None:
    from lifelines import KaplanMeierFitter
    from statsmodels.duration.survfunc import SurvfuncRight

    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    days, died = simulated(subjects)
    status = died.astype(int)
    runs: dict[str, Callable[[], float]] = {
        "ours": lambda: kaplan_meier(days, died).quantile(0.5)[0] or float("nan"),
        "statsmodels": lambda: float(SurvfuncRight(days, status).quantile(0.5)),
        "lifelines": lambda: float(KaplanMeierFitter().fit(days, status).median_survival_time_),
    }
    measured = {name: best_of_five(run) for name, run in runs.items()}
    ours = measured["ours"][0]
    for name, (seconds, median) in measured.items():
        print(f"{name:12s} {seconds * 1000:8.1f} ms  {seconds / ours:5.1f} x ours  median {median:g} days")


if __name__ == "__main__":
    main()
