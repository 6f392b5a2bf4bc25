"""Hazard ratio, log-rank test, difference of proportions and its tests: as R has them, and what is always true."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from lifelines import CoxPHFitter
from lifelines.statistics import logrank_test
from pandas import DataFrame
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import confint_proportions_2indep

from endpoints.arithmetic.differences import Counts, cochran_mantel_haenszel, fisher, newcombe, wilson
from endpoints.arithmetic.hazards import RiskSets, hazard_ratio, log_rank, p_value, risk_sets
from protocol.plan import Ties
from tests.arithmetic.classic_trials import LEUKAEMIA, OVARIAN, Classic
from tests.arithmetic.test_against_r import answers_of_r

SETS = 400
PROGRAM = r"""
suppressPackageStartupMessages(library(survival))
options(warn = -1)
shown <- function(x) ifelse(is.finite(x), format(x, digits = 15, trim = TRUE), "null")
text <- function(x) paste0("[", paste(shown(as.numeric(x)), collapse = ","), "]")
numbers <- function(part) as.numeric(strsplit(part, ",")[[1]])
ratio <- function(formula, ties) tryCatch({
  model <- coxph(formula, ties = ties, control = coxph.control(eps = 1e-14, iter.max = 100))
  c(coef(model), sqrt(vcov(model)))
}, error = function(e) c(NA, NA))
chisq <- function(formula) tryCatch(survdiff(formula)$chisq, error = function(e) NA)
for (line in readLines(commandArgs(TRUE)[1])) {
  parts <- strsplit(line, ";")[[1]]
  time <- numbers(parts[1]); event <- numbers(parts[2]); x <- numbers(parts[3]); s <- numbers(parts[4])
  plain <- Surv(time, event) ~ x; by <- Surv(time, event) ~ x + strata(s)
  had <- table(factor(x, 1:0), factor(event, 1:0), s)
  more <- had[, , apply(had, 3, sum) > 1, drop = FALSE]
  cmh <- tryCatch(mantelhaen.test(more, correct = FALSE)$statistic, error = function(e) NA)
  if (dim(more)[3] == 1) {
    m <- more[, , 1]
    cmh <- (m[1, 1] - sum(m[1, ]) * sum(m[, 1]) / sum(m))^2 /
      (prod(rowSums(m)) * prod(colSums(m)) / (sum(m)^2 * (sum(m) - 1)))
  }
  whole <- apply(had, 1:2, sum)
  exact <- c(fisher.test(whole)$p.value, fisher.test(whole, alternative = "greater")$p.value)
  scores <- c(prop.test(whole[1, 1], sum(whole[1, ]), correct = FALSE)$conf.int,
              prop.test(whole[2, 1], sum(whole[2, ]), correct = FALSE)$conf.int)
  cat("[", paste(text(ratio(plain, "efron")), text(ratio(by, "efron")), text(ratio(plain, "breslow")),
    text(ratio(by, "breslow")), text(c(chisq(plain), chisq(by))), text(cmh), text(exact), text(scores),
    sep = ","), "]\n", sep = "")
}
"""
Sample = tuple[list[int], list[bool], list[bool], list[int]]


def sets_of(classic: Classic, *, by_strata: bool) -> RiskSets:
    return risk_sets(*classic.lists(by_strata=by_strata))


@pytest.mark.parametrize("classic", [LEUKAEMIA, OVARIAN])
@pytest.mark.parametrize("by_strata", [False, True])
def test_the_classic_trials_have_what_r_prints(classic: Classic, by_strata: bool) -> None:
    sets = sets_of(classic, by_strata=by_strata)
    for ties in ("efron", "breslow"):
        ratio, (value, lower, upper, error) = hazard_ratio(sets, ties), classic.ratios[ties, by_strata]  # type: ignore[arg-type]
        assert ratio is not None
        assert (ratio.value, *ratio.limits(0.95), ratio.error) == pytest.approx((value, lower, upper, error), rel=1e-9)
    z = log_rank(sets)
    assert z is not None
    assert z**2 == pytest.approx(classic.log_rank[by_strata], rel=1e-10)
    assert z < 0


@pytest.mark.parametrize("classic", [LEUKAEMIA, OVARIAN])
@pytest.mark.parametrize("by_strata", [False, True])
def test_lifelines_has_the_same_hazard_ratio_and_log_rank_test(classic: Classic, by_strata: bool) -> None:
    times, events, arms, strata = classic.lists(by_strata=by_strata)
    frame = DataFrame({"time": times, "event": events, "arm": np.array(arms, dtype=int), "stratum": strata})
    model = CoxPHFitter().fit(frame, "time", "event", strata=["stratum"], fit_options={"precision": 1e-12})
    ratio = hazard_ratio(risk_sets(times, events, arms, strata))
    assert ratio is not None
    assert (ratio.log, ratio.error) == pytest.approx((model.params_["arm"], model.standard_errors_["arm"]), rel=1e-5)
    if not by_strata:
        other = np.array(arms)
        times, events = np.array(times), np.array(events)
        test = logrank_test(times[other], times[~other], events[other], events[~other])
        z = log_rank(risk_sets(times, events, arms, strata))
        assert z is not None
        assert (z**2, p_value(z, one_sided=False)) == pytest.approx((test.test_statistic, test.p_value), rel=1e-9)


def samples() -> list[Sample]:
    """Of chance, with ties and strata, some of them of one subject, of one arm, or without an event."""
    random = np.random.default_rng(1341)
    made = []
    while len(made) < SETS:
        n = int(random.integers(4, 40))
        arms = random.random(n) < random.choice([0.2, 0.5, 0.8])
        if not 0 < arms.sum() < n:
            continue
        times = random.integers(1, int(random.choice([4, 9, 30, 900])), n) + arms * int(random.integers(0, 4))
        events = random.random(n) < random.choice([0.1, 0.4, 0.7, 1.0])
        strata = random.integers(0, int(random.choice([1, 2, 4, n])), n)
        made.append((times.tolist(), events.tolist(), arms.tolist(), strata.tolist()))
    return made


@pytest.fixture(scope="module")
def by_r(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    lines = [";".join(",".join(str(int(value)) for value in column) for column in sample) for sample in samples()]
    return answers_of_r(PROGRAM, lines, tmp_path_factory)


@pytest.mark.parametrize(
    ("place", "ties", "by_strata"), [(0, "efron", 0), (1, "efron", 1), (2, "breslow", 0), (3, "breslow", 1)]
)
def test_r_has_the_same_hazard_ratios(by_r: list[Any], place: int, ties: Ties, by_strata: int) -> None:
    finite = 0
    for (times, events, arms, strata), answer in zip(samples(), by_r, strict=True):
        ratio = hazard_ratio(risk_sets(times, events, arms, strata if by_strata else [0] * len(times)), ties)
        log, error = answer[place]
        if ratio is None:
            # R goes on until the likelihood is flat, or finds nothing to go on
            assert log is None or abs(log) > 8 or error == 0, (times, events, arms, strata)
            continue
        finite += 1
        assert (ratio.log, ratio.error) == pytest.approx((log, error), rel=1e-6, abs=1e-7)
    assert finite > SETS / 2


@pytest.mark.parametrize("by_strata", [0, 1])
def test_r_has_the_same_log_rank_tests(by_r: list[Any], by_strata: int) -> None:
    compared = 0
    for (times, events, arms, strata), answer in zip(samples(), by_r, strict=True):
        z = log_rank(risk_sets(times, events, arms, strata if by_strata else [0] * len(times)))
        chisq = answer[4][by_strata]
        if z is None:
            assert chisq is None or chisq == 0, (times, events, arms, strata)
            continue
        compared += 1
        assert z**2 == pytest.approx(chisq, rel=1e-9, abs=1e-12)
    assert compared > SETS / 2


def _counts(events: Any, arms: Any) -> Counts:
    had, arm = np.array(events, dtype=bool), np.array(arms, dtype=bool)
    return Counts(int(had[arm].sum()), int(arm.sum()), int(had[~arm].sum()), int((~arm).sum()))


def test_r_has_the_same_tests_and_limits_of_proportions(by_r: list[Any]) -> None:
    tested = 0
    for (_, events, arms, strata), (*_, [cmh], exact, scores) in zip(samples(), by_r, strict=True):
        had, arm, stratum = np.array(events), np.array(arms), np.array(strata)
        tables = [_counts(had[stratum == level], arm[stratum == level]) for level in np.unique(stratum)]
        z, whole = cochran_mantel_haenszel(tables), _counts(events, arms)
        if z is None:
            assert cmh is None
        else:
            tested += 1
            assert z**2 == pytest.approx(cmh, rel=1e-9, abs=1e-12)
        two_sided, one_sided = (fisher(whole, one_sided=sided) for sided in (False, True))
        assert exact == pytest.approx(
            [1 if two_sided is None else two_sided, 1 if one_sided is None else one_sided], rel=1e-7
        )
        limits = (*wilson(*whole[:2], 0.95), *wilson(*whole[2:], 0.95))
        assert limits == pytest.approx(scores, rel=1e-9, abs=1e-12)
    assert tested > SETS / 2


# Newcombe, Stat Med 1998;17:873-890, table II, method 10; p. 878: the limits are printed with four decimals.
NEWCOMBE = [
    (Counts(56, 70, 48, 80), 0.0524, 0.3339),
    (Counts(9, 10, 3, 10), 0.1705, 0.8090),
    (Counts(6, 7, 2, 7), 0.0582, 0.8062),
    (Counts(5, 56, 0, 29), -0.0381, 0.1926),
    (Counts(0, 10, 0, 20), -0.1611, 0.2775),
    (Counts(0, 10, 0, 10), -0.2775, 0.2775),
    (Counts(10, 10, 0, 20), 0.6791, 1.0000),
    (Counts(10, 10, 0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("counts", "lower", "upper"), NEWCOMBE)
def test_the_limits_of_a_difference_are_those_of_the_paper(counts: Counts, lower: float, upper: float) -> None:
    difference = newcombe(counts)
    assert difference is not None
    assert difference[1:] == pytest.approx((lower, upper), abs=0.00005001)


def test_statsmodels_has_the_same_limits_of_a_difference_and_the_same_test_by_strata() -> None:
    strata = [Counts(12, 30, 7, 31), Counts(9, 14, 8, 12), Counts(1, 5, 0, 6)]
    for x, n, x_reference, n_reference in strata:
        difference = newcombe(Counts(x, n, x_reference, n_reference), 0.9)
        limits = confint_proportions_2indep(x, n, x_reference, n_reference, method="newcomb", alpha=0.1)
        assert difference is not None
        assert difference[1:] == pytest.approx(limits, abs=1e-9)
    tables = [[[x, n - x], [y, m - y]] for x, n, y, m in strata]
    test = StratifiedTable([np.array(table) for table in tables]).test_null_odds(correction=False)
    z = cochran_mantel_haenszel(strata)
    assert z is not None
    assert (z**2, p_value(z, one_sided=False)) == pytest.approx((test.statistic, test.pvalue))


NOBODY: Sample = ([], [], [], [])
CANNOT: dict[str, Sample] = {
    "nobody": NOBODY,
    "no event": ([3, 5, 7, 9], [False] * 4, [True, False, True, False], [0] * 4),
    "one event": ([3, 5, 7, 9], [True, False, False, False], [True, False, True, False], [0] * 4),
    "one arm empty": ([3, 5, 7], [True] * 3, [True] * 3, [0] * 3),
    "all events in one arm": ([3, 5, 7, 9], [True, False, True, False], [True, False, True, False], [0] * 4),
    "one arm is over before the other has an event": ([1, 2, 7, 9], [True] * 4, [True, True, False, False], [0] * 4),
    "strata of one": ([3, 5, 7, 9], [True] * 4, [True, False, True, False], [1, 2, 3, 4]),
    "strata of one arm": ([3, 5, 7, 9], [True] * 4, [True, False, True, False], [1, 2, 1, 2]),
}


@pytest.mark.parametrize("sample", CANNOT.values(), ids=CANNOT)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_without_a_finite_maximum_there_is_no_hazard_ratio(sample: Sample, ties: Ties) -> None:
    assert hazard_ratio(risk_sets(*sample), ties) is None


@pytest.mark.parametrize("name", ["nobody", "no event", "one arm empty", "strata of one", "strata of one arm"])
def test_without_an_event_that_finds_both_arms_at_risk_there_is_no_log_rank_test(name: str) -> None:
    assert log_rank(risk_sets(*CANNOT[name])) is None


def test_subjects_of_strata_that_say_nothing_are_counted() -> None:
    """Of the three strata one is of one subject, and in one the other arm is censored before the event."""
    times, events = [3, 5, 7, 9, 4], [True, True, True, True, False]
    sets = risk_sets(times, events, [True, False, True, False, True], [1, 1, 2, 3, 3])
    assert (sets.strata, sets.silent_strata, sets.silent) == (3, 2, 3)


def test_lists_of_several_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^times, events, arms and strata must be lists of one length$"):
        risk_sets([1, 2], [True], [True, False], [0, 0])


def test_ties_are_efron_s_or_breslow_s() -> None:
    with pytest.raises(ValueError, match="efron or breslow"):
        hazard_ratio(sets_of(OVARIAN, by_strata=False), "exact")  # type: ignore[arg-type]


@pytest.mark.parametrize(("counts", "why"), [(Counts(0, 0, 1, 2), "an arm is empty"), (Counts(3, 3, 2, 2), "all")])
def test_where_no_other_table_was_possible_there_is_no_exact_test(counts: Counts, why: str) -> None:
    assert fisher(counts, one_sided=False) is None, why
    assert cochran_mantel_haenszel([counts]) is None


def test_an_empty_arm_has_no_difference() -> None:
    assert newcombe(Counts(0, 0, 1, 2)) is None


subjects = some.lists(
    some.tuples(some.integers(0, 12), some.booleans(), some.booleans(), some.integers(0, 2)), min_size=2, max_size=40
)


@given(subjects)
def test_the_other_way_round_the_ratio_is_the_reciprocal(rows: list[tuple[int, bool, bool, int]]) -> None:
    times, events, arms, strata = (list(column) for column in zip(*rows, strict=True))
    forth = hazard_ratio(risk_sets(times, events, arms, strata))
    back = hazard_ratio(risk_sets(times, events, [not arm for arm in arms], strata))
    assert (forth is None) == (back is None)
    if forth and back:
        assert forth.log == pytest.approx(-back.log, abs=1e-8)
        assert forth.error == pytest.approx(back.error, rel=1e-8)
    z, other_z = (log_rank(risk_sets(times, events, given, strata)) for given in (arms, [not arm for arm in arms]))
    assert (z is None) == (other_z is None)
    if z is not None and other_z is not None:
        assert z == pytest.approx(-other_z, abs=1e-9)


@given(subjects, some.randoms())
def test_neither_the_order_of_subjects_nor_the_unit_of_time_changes_anything(rows: list[Any], random: Any) -> None:
    shuffled = [(7 * time + 3, *others) for time, *others in rows]
    random.shuffle(shuffled)
    pair = [risk_sets(*(list(column) for column in zip(*each, strict=True))) for each in (rows, shuffled)]
    assert hazard_ratio(pair[0]) == hazard_ratio(pair[1])
    assert log_rank(pair[0]) == log_rank(pair[1])


@given(subjects)
def test_at_the_maximum_the_score_is_zero(rows: list[Any]) -> None:
    """The score of Efron's likelihood, written out subject by subject."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    ratio = hazard_ratio(risk_sets(*columns))
    if ratio is None:
        return
    score = 0.0
    for stratum in set(columns[3]):
        within = [row for row in rows if row[3] == stratum]
        for day in {row[0] for row in within if row[1]}:
            dead = [row for row in within if row[0] == day and row[1]]
            hazard = [math.exp(ratio.log * row[2]) for row in within if row[0] >= day]
            other = [math.exp(ratio.log) for row in within if row[0] >= day and row[2]]
            dead_hazard = sum(math.exp(ratio.log * row[2]) for row in dead)
            dead_other = sum(math.exp(ratio.log) for row in dead if row[2])
            score += sum(row[2] for row in dead)
            for place in range(len(dead)):
                part = place / len(dead)
                score -= (sum(other) - part * dead_other) / (sum(hazard) - part * dead_hazard)
    assert score == pytest.approx(0, abs=1e-8)


def test_one_sided_the_p_value_is_small_where_the_other_arm_has_fewer_events() -> None:
    assert p_value(-1.959964, one_sided=True) == pytest.approx(0.025, abs=1e-6)
    assert p_value(1.959964, one_sided=True) == pytest.approx(0.975, abs=1e-6)
    assert p_value(1.959964, one_sided=False) == p_value(-1.959964, one_sided=False) == pytest.approx(0.05, abs=1e-6)


def test_arms_and_events_may_be_written_as_1_and_0() -> None:
    times, events, arms, strata = [3, 5, 5, 8], [1, 1, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0]
    numbers = risk_sets(times, events, arms, strata)
    assert (numbers.at_risk.tolist(), numbers.events.tolist()) == ([[2, 2], [2, 1], [1, 0]], [[0, 1], [1, 0], [1, 0]])
    flags = risk_sets(times, list(map(bool, events)), list(map(bool, arms)), strata)
    assert (flags.at_risk.tolist(), flags.events.tolist()) == (numbers.at_risk.tolist(), numbers.events.tolist())
