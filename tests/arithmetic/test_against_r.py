"""Curves, quantiles, landmarks, follow-up and exact limits against R and its survival package, where R is there."""

import json
import math
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from endpoints.arithmetic.proportions import clopper_pearson
from endpoints.arithmetic.survival import Curve, kaplan_meier, reverse_kaplan_meier

RSCRIPT = shutil.which("Rscript")
FRACTIONS = (0.25, 0.5, 0.75)
SCALES = ("log-log", "log", "plain")
SETS = 300
# What R does with each line of a file: times, events and the days to look at. It answers with a line of JSON for each.
PROGRAM = r"""
suppressPackageStartupMessages(library(survival))
shown <- function(x) ifelse(is.na(x), "null", format(x, digits = 15, trim = TRUE))
text <- function(x) paste0("[", paste(shown(x), collapse = ","), "]")
all_of <- function(fit, days) {
  q <- quantile(fit, c(.25, .5, .75)); s <- summary(fit, times = days, extend = TRUE)
  paste0("[", text(q$quantile), ",", text(q$lower), ",", text(q$upper), ",",
         text(s$surv), ",", text(s$lower), ",", text(s$upper), ",", text(s$n.risk), "]")
}
numbers <- function(part) as.numeric(strsplit(part, ",")[[1]])
for (line in readLines(commandArgs(TRUE)[1])) {
  parts <- strsplit(line, ";")[[1]]
  time <- numbers(parts[1]); event <- numbers(parts[2]); days <- numbers(parts[3])
  made <- c()
  for (scale in c("log-log", "log", "plain")) {
    made <- c(made, all_of(survfit(Surv(time, event) ~ 1, conf.type = scale), days))
    made <- c(made, all_of(survfit(Surv(time, 1 - event) ~ 1, conf.type = scale), days))
  }
  cat("[", paste(made, collapse = ","), "]\n", sep = "")
}
cat("[")
first <- TRUE
for (n in 1:40) for (x in 0:n) {
  cat(if (first) "" else ",", text(binom.test(x, n)$conf.int[1:2]), sep = "")
  first <- FALSE
}
cat("]\n")
"""


def has_survival() -> bool:
    return bool(RSCRIPT) and subprocess.run([RSCRIPT, "-e", "library(survival)"], capture_output=True).returncode == 0


def samples() -> list[tuple[np.ndarray, np.ndarray]]:
    """The corners first, then sets of chance with ties, of all events, of none, or ending in either."""
    corners = [
        *(([5], [1]), ([5], [0]), ([0], [1]), ([0], [0]), ([1, 2], [1, 0]), ([1, 2], [0, 1]), ([3, 3], [1, 0])),
        *(([0, 0, 4], [1, 0, 1]), ([1, 2, 3, 4], [1, 1, 0, 0]), ([1, 2, 3, 4], [1, 1, 0, 1]), ([7] * 5, [1] * 5)),
        *((list(range(1, 11)), [1] * 5 + [0] * 5), (list(range(1, 35)), [1] * 34)),
        ([0] * 3 + [9] * 3, [1] * 3 + [0] * 3),
    ]
    made = [(np.array(times), np.array(events, dtype=bool)) for times, events in corners]
    random = np.random.default_rng(20260)
    while len(made) < SETS:
        n = int(random.integers(1, 25))
        times = random.integers(0, int(random.choice([3, 8, 40, 900])), n)
        events = random.random(n) < random.choice([0.0, 0.2, 0.5, 0.8, 1.0])
        events[np.argmax(times)] = random.random() < 0.5
        made.append((times, events))
    return made


def days_of(times: np.ndarray) -> list[float]:
    longest = int(times.max())
    return sorted({0.0, 1.0, 0.5, longest / 2, float(longest), float(longest + 1)})


def answers_of_r(program: str, rows: list[str], factory: pytest.TempPathFactory) -> list[Any]:
    """What a program in R prints of a file of these rows: a line of JSON each. Skips where R is not there."""
    if not has_survival():
        pytest.skip("R with its survival package is not on this machine")
    folder = factory.mktemp("r")
    (folder / "sets").write_text("\n".join(rows) + "\n")
    (folder / "program.R").write_text(program)
    command = [str(RSCRIPT), str(folder / "program.R"), str(folder / "sets")]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def by_r(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    rows = [
        ";".join(",".join(map(str, part)) for part in (times, events.astype(int), days_of(times)))
        for times, events in samples()
    ]
    return answers_of_r(PROGRAM, rows, tmp_path_factory)


def numbers(values: Any) -> list[float]:
    return [math.nan if value is None else float(value) for value in values]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("reversed_", [False, True], ids=["the curve", "follow-up"])
def test_every_figure_of_a_curve_is_rs(by_r: list[Any], scale: Any, reversed_: bool) -> None:
    make = reverse_kaplan_meier if reversed_ else kaplan_meier
    for (times, events), theirs in zip(samples(), by_r, strict=False):
        ours = make(times, events, conf_type=scale)
        curve = theirs[2 * SCALES.index(scale) + reversed_]
        sample = (times.tolist(), events.astype(int).tolist())
        held_to_r(ours, days_of(times), curve, sample)


def held_to_r(ours: Curve, days: list[float], theirs: Any, sample: Any) -> None:
    quantiles = [ours.quantile(fraction) for fraction in FRACTIONS]
    for place in range(3):
        np.testing.assert_allclose(numbers(q[place] for q in quantiles), numbers(theirs[place]), err_msg=str(sample))
    survival, lower, upper, at_risk = map(numbers, theirs[3:])
    for index, day in enumerate(days):
        assert ours.number_at_risk(day) == at_risk[index], sample
        at = ours.at(day)
        if at is None:
            # R goes on with the last value where it is told to extend; here nobody was followed so long
            assert day > ours.last and survival[index] > 0, sample
            continue
        assert at[0] == pytest.approx(survival[index], abs=1e-12), sample
        if 0 < at[0] < 1:
            assert at[1:] == pytest.approx((lower[index], upper[index]), abs=1e-9), sample
        else:
            assert np.isnan(at[1]) and np.isnan(at[2]), sample


def test_exact_limits_of_every_proportion_of_up_to_forty_are_rs(by_r: list[Any]) -> None:
    counts = [(x, n) for n in range(1, 41) for x in range(n + 1)]
    for (x, n), theirs in zip(counts, by_r[-1], strict=True):
        assert clopper_pearson(x, n) == pytest.approx(tuple(theirs), abs=1e-9), (x, n)
