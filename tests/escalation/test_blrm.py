"""The Bayesian logistic model against quadrature by scipy and against what is known in closed form."""

from itertools import pairwise
from math import log

import numpy as np
import pytest
from scipy import integrate
from scipy.special import expit, log_expit
from scipy.stats import multivariate_normal, norm

from cohorts.escalation import Move, Tally
from cohorts.escalation.blrm import Prior, ToxicityLimits, advise, posteriors

# The prior and the data of the paper's example (section 3): reference 250 mg, none of 16 with a DLT up to 10 mg, then
# both of two at 25 mg.
PAPER = Prior(reference=250, mean_log_alpha=2.15, sd_log_alpha=0.84, mean_log_beta=0.52, sd_log_beta=0.8)
CORRELATED = Prior(250, 2.15, 0.84, 0.52, 0.8, correlation=0.2)
OURS = Prior(reference=10, mean_log_alpha=log(0.3 / 0.7), sd_log_alpha=2, mean_log_beta=0, sd_log_beta=1)
EXAMPLE = (Tally(1, 3, 0), Tally(2.5, 4, 0), Tally(5, 5, 0), Tally(10, 4, 0), Tally(25, 2, 2))
LIMITS = ToxicityLimits()


def by_quadrature(tallies: tuple[Tally, ...], prior: Prior, dose: float) -> tuple[float, float, float, float]:
    """(under, target, over, mean) with nested adaptive quadrature over log beta and, piecewise, log alpha."""
    covariance = prior.correlation * prior.sd_log_alpha * prior.sd_log_beta
    density = multivariate_normal(
        [prior.mean_log_alpha, prior.mean_log_beta],
        [[prior.sd_log_alpha**2, covariance], [covariance, prior.sd_log_beta**2]],
    )
    precision, mean = np.linalg.inv(density.cov), density.mean

    def joint(log_alpha: np.ndarray, log_beta: float) -> np.ndarray:
        off = np.stack([log_alpha - mean[0], np.full_like(log_alpha, log_beta - mean[1])])
        logged = -0.5 * np.einsum("i...,ij,j...", off, precision, off)
        for tally in tallies:
            eta = log_alpha + np.exp(log_beta) * log(tally.dose / prior.reference)
            logged = logged + tally.dlts * log_expit(eta) + (tally.evaluable - tally.dlts) * log_expit(-eta)
        return np.exp(logged)

    ends = (mean[0] - 9 * prior.sd_log_alpha, mean[0] + 9 * prior.sd_log_alpha)

    def pieces(log_beta: float) -> np.ndarray:
        shift = np.exp(log_beta) * log(dose / prior.reference)
        cuts = [np.clip(log(p / (1 - p)) - shift, *ends) for p in (0.16, 0.33)]
        bounds = [ends[0], *cuts, ends[1]]
        masses = [
            integrate.fixed_quad(lambda a: joint(a, log_beta), low, high, n=200)[0] for low, high in pairwise(bounds)
        ]
        rated = [
            integrate.fixed_quad(lambda a: joint(a, log_beta) * expit(a + shift), low, high, n=200)[0]
            for low, high in pairwise(bounds)
        ]
        return np.array([*masses, sum(rated)])

    total, _ = integrate.quad_vec(
        pieces, mean[1] - 9 * prior.sd_log_beta, mean[1] + 9 * prior.sd_log_beta, epsrel=1e-8, limit=400
    )
    under, target, over, rate = total / total[:3].sum()
    return under, target, over, rate


@pytest.mark.parametrize("prior", [PAPER, CORRELATED], ids=["independent", "correlated"])
@pytest.mark.parametrize("dose", [1, 10, 15, 25, 100, 250])
def test_the_example_of_the_paper_agrees_with_quadrature(prior: Prior, dose: float) -> None:
    (posterior,) = posteriors(EXAMPLE, prior, LIMITS, (dose,))
    expected = by_quadrature(EXAMPLE, prior, dose)
    assert (posterior.under, posterior.target, posterior.over, posterior.mean) == pytest.approx(expected, abs=1e-4)


# The example as others have published it: posterior mean rates at fifteen doses. Each is a run of a sampler, whose own
# error is some thousandths with 4000 draws; to the last digit the arithmetic is held against quadrature, above.
DOSES = (1, 2.5, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250)
# Brock, trialr (Stan), README of 2020: four subjects at 5 mg, the two parameters independent.
TRIALR = (0.0126, 0.0325, 0.0675, 0.1385, 0.2064, 0.2692, 0.3264, 0.3780, 0.4661, 0.5371, 0.6616, 0.7390, 0.8259)
TRIALR += (0.8717, 0.8993)
# Sweeting, bcrm (JAGS), the example of its manual: five subjects at 5 mg, covariance 0.134.
BCRM = (0.0127, 0.0319, 0.0652, 0.1326, 0.1973, 0.2576, 0.3128, 0.3631, 0.4496, 0.5200, 0.6450, 0.7236, 0.8128)
BCRM += (0.8603, 0.8892)
# Read off figure 1 of the paper, lower right, by Brock for trialr's own test.
FIGURE = (0.01, 0.02, 0.05, 0.13, 0.19, 0.25, 0.30, 0.35, 0.47, 0.53, 0.68, 0.74, 0.85, 0.89, 0.92)
FOUR_AT_5 = (*EXAMPLE[:2], Tally(5, 4, 0), *EXAMPLE[3:])
COVARIANCE = Prior(250, 2.15, 0.84, 0.52, 0.8, correlation=0.134 / 0.84 / 0.8)


@pytest.mark.parametrize(
    ("tallies", "prior", "published", "error"),
    [
        (FOUR_AT_5, PAPER, TRIALR, 0.006),
        (EXAMPLE, COVARIANCE, BCRM, 0.006),
        (EXAMPLE, COVARIANCE, FIGURE, 0.035),
    ],
    ids=["trialr", "bcrm", "figure 1 of the paper"],
)
def test_the_example_of_the_paper_agrees_with_what_was_published_of_it(
    tallies: tuple[Tally, ...], prior: Prior, published: tuple[float, ...], error: float
) -> None:
    means = [posterior.mean for posterior in posteriors(tallies, prior, LIMITS, DOSES)]
    assert means == pytest.approx(published, abs=error)


@pytest.mark.parametrize(
    "tallies",
    [
        (Tally(5, 6, 0), Tally(10, 0, 0)),
        (Tally(5, 6, 1), Tally(10, 6, 2)),
        (Tally(5, 6, 0), Tally(10, 17, 4)),
        (Tally(5, 3, 3), Tally(10, 0, 0)),
        (Tally(5, 60, 6), Tally(10, 60, 30)),
    ],
)
@pytest.mark.parametrize("dose", [5, 10])
def test_this_trials_levels_agree_with_quadrature(tallies: tuple[Tally, ...], dose: float) -> None:
    (posterior,) = posteriors(tallies, OURS, LIMITS, (dose,))
    expected = by_quadrature(tallies, OURS, dose)
    assert (posterior.under, posterior.target, posterior.over, posterior.mean) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("prior", [PAPER, CORRELATED, OURS])
def test_without_data_the_reference_dose_has_the_priors_own_chances(prior: Prior) -> None:
    (posterior,) = posteriors((), prior, LIMITS, (prior.reference,))
    low, high = (norm.cdf((log(p / (1 - p)) - prior.mean_log_alpha) / prior.sd_log_alpha) for p in (0.16, 0.33))
    assert (posterior.under, posterior.target, posterior.over) == pytest.approx((low, high - low, 1 - high), abs=1e-4)


def test_the_three_chances_add_up_to_one_and_overdosing_rises_with_the_dose() -> None:
    by_dose = posteriors(EXAMPLE, PAPER, LIMITS, (1, 2.5, 5, 10, 25, 50, 100))
    assert all(posterior.under + posterior.target + posterior.over == pytest.approx(1) for posterior in by_dose)
    assert [posterior.over for posterior in by_dose] == sorted(posterior.over for posterior in by_dose)


def test_the_same_data_give_the_same_numbers() -> None:
    posteriors.cache_clear()
    first = posteriors(EXAMPLE, PAPER, LIMITS)
    posteriors.cache_clear()
    assert posteriors(EXAMPLE, PAPER, LIMITS) == first


def test_the_next_dose_is_advised_while_overdosing_there_stays_unlikely() -> None:
    assert advise((Tally(5, 30, 0), Tally(10, 0, 0)), 0, OURS, LIMITS).move == Move.ESCALATE


def test_toxicity_below_forbids_a_level_and_everything_lower_too() -> None:
    assert advise((Tally(5, 3, 3), Tally(10, 0, 0)), 0, OURS, LIMITS).move == Move.ELIMINATE


def test_a_level_that_is_not_allowed_goes_down_to_one_that_is() -> None:
    assert advise((Tally(5, 30, 0), Tally(10, 6, 5)), 1, OURS, LIMITS).move == Move.DE_ESCALATE


def test_the_highest_level_stays_while_it_is_allowed() -> None:
    assert advise((Tally(5, 6, 0), Tally(10, 20, 1)), 1, OURS, LIMITS).move == Move.STAY


@pytest.mark.parametrize(("below", "verdict"), [(Tally(5, 3, 3), "not allowed"), (Tally(5, 30, 0), "allowed")])
def test_a_level_without_data_says_whether_it_would_be_allowed(below: Tally, verdict: str) -> None:
    advice = advise((below, Tally(10, 0, 0)), 1, OURS, LIMITS)
    assert advice.move == Move.NO_DATA
    assert advice.why.endswith(f": {verdict}.")


def test_overdosing_at_the_limit_itself_is_forbidden() -> None:
    (posterior,) = posteriors(EXAMPLE, PAPER, LIMITS, (10,))
    assert not posterior.allowed(ToxicityLimits(overdose=posterior.over))
    assert posterior.allowed(ToxicityLimits(overdose=posterior.over + 1e-9))
