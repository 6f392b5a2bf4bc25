"""BOIN against the tables of Liu and Yuan 2015 and against scipy's beta distribution."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from cohorts.escalation import Move, Tally
from cohorts.escalation.boin import (
    advise,
    boundaries,
    chance_above,
    interval,
    isotonic,
    maximum_tolerated,
)

# Table 1 of the paper: target, lambda_e, lambda_d.
PUBLISHED = [
    (0.15, 0.118, 0.179),
    (0.20, 0.157, 0.238),
    (0.25, 0.197, 0.298),
    (0.30, 0.236, 0.358),
    (0.35, 0.276, 0.419),
    (0.40, 0.316, 0.479),
]
# Target 0.30, by n: escalate with at most, de-escalate with at least, eliminate with at least.
TABLE = {
    1: (0, 1, None),
    2: (0, 1, None),
    3: (0, 2, 3),
    4: (0, 2, 3),
    5: (1, 2, 4),
    6: (1, 3, 4),
    7: (1, 3, 5),
    8: (1, 3, 5),
    9: (2, 4, 5),
    10: (2, 4, 6),
    11: (2, 4, 6),
    12: (2, 5, 7),
}


@pytest.mark.parametrize(("target", "lambda_e", "lambda_d"), PUBLISHED)
def test_the_interval_is_that_of_the_paper(target: float, lambda_e: float, lambda_d: float) -> None:
    # Within a unit of the third decimal: the paper cuts some values where others would round.
    assert interval(target) == pytest.approx((lambda_e, lambda_d), abs=1e-3)


def test_the_interval_at_thirty_percent_to_four_decimals() -> None:
    assert [round(end, 4) for end in interval(0.30)] == [0.2365, 0.3585]


@pytest.mark.parametrize("n", TABLE)
def test_the_decision_table_is_that_of_the_paper(n: int) -> None:
    limits = boundaries(n, 0.30)
    assert (limits.escalate, limits.de_escalate, limits.eliminate) == TABLE[n]


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.2, 0.25, 0.3, 0.4]))
def test_the_chance_of_too_much_is_the_beta_tail(n: int, dlts: int, target: float) -> None:
    dlts = min(dlts, n)
    assert chance_above(target, Tally(1, n, dlts)) == pytest.approx(beta.sf(target, 1 + dlts, 1 + n - dlts), abs=1e-12)


@given(st.integers(1, 60), st.integers(0, 60))
def test_one_more_toxicity_never_gives_a_bolder_move(n: int, dlts: int) -> None:
    bold = [Move.ESCALATE, Move.STAY, Move.DE_ESCALATE, Move.ELIMINATE]
    dlts = min(dlts, n - 1)
    fewer, more = (advise(Tally(1, n, x), 0.3).move for x in (dlts, dlts + 1))
    assert bold.index(fewer) <= bold.index(more)


def test_nobody_is_no_data() -> None:
    assert advise(Tally(5, 0, 0), 0.3).move == Move.NO_DATA


def test_two_of_two_is_not_eliminated_and_three_of_three_is() -> None:
    assert advise(Tally(5, 2, 2), 0.3).move == Move.DE_ESCALATE
    assert advise(Tally(5, 3, 3), 0.3).move == Move.ELIMINATE


@pytest.mark.parametrize("target", [0, 1, 0.75])
def test_a_target_without_room_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        interval(target)


def test_rates_that_fall_with_the_dose_are_pooled() -> None:
    first, second, third = isotonic([Tally(5, 6, 2), Tally(10, 6, 1), Tally(20, 6, 3)])
    assert first == second
    assert 1.05 / 6.1 < first < 2.05 / 6.1
    assert third == pytest.approx(3.05 / 6.1)


def test_a_level_without_subjects_has_no_rate() -> None:
    assert isotonic([Tally(5, 3, 0), Tally(10, 0, 0), Tally(20, 3, 1)])[1] is None


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=6))
def test_pooled_rates_never_fall(counts: list[tuple[int, int]]) -> None:
    rates = isotonic([Tally(dose, n, min(x, n)) for dose, (n, x) in enumerate(counts, start=1)])
    assert all(a <= b + 1e-12 for a, b in pairwise(rates))


def test_the_level_nearest_the_target_is_the_maximum_tolerated_one() -> None:
    assert maximum_tolerated([Tally(5, 6, 0), Tally(10, 12, 3), Tally(20, 6, 4)], 0.3) == 1


def test_of_two_levels_equally_below_the_target_the_higher_is_taken() -> None:
    assert maximum_tolerated([Tally(5, 6, 1), Tally(10, 6, 1)], 0.3) == 1


def test_of_two_levels_equally_above_the_target_the_lower_is_taken() -> None:
    assert maximum_tolerated([Tally(5, 6, 3), Tally(10, 6, 3)], 0.3) == 0


def test_an_eliminated_level_takes_those_above_it_along() -> None:
    assert maximum_tolerated([Tally(5, 6, 1), Tally(10, 3, 3), Tally(20, 0, 0)], 0.3) == 0
    assert maximum_tolerated([Tally(5, 3, 3), Tally(10, 0, 0)], 0.3) is None
