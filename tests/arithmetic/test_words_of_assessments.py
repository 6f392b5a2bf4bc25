"""The sentence that says why an assessment has its response, beside its records on every page.

Each sentence is written here as a reader must find it: the sums in mm, their change, what else decided, the response.
"""

from typing import Any

import pytest

from endpoints.arithmetic.recist import evaluate
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, INVESTIGATOR, NEWER, scan, subject


def sentences(*scans: Any, plan: AnalysisPlan = DERIVED, **more: Any) -> list[str]:
    return [result.reason for result in evaluate(subject(*scans, **more), plan)]


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ("50", "Sum 50 mm, equal to baseline (50 mm): stable disease."),
        ("35", "Sum 35 mm, 30.0 % under baseline (50 mm): partial response."),
        ("35.5", "Sum 35.5 mm, 29.0 % under baseline (50 mm): stable disease."),
        ("55", "Sum 55 mm, 10.0 % over baseline (50 mm): stable disease."),
        ("60", "Sum 60 mm, 20.0 % over the smallest sum so far (50 mm): progression."),
        ("35.02", "Sum 35.02 mm, 29.96 % under baseline (50 mm): stable disease."),
        ("0", "Sum 0 mm, every target lesion gone: complete response."),
        ("gone", "Sum 0 mm, every target lesion gone: complete response."),
    ],
)
def test_the_sum_is_told_with_its_change_from_baseline_or_for_growth_from_the_smallest(
    size: str, sentence: str
) -> None:
    assert sentences(scan(57, {"T1": size})) == [sentence]


def test_both_yardsticks_are_told_where_a_smaller_sum_came_before() -> None:
    course = [scan(57, {"T1": "20"}), scan(113, {"T1": "22"}), scan(169, {"T1": "20"}), scan(225, {"T1": "18"})]
    assert sentences(*course)[1:] == [
        "Sum 22 mm, 56.0 % under baseline (50 mm) and 10.0 % over the smallest sum so far (20 mm): partial response.",
        "Sum 20 mm, 60.0 % under baseline (50 mm) and equal to the smallest sum so far (20 mm): partial response.",
        "Sum 18 mm, 64.0 % under baseline (50 mm) and 10.0 % under the smallest sum so far (20 mm): partial response.",
    ]


def test_lesions_that_were_not_assessed_are_named() -> None:
    baseline = {"T1": "30", "T2": "20", "T3": "10"}
    half, grown = sentences(scan(57, {"T1": "15"}), scan(113, {"T1": "72", "T3": "10"}), baseline=baseline)
    assert half == (
        "Not assessed: T2, T3; sum of the others 15 mm, 75.0 % under the smallest sum so far (60 mm): not evaluable."
    )
    assert grown == (
        "Not assessed: T2; sum of the others 82 mm, 36.7 % over the smallest sum so far (60 mm): progression."
    )


def test_lesions_that_are_back_are_named_and_growth_from_nothing_has_no_per_cent() -> None:
    assert (
        sentences(
            scan(57, {"T1": "0", "T2": "0"}), scan(113, {"T1": "4", "T2": "6"}), baseline={"T1": "30", "T2": "20"}
        )[1]
        == "Sum 10 mm, T1, T2 back after all target lesions were gone: progression."
    )
    nodes = sentences(scan(57, {"N1": "0"}), scan(113, {"N1": "12"}), plan=NEWER, baseline={"N1": "20"})
    assert nodes[1] == "Sum 12 mm, back after all target lesions were gone: progression."
    missing = sentences(scan(57, {"T1": "0", "T2": "0"}), scan(113, {"T1": "0"}), baseline={"T1": "30", "T2": "20"})
    assert missing[1] == (
        "Not assessed: T2; sum of the others 0 mm, equal to the smallest sum so far (0 mm): not evaluable."
    )


@pytest.mark.parametrize(
    ("non_target", "tail"),
    [
        ("CR", "non-target lesions gone: partial response."),
        ("NONCR", "non-target lesions persist: partial response."),
        ("PRESENT", "non-target lesions persist: partial response."),
        ("PD", "non-target lesions have unequivocally progressed: progression."),
        ("NE", "non-target lesions not evaluated: partial response."),
        (None, "non-target lesions not recorded: partial response."),
    ],
)
def test_what_became_of_the_non_target_lesions_follows_the_sum(non_target: Any, tail: str) -> None:
    (sentence,) = sentences(scan(57, {"T1": "20"}, non_target=non_target), non_target="PRESENT")
    assert sentence == f"Sum 20 mm, 60.0 % under baseline (50 mm); {tail}"


def test_non_target_lesions_that_never_were_are_not_told_as_missing() -> None:
    assert sentences(scan(57, {"T1": "20"})) == ["Sum 20 mm, 60.0 % under baseline (50 mm): partial response."]


def test_a_new_lesion_is_told_and_so_is_a_doubtful_one() -> None:
    new, doubtful, none = sentences(
        scan(57, {"T1": "20"}, new_lesion="Y"),
        scan(57, {"T1": "20"}, new_lesion="EQUIVOCAL", ref="b"),
        scan(57, {"T1": "20"}, new_lesion="N", ref="c"),
    )
    assert new == "Sum 20 mm, 60.0 % under baseline (50 mm); a new lesion: progression."
    assert doubtful == "Sum 20 mm, 60.0 % under baseline (50 mm); an equivocal new lesion: partial response."
    assert none == "Sum 20 mm, 60.0 % under baseline (50 mm): partial response."


@pytest.mark.parametrize("persists", ["NONCR", "PRESENT"])
def test_disease_that_is_there_again_after_a_complete_response_is_told_as_such(persists: Any) -> None:
    course = [scan(57, {"T1": "0"}, non_target="CR"), scan(113, {"T1": "0"}, non_target=persists)]
    assert sentences(*course, non_target="PRESENT") == [
        "Sum 0 mm, every target lesion gone; non-target lesions gone: complete response.",
        "Sum 0 mm, every target lesion gone; non-target lesions are there again after a complete response: "
        "progression.",
    ]
    evaluated = [*course[:1], scan(113, {"T1": "0"}, non_target="NE")]
    assert sentences(*evaluated, non_target="PRESENT")[1] == (
        "Sum 0 mm, every target lesion gone; non-target lesions not evaluated: partial response."
    )


def test_without_target_lesions_or_without_a_baseline_the_sentence_says_so() -> None:
    without = {"baselines": (scan(-6, {}, non_target="PRESENT"),)}
    assert sentences(scan(57, non_target="NONCR"), **without, plan=NEWER) == [
        "No target lesion at baseline; non-target lesions persist: neither complete response nor progression."
    ]
    assert sentences(scan(57, {"T1": "20"}), baselines=()) == ["No valid baseline: not evaluable."]


def test_where_the_investigator_decides_the_sentence_adds_what_was_said() -> None:
    answered, silent = sentences(scan(57, {"T1": "20"}, investigator="SD"), scan(113, {"T1": "20"}), plan=INVESTIGATOR)
    assert answered == (
        "Sum 20 mm, 60.0 % under baseline (50 mm): partial response. By the investigator: stable disease."
    )
    assert silent.endswith(": partial response. By the investigator: no overall response recorded, so not evaluable.")


def test_a_partial_response_that_is_held_by_the_plan_is_told_as_held() -> None:
    sticky = AnalysisPlan(response_source="derived", pr_drift="sticky_pr")
    # 30 to 37 mm: no longer 30 % under 50 mm, and by 7 of 30 mm (23 %) it would be progression; 35.9 mm is neither
    results = evaluate(subject(scan(57, {"T1": "30"}), scan(113, {"T1": "35.9"})), sticky)
    assert [result.overall for result in results] == ["PR", "PR"]
    assert results[1].reason == (
        "Sum 35.9 mm, 28.2 % under baseline (50 mm) and 19.7 % over the smallest sum so far (30 mm): stable disease."
        " The partial response counts as held until progression."
    )


def test_a_partial_response_is_held_from_the_first_dose_on_and_no_longer_than_to_progression() -> None:
    sticky = AnalysisPlan(response_source="derived", pr_drift="sticky_pr")

    def overall(*scans: Any) -> list[str]:
        return [result.overall for result in evaluate(subject(*scans), sticky)]

    assert overall(scan(1, {"T1": "30"}), scan(57, {"T1": "35.9"})) == ["PR", "PR"]
    assert overall(scan(-1, {"T1": "30"}), scan(57, {"T1": "40"})) == ["PR", "SD"]
    # 40 of 30 mm is progression; what comes after it is what it is
    assert overall(scan(57, {"T1": "30"}), scan(113, {"T1": "40"}), scan(169, {"T1": "35.9"})) == ["PR", "PD", "SD"]


def test_progression_by_a_lesion_that_was_doubtful_before_says_when_it_was_first_seen() -> None:
    first, proven = sentences(scan(57, {"T1": "40"}, new_lesion="EQUIVOCAL"), scan(113, {"T1": "40"}, new_lesion="Y"))
    assert first == "Sum 40 mm, 20.0 % under baseline (50 mm); an equivocal new lesion: stable disease."
    assert proven == (
        "Sum 40 mm, 20.0 % under baseline (50 mm) and equal to the smallest sum so far (40 mm); a new lesion: "
        "progression. First seen, then equivocal, on 3 Mar 2008."
    )
