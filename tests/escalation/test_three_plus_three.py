"""3+3: the design's own table, and how it is read beyond six subjects."""

import pytest

from cohorts.escalation import Move, Tally
from cohorts.escalation.three_plus_three import advise, maximum_tolerated


@pytest.mark.parametrize(
    ("dlts", "evaluable", "move"),
    [
        (0, 0, Move.NO_DATA),
        (0, 2, Move.STAY),
        (1, 1, Move.STAY),
        (2, 2, Move.DE_ESCALATE),
        (0, 3, Move.ESCALATE),
        (1, 3, Move.STAY),
        (2, 3, Move.DE_ESCALATE),
        (3, 3, Move.DE_ESCALATE),
        (1, 5, Move.STAY),
        (0, 6, Move.ESCALATE),
        (1, 6, Move.ESCALATE),
        (2, 6, Move.DE_ESCALATE),
        (2, 12, Move.ESCALATE),
        (3, 17, Move.DE_ESCALATE),
        (3, 18, Move.ESCALATE),
    ],
)
def test_each_count_has_its_move(dlts: int, evaluable: int, move: Move) -> None:
    assert advise(Tally(10, evaluable, dlts)).move == move


def test_the_maximum_tolerated_dose_is_the_highest_with_at_most_one_of_six() -> None:
    assert maximum_tolerated([Tally(5, 6, 0), Tally(10, 6, 1), Tally(20, 3, 2)]) == 1


def test_a_level_of_three_subjects_is_no_maximum_tolerated_dose_yet() -> None:
    assert maximum_tolerated([Tally(5, 3, 0), Tally(10, 3, 2)]) is None


def test_nothing_above_a_level_that_was_too_toxic_is_tolerated() -> None:
    assert maximum_tolerated([Tally(5, 6, 3), Tally(10, 6, 0)]) is None


@pytest.mark.parametrize(("dose", "evaluable", "dlts"), [(5, 3, 4), (5, 3, -1), (0, 3, 1)])
def test_counts_that_cannot_be_are_refused(dose: float, evaluable: int, dlts: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Tally(dose, evaluable, dlts)
