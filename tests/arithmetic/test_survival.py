"""Kaplan-Meier and exact proportions, against published values and against other libraries."""

import warnings
from typing import Any

import numpy as np
import pytest

from endpoints.arithmetic.proportions import clopper_pearson
from endpoints.arithmetic.survival import every, kaplan_meier, reverse_kaplan_meier

# Ovarian cancer, Edmunson et al. 1979, as in R's survival package: days, death.
OVARIAN_DAYS = [59, 115, 156, 421, 431, 448, 464, 475, 477, 563, 638, 744, 769, 770, 803, 855, 1040, 1106, 1129, 1206,
                1227, 268, 329, 353, 365, 377]  # fmt: skip
OVARIAN_DEATHS = [1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0]


def lung() -> tuple[np.ndarray, np.ndarray]:
    from lifelines.datasets import load_lung

    data = load_lung()
    return data["time"].to_numpy(), data["status"].to_numpy() == data["status"].max()


def veteran_test_arm() -> tuple[np.ndarray, np.ndarray]:
    from sksurv.datasets import load_veterans_lung_cancer

    covariates, outcome = load_veterans_lung_cancer()
    arm = (covariates["Treatment"] == "test").to_numpy()
    return outcome["Survival_in_days"][arm].astype(int), outcome["Status"][arm]


def test_the_lung_data_come_out_as_in_r() -> None:
    curve = kaplan_meier(*lung())
    assert (curve.n, int(curve.events.sum()), curve.quantile(0.5)) == (228, 165, (310, 284, 361))
    assert curve.at(365.25) == pytest.approx((0.4092, 0.3387, 0.4784), abs=5e-5)


def test_the_veteran_data_have_their_median_midway_between_two_events() -> None:
    curve = kaplan_meier(*veteran_test_arm())
    assert (curve.n, int(curve.events.sum()), curve.quantile(0.5)) == (68, 64, (52.5, 43, 90))


def test_the_ovarian_data_have_no_upper_limit_of_the_median() -> None:
    curve = kaplan_meier(OVARIAN_DAYS, OVARIAN_DEATHS)
    assert (curve.n, int(curve.events.sum()), curve.quantile(0.5)) == (26, 12, (638, 431, None))
    assert curve.quantile(0.75)[0] is None


def samples() -> list[tuple[np.ndarray, np.ndarray]]:
    made = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        n = int(random.integers(1, 150))
        made.append((random.integers(1, int(random.integers(3, 900)), n), random.random(n) < random.random()))
    return made


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_curve_and_limits_are_those_of_scikit_survival_and_statsmodels(conf_type: str) -> None:
    from sksurv.nonparametric import kaplan_meier_estimator
    from statsmodels.duration.survfunc import SurvfuncRight

    for days, died in samples():
        ours = kaplan_meier(days, died, conf_type=conf_type)
        places = ours.times.astype(int)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            grid, theirs = kaplan_meier_estimator(died, days)
            other = SurvfuncRight(days, died.astype(int))
        np.testing.assert_allclose(ours.survival, theirs[np.searchsorted(grid, places)], atol=1e-12)
        if not died.any():
            continue
        np.testing.assert_allclose(ours.survival, other.surv_prob, atol=1e-12)
        alive = ours.survival > 1e-12
        spread = other.surv_prob_se[alive] / ours.survival[alive]
        np.testing.assert_allclose(
            ours.lower[alive], _limit(ours.survival[alive], -1.959963984540054 * spread, conf_type)
        )
        np.testing.assert_allclose(
            ours.upper[alive], _limit(ours.survival[alive], 1.959963984540054 * spread, conf_type)
        )


def _limit(survival: np.ndarray, shift: np.ndarray, conf_type: str) -> np.ndarray:
    if conf_type == "log-log":
        limit = np.exp(-np.exp(np.log(-np.log(survival)) + shift / np.log(survival)))
    elif conf_type == "log":
        limit = np.exp(np.log(survival) + shift)
    else:
        limit = survival + survival * shift
    return np.clip(limit, 0, 1)


def test_log_log_limits_are_those_of_lifelines() -> None:
    from lifelines import KaplanMeierFitter

    for days, died in samples():
        ours = kaplan_meier(days, died)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bands = KaplanMeierFitter().fit(days, died).confidence_interval_
        inside = (ours.survival > 1e-12) & (ours.times > 0)
        np.testing.assert_allclose(ours.lower[inside], bands.iloc[:, 0].loc[ours.times[inside]], atol=1e-9)
        np.testing.assert_allclose(ours.upper[inside], bands.iloc[:, 1].loc[ours.times[inside]], atol=1e-9)


def test_days_in_whole_numbers_and_in_fractions_give_one_curve() -> None:
    for days, died in samples():
        whole, fractions = kaplan_meier(days, died), kaplan_meier(days.astype(float), died)
        np.testing.assert_array_equal(whole.survival, fractions.survival)
        np.testing.assert_array_equal(whole.censor_times, fractions.censor_times)
        huge = kaplan_meier(days.astype(np.int64) * 10**9, died)
        np.testing.assert_array_equal(whole.upper, huge.upper)


def test_a_quarter_have_had_the_event_where_three_quarters_are_left() -> None:
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert [curve.quantile(part)[0] for part in (0.25, 0.5, 0.75)] == [1.5, 2.5, 3.5]


# Of R 4.2.2, survival 3.5.3: quantile(survfit(Surv(t, e) ~ 1, conf.type = "log-log"), c(.25, .5, .75)), the estimate,
# then the lower limits; every upper limit is NA. Of the same call 4,000 random small sets agreed, on all three scales.
@pytest.mark.parametrize(
    ("times", "events", "quartiles", "lower"),
    [
        ([1, 2, 3, 4], [1, 1, 0, 0], (1.5, 3, None), (1, 1, 1)),
        ([1, 2, 4, 4], [1, 1, 0, 0], (1.5, 3, None), (1, 1, 1)),
        ([1, 2, 3, 4], [1, 1, 0, 1], (1.5, 3, 4), (1, 1, 1)),
        ([1, 2, 2, 2], [1, 1, 0, 0], (1.5, 2, None), (1, 1, 1)),
        ([1, 2], [1, 0], (1, 1.5, None), (1, 1, 1)),
        ([5], [1], (5, 5, 5), (None, None, None)),
        ([5], [0], (None, None, None), (None, None, None)),
        ([5, 6], [0, 0], (None, None, None), (None, None, None)),
    ],
)
def test_a_curve_at_the_level_to_its_end_has_the_middle_to_the_longest_time_as_in_r(
    times: list[int], events: list[int], quartiles: tuple, lower: tuple
) -> None:
    quantiles = [kaplan_meier(times, events).quantile(fraction) for fraction in (0.25, 0.5, 0.75)]
    assert tuple(value for value, _, _ in quantiles) == quartiles
    assert tuple(value for _, value, _ in quantiles) == lower
    assert [value for _, _, value in quantiles] == [None] * 3


def test_limits_of_a_quantile_on_the_log_scale_are_rs_where_the_upper_band_rises_again() -> None:
    # the same call with conf.type = "log": lower limits 1, 2, 2 and upper limits 3, NA, NA
    times = [1] * 8 + [2] * 6 + [3] * 2
    events = [0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1]
    curve = kaplan_meier(times, events, conf_type="log")
    assert curve.upper[1] < curve.upper[2]
    assert [curve.quantile(fraction) for fraction in (0.25, 0.5, 0.75)] == [(1.5, 1, 3), (2, 2, None), (3, 2, None)]


def test_equal_levels_are_told_with_a_tolerance() -> None:
    above, below = (kaplan_meier(list(range(1, n + 1)), [1] * n) for n in (24, 34))
    assert above.survival[11] > 0.5 > below.survival[16]
    assert (above.quantile(0.5)[0], below.quantile(0.5)[0]) == (12.5, 17.5)


def test_the_number_at_risk_counts_those_whose_time_is_at_or_after_it() -> None:
    curve = kaplan_meier([1, 2, 2, 5], [1, 0, 1, 0])
    assert [curve.number_at_risk(day) for day in (0, 1, 1.5, 2, 3, 5, 6)] == [4, 4, 3, 3, 1, 1, 0]


def test_the_curve_is_not_known_beyond_the_last_follow_up_unless_it_is_nought() -> None:
    assert kaplan_meier([5, 9], [1, 0]).at(10) is None
    assert kaplan_meier([5, 9], [1, 0]).at(9) == pytest.approx((0.5, 0.006, 0.910), abs=1e-3)
    ended = kaplan_meier([5, 9], [1, 1]).at(10)
    assert ended is not None and ended[0] == 0 and np.isnan(ended[1]) and np.isnan(ended[2])


def test_there_are_no_limits_where_nobody_has_had_the_event_yet() -> None:
    early = kaplan_meier([5, 9], [1, 0]).at(4)
    assert early is not None and early[0] == 1 and np.isnan(early[1]) and np.isnan(early[2])


def test_no_subjects_and_no_events_give_a_clear_result() -> None:
    nobody, nothing = kaplan_meier([], []), kaplan_meier([3, 5], [0, 0])
    assert (nobody.n, nobody.quantile(0.5), nobody.at(1), nobody.number_at_risk(0)) == (0, (None, None, None), None, 0)
    at = nothing.at(5)
    assert nothing.quantile(0.5) == (None, None, None) and at is not None and at[0] == 1


@pytest.mark.parametrize("times", [[-1, 2], [float("nan"), 1], [float("inf"), 1]])
def test_times_that_cannot_be_are_refused(times: list) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        kaplan_meier(times, [1, 0])
    with pytest.raises(ValueError, match="one length"):
        kaplan_meier([1, 2, 3], [1, 0])


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="log-log, log or plain"):
        kaplan_meier([1, 2], [1, 0], conf_type="logit")


def test_follow_up_is_the_curve_of_those_still_followed() -> None:
    assert reverse_kaplan_meier([10, 20, 30], [1, 0, 0]).quantile(0.5)[0] == 25


def test_months_of_the_table_reach_as_far_as_somebody_was_followed() -> None:
    assert every(3, last=200, days_per_month=30.4375) == (0, 3, 6)
    assert every(3, last=9e15, days_per_month=30.4375)[-1] == 1200
    assert every(3, last=0, days_per_month=30.4375, also=(12,)) == (0, 12)


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(12, 55, 0.118136, 0.350102), (0, 10, 0, 0.308497), (10, 10, 0.691503, 1), (20, 55, 0.238085, 0.504369)],
)
def test_exact_limits_of_a_proportion(x: int, n: int, lower: float, upper: float) -> None:
    assert clopper_pearson(x, n) == pytest.approx((lower, upper), abs=1e-4)


def test_exact_limits_are_those_of_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    for n in (1, 2, 7, 55, 400):
        for x in range(0, n + 1, max(1, n // 9)):
            assert clopper_pearson(x, n, 0.9) == pytest.approx(proportion_confint(x, n, 0.1, "beta"), abs=1e-12)


def test_a_proportion_of_nobody_has_no_limits_and_an_impossible_one_is_refused() -> None:
    assert clopper_pearson(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        clopper_pearson(3, 2)


# At day 5 one of two has died: S = 0.5, its logarithm has the standard error sqrt(1 / (2 * 1)) = 0.70711. For 95 % that
# is 1.95996 times as much, 1.38590; for 90 % 1.64485 times, 1.16308. On the log-log scale log S is multiplied and
# divided by exp(1.38590 / 0.693147) = 7.3849 or exp(1.16308 / 0.693147) = 5.3549.
@pytest.mark.parametrize(
    ("conf_type", "conf_level", "lower", "upper"),
    [
        ("log-log", 0.95, 0.5**7.3849, 0.5 ** (1 / 7.3849)),
        ("log-log", 0.90, 0.5**5.3549, 0.5 ** (1 / 5.3549)),
        ("log", 0.95, 0.5 * 0.250098, 1),
        ("plain", 0.95, 0, 1),
        ("plain", 0.50, 0.5 - 0.5 * 0.476936, 0.5 + 0.5 * 0.476936),
    ],
)
def test_limits_worked_by_hand_on_each_scale_and_level(
    conf_type: Any, conf_level: float, lower: float, upper: float
) -> None:
    curve = kaplan_meier([5, 9], [1, 0], conf_type=conf_type, conf_level=conf_level)
    assert curve.at(5) == pytest.approx((0.5, lower, upper), abs=2e-5)
    exchanged = reverse_kaplan_meier([5, 9], [0, 1], conf_type=conf_type, conf_level=conf_level)
    assert exchanged.at(5) == pytest.approx((0.5, lower, upper), abs=2e-5)


def test_without_a_word_the_limits_are_of_95_per_cent_on_the_log_log_scale() -> None:
    for plain in (kaplan_meier([5, 9], [1, 0]), reverse_kaplan_meier([5, 9], [0, 1])):
        assert plain.at(5) == pytest.approx((0.5, 0.5**7.3849, 0.5 ** (1 / 7.3849)), abs=2e-5)


def test_a_curve_has_its_own_times_and_those_of_the_censored() -> None:
    curve = kaplan_meier([2, 2, 3, 5, 5, 8], [1, 1, 0, 1, 0, 0])
    assert (curve.n, curve.last) == (6, 8)
    assert (curve.times.tolist(), curve.events.tolist(), curve.at_risk.tolist()) == ([2, 5], [2, 1], [6, 3])
    assert (curve.censor_times.tolist(), curve.censored.tolist()) == ([3, 5, 8], [1, 1, 1])
    assert curve.survival.tolist() == pytest.approx([4 / 6, 4 / 6 * 2 / 3])
    nobody = kaplan_meier([], [])
    assert (nobody.last, nobody.times.size, nobody.censored.size, nobody.survival.size) == (0, 0, 0, 0)
    assert kaplan_meier([0, 4], [1, 1]).at(0) == pytest.approx((0.5, 0.5**7.3849, 0.5 ** (1 / 7.3849)), abs=2e-5)


def test_times_of_two_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^times and events must be two lists of one length$"):
        kaplan_meier([[1, 2]], [[1, 0]])
    with pytest.raises(ValueError, match=r"^times must be finite and not negative$"):
        kaplan_meier([1, -1], [1, 0])
    with pytest.raises(ValueError, match=r"^'logit' is not log-log, log or plain$"):
        kaplan_meier([1, 2], [1, 0], conf_type="logit")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^3 of 2 is not a proportion$"):
        clopper_pearson(3, 2)
    with pytest.raises(ValueError, match=r"^-1 of 2 is not a proportion$"):
        clopper_pearson(-1, 2)


def test_a_month_is_in_the_table_from_its_first_day_on() -> None:
    assert every(3, last=91.3125, days_per_month=30.4375) == (0, 3)
    assert every(3, last=91.25, days_per_month=30.4375) == (0,)
    assert every(6, last=600, days_per_month=30.4375, also=(1, 6)) == (0, 1, 6, 12, 18)
    assert every(1, last=30.4375 * 1201, days_per_month=30.4375)[-1] == 1200


def test_events_may_be_written_as_1_and_0_whatever_the_times_are() -> None:
    """At 1.5 one of three has the event, at 2.5 one leaves, at 4 the last has it."""
    for events in ([1, 0, 1], [True, False, True]):
        curve = kaplan_meier([1.5, 2.5, 4.0], events)
        assert (curve.times.tolist(), curve.survival.tolist()) == ([1.5, 4.0], [pytest.approx(2 / 3), 0])
        assert (curve.censor_times.tolist(), curve.censored.tolist()) == ([2.5], [1])


def test_times_of_a_curve_are_floats_also_of_whole_days() -> None:
    curve = kaplan_meier([2, 3], [1, 0])
    assert curve.times.dtype == curve.censor_times.dtype == curve.survival.dtype == np.float64
    assert kaplan_meier([], []).at_risk.dtype == kaplan_meier([], []).censored.dtype == np.int64


def test_the_end_of_a_curve_at_0_raises_nothing_where_numpy_is_told_to_raise() -> None:
    with np.errstate(all="raise"):
        for conf_type in ("log-log", "log", "plain"):
            assert kaplan_meier([5, 9], [1, 1], conf_type=conf_type).survival.tolist() == [0.5, 0]
