"""What a page says of an assessment while it is typed: before its date is, and whatever else is there already."""

from dataclasses import replace
from typing import Any

import pytest

from endpoints.arithmetic.recist import evaluate, preview
from tests.arithmetic.build import DERIVED, scan, subject

BASELINE = scan(-6, {"T1": "50"})
WITH_NON_TARGET = scan(-6, {"T1": "50"}, non_target="PRESENT")


@pytest.mark.parametrize("earlier", [[], [57], [57, 113], [57, 113, 169]])
def test_the_answer_is_that_of_the_typed_assessment_however_many_came_before(earlier: list[int]) -> None:
    before = [scan(day, {"T1": "40"}) for day in earlier]
    for typed in (scan("", {"T1": "20"}), scan(225, {"T1": "20"})):
        result = preview(BASELINE, before, typed, DERIVED)
        assert (result.ref, result.sum, result.target) == (typed.ref, 20, "PR")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"new_lesion": "Y"}, "a new lesion: progression."),
        ({"non_target": "PD"}, "non-target lesions have unequivocally progressed: progression."),
        ({"non_target": "NONCR"}, "non-target lesions are there again after a complete response: progression."),
    ],
)
def test_progression_of_any_kind_is_told_before_the_date_is_typed(more: dict[str, Any], why: str) -> None:
    gone = scan(57, {"T1": "0"}, non_target="CR")
    result = preview(WITH_NON_TARGET, [gone], scan("", {"T1": "0"}, **more), DERIVED)
    assert (result.overall, result.date, result.pd_date) == ("PD", None, None)
    assert result.reason.endswith(why)


def test_earlier_assessments_known_by_their_month_lie_where_the_plan_puts_them() -> None:
    """The 15th by the trial's plan, so that a scan of 20 April comes after it; the 30th by the other, so that not."""
    in_april, typed = scan("2008-04", {"T1": "30"}), scan("2008-04-20", {"T1": "36"})
    at_the_end = replace(DERIVED, partial_day="last")
    assert preview(BASELINE, [in_april], typed, DERIVED).target == "PD"
    assert preview(BASELINE, [in_april], typed, at_the_end).target == "SD"


def test_a_month_may_be_all_that_is_typed_yet() -> None:
    scans = [scan("2008-04-10", {"T1": "30"}), scan("2008-04-20", {"T1": "20"})]
    typed = scan("2008-04", {"T1": "36"})
    assert preview(BASELINE, scans, typed, DERIVED).nadir == 30
    assert preview(BASELINE, scans, typed, replace(DERIVED, partial_day="last")).nadir == 20


@pytest.mark.parametrize(("day", "target"), [(-1, "SD"), (1, "PD"), (2, "PD")])
def test_from_the_first_dose_on_a_smaller_sum_is_a_yardstick(day: int, target: str) -> None:
    """48 mm is 20 % over 40 mm, and under the 60 mm of baseline."""
    records = subject(scan(day, {"T1": "40"}), scan(57, {"T1": "48"}), baseline={"T1": "60"})
    assert evaluate(records, DERIVED)[1].target == target
