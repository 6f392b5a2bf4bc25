"""Tests of rates of two arms, held against the definitions counted out in fractions."""

from fractions import Fraction
from math import comb, sqrt

import pytest

from endpoints.arithmetic.differences import Counts, cochran_mantel_haenszel, fisher, newcombe, wilson

# Every table of up to six subjects in each arm.
TABLES = [
    Counts(x, n, x_reference, n_reference)
    for n in range(1, 7)
    for n_reference in range(1, 7)
    for x in range(n + 1)
    for x_reference in range(n_reference + 1)
]


def chances(counts: Counts) -> dict[int, Fraction]:
    """Of each number in the other arm, given the margins: C(n, x) C(m, h - x) / C(n + m, h)."""
    n, m, having = counts.n, counts.n_reference, counts.x + counts.x_reference
    possible = range(max(0, having - m), min(n, having) + 1)
    return {x: Fraction(comb(n, x) * comb(m, having - x), comb(n + m, having)) for x in possible}


def test_the_exact_test_adds_up_the_chances_of_every_table_that_counts() -> None:
    for counts in TABLES:
        if counts.x + counts.x_reference in (0, counts.n + counts.n_reference):
            assert fisher(counts, one_sided=True) is None and fisher(counts, one_sided=False) is None
            continue
        each = chances(counts)
        as_many = sum(chance for x, chance in each.items() if x >= counts.x)
        no_likelier = sum(chance for chance in each.values() if chance <= each[counts.x])
        assert fisher(counts, one_sided=True) == pytest.approx(float(as_many), rel=1e-9), counts
        assert fisher(counts, one_sided=False) == pytest.approx(float(no_likelier), rel=1e-9), counts


def test_the_lady_who_tasted_tea() -> None:
    """Fisher 1935: three of four cups told right, one of four taken wrongly: 17/70, and 34/70 on both sides."""
    assert fisher(Counts(3, 4, 1, 4), one_sided=True) == pytest.approx(17 / 70)
    assert fisher(Counts(3, 4, 1, 4), one_sided=False) == pytest.approx(34 / 70)
    assert fisher(Counts(0, 0, 1, 4), one_sided=True) is None and fisher(Counts(1, 4, 0, 0), one_sided=True) is None


def test_strata_of_two_subjects_count_as_pairs() -> None:
    """Of each pair with one response the expected is 1/2 and the variance 1/4: of k pairs for one arm z is sqrt(k)."""
    pair, other = Counts(1, 1, 0, 1), Counts(0, 1, 1, 1)
    for pairs, z in (([pair], 1), ([pair] * 4, 2), ([pair] * 3 + [other], 1), ([other], -1)):
        assert cochran_mantel_haenszel(pairs) == pytest.approx(z)
    assert cochran_mantel_haenszel([Counts(1, 1, 1, 1), Counts(0, 1, 0, 1), Counts(1, 1, 0, 0)]) is None
    assert cochran_mantel_haenszel([]) is None


def test_one_stratum_has_the_statistic_of_its_margins() -> None:
    """7 of 10 and 3 of 10: 7 - 5 over the root of 10 * 10 * 10 * 10 / (400 * 19)."""
    assert cochran_mantel_haenszel([Counts(7, 10, 3, 10)]) == pytest.approx(2 / sqrt(10_000 / 7_600))
    doubled = cochran_mantel_haenszel([Counts(7, 10, 3, 10)] * 2)
    assert doubled == pytest.approx(4 / sqrt(20_000 / 7_600))


def test_limits_of_a_share_and_of_a_difference_as_newcombe_prints_them() -> None:
    """Newcombe 1998: 81 of 263 has 0.2553 to 0.3662; 56 of 70 less 48 of 80 is 0.2, 0.0524 to 0.3339 (method 10)."""
    assert wilson(81, 263, 0.95) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert newcombe(Counts(56, 70, 48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert newcombe(Counts(10, 10, 0, 20)) == pytest.approx((1.0, 0.6791, 1.0), abs=5e-5)
    assert newcombe(Counts(0, 0, 1, 2)) is None and newcombe(Counts(1, 2, 0, 0)) is None


def test_a_wider_level_has_wider_limits() -> None:
    """z of 90 % is 1.644854: of 5 of 10 the reach is z * sqrt(2.5 + z^2 / 4) / (10 + z^2)."""
    z = 1.6448536
    reach = z * sqrt(2.5 + z**2 / 4) / (10 + z**2)
    assert wilson(5, 10, 0.9) == pytest.approx((0.5 - reach, 0.5 + reach), abs=1e-6)
