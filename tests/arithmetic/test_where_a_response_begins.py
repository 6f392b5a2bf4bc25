"""Duration of and time to response begin with the response that was confirmed, not with one that was lost before."""

from dataclasses import replace

import pytest

from tests.arithmetic.build import INVESTIGATOR, outcome_of, time

SOON = replace(INVESTIGATOR, confirmation_required=False)


@pytest.mark.parametrize(
    ("course", "begins", "dor"),
    [
        ("57 PR, 113 PR, 169 PD", 57, (113, True, "PD")),
        ("29 PR, 57 SD, 85 PR, 141 PR, 197 PD", 85, (113, True, "PD")),
        ("29 PR, 57 SD, 85 PR, 113 NE, 141 CR", 85, (57, False, "last adequate assessment")),
        # a partial response that a complete one confirms is where the response began
        ("57 PR, 113 CR, 169 CR", 57, (113, False, "last adequate assessment")),
        ("57 PR, 113 SD, 169 CR, 225 CR", 169, (57, False, "last adequate assessment")),
        ("57 PR, 113 NE, 169 NE, 225 PR, 281 PR", 225, (57, False, "last adequate assessment")),
        # lost only after it had been confirmed
        ("29 PR, 57 PR, 113 SD, 169 PR, 225 PR", 29, (197, False, "last adequate assessment")),
        ("57 PR, 70 CR, 113 CR", 57, (57, False, "last adequate assessment")),
        ("57 PR, 78 PR, 169 PD", None, None),
        ("57 PR, 85 PD, 113 PR", None, None),
        ("57 PR", None, None),
    ],
)
def test_it_begins_with_the_first_that_a_later_assessment_confirms(
    course: str, begins: int | None, dor: tuple | None
) -> None:
    outcome = outcome_of(course)
    assert (outcome.ttr.days if outcome.ttr else None) == begins
    assert time(outcome.dor) == dor


def test_the_unconfirmed_one_has_its_own_beside_it() -> None:
    outcome = outcome_of("29 PR, 57 SD, 85 PR, 141 PR, 197 PD")
    assert time(outcome.dor_unconfirmed) == (169, True, "PD")
    assert time(outcome.ttr_unconfirmed) == (29, True, "response")
    alone = outcome_of("57 PR, 113 PD")
    assert alone.dor is None and time(alone.dor_unconfirmed) == (57, True, "PD")


def test_where_the_plan_asks_for_no_confirmation_the_first_response_of_all_is_the_headline_s() -> None:
    outcome = outcome_of("29 PR, 57 SD, 85 PR, 141 PR, 197 PD", SOON)
    assert (outcome.dor, outcome.ttr) == (outcome.dor_unconfirmed, outcome.ttr_unconfirmed)
    assert outcome.ttr and outcome.ttr.days == 29
