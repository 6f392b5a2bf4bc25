"""The response of one assessment from its lesions, at both sides of each threshold."""

from decimal import Decimal

import pytest

from endpoints.arithmetic.recist import evaluate, has_grown, preview
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, NEWER, scan, subject


def targets(plan: AnalysisPlan, baseline: dict, *scans: dict) -> list:
    days = range(57, 57 + 56 * len(scans), 56)
    records = subject(*(scan(day, sizes) for day, sizes in zip(days, scans, strict=True)), baseline=baseline)
    return [result.target for result in evaluate(records, plan)]


@pytest.mark.parametrize(
    ("baseline", "sum_now", "expected"),
    [("100", "70", "PR"), ("100", "70.1", "SD"), ("11.1", "7.77", "PR"), ("11.1", "7.78", "SD"), ("100", "100", "SD")],
)
def test_partial_response_starts_at_exactly_thirty_per_cent(baseline: str, sum_now: str, expected: str) -> None:
    assert targets(DERIVED, {"T1": baseline}, {"T1": sum_now}) == [expected]


@pytest.mark.parametrize(
    ("nadir", "sum_now", "older", "newer"),
    [
        ("60", "71.9", "SD", "SD"),
        ("60", "72", "PD", "PD"),
        ("5.5", "6.6", "PD", "PR"),
        ("12", "14.4", "PD", "SD"),
        ("25", "29.9", "SD", "SD"),
        ("25", "30", "PD", "PD"),
        ("24", "28.9", "PD", "SD"),
        ("24", "29", "PD", "PD"),
    ],
)
def test_progression_needs_twenty_per_cent_and_in_1_1_five_millimetres(
    nadir: str, sum_now: str, older: str, newer: str
) -> None:
    baseline = {"T1": "40" if Decimal(nadir) > 20 else "20"}
    if nadir == "60":
        baseline = {"T1": "100"}
    assert targets(DERIVED, baseline, {"T1": nadir}, {"T1": sum_now})[1] == older
    assert targets(NEWER, baseline, {"T1": nadir}, {"T1": sum_now})[1] == newer


def test_every_exact_threshold_with_one_decimal_holds() -> None:
    for tenths in range(50, 400):
        baseline = Decimal(tenths) / 10
        assert targets(DERIVED, {"T1": str(baseline)}, {"T1": str(baseline * 7 / 10)}) == ["PR"]
        assert has_grown(baseline * 12 / 10, baseline, "1.0")
        assert not has_grown(baseline * 12 / 10 - Decimal("0.001"), baseline, "1.0")


def test_all_lesions_gone_is_complete_and_one_left_is_not() -> None:
    assert targets(DERIVED, {"T1": "30", "T2": "20"}, {"T1": "gone", "T2": "0"}) == ["CR"]
    assert targets(DERIVED, {"T1": "30", "T2": "20"}, {"T1": "gone", "T2": "TSTM"}) == ["PR"]


def test_a_lesion_back_after_complete_response_is_progression_in_both_versions() -> None:
    for plan in (DERIVED, NEWER):
        assert targets(plan, {"T1": "50"}, {"T1": "gone"}, {"T1": "0.1"}) == ["CR", "PD"]


def test_a_missing_lesion_after_complete_response_is_not_progression() -> None:
    course = targets(DERIVED, {"T1": "30", "T2": "20"}, {"T1": "0", "T2": "0"}, {"T1": "0", "T2": None}, {})
    assert course == ["CR", "NE", "NE"]


def test_growth_of_the_measured_lesions_is_progression_even_with_one_missing() -> None:
    baseline = {"T1": "20", "T2": "20", "T3": "10"}
    assert targets(DERIVED, baseline, {"T1": "40", "T2": "20"}) == ["PD"]
    assert targets(DERIVED, baseline, {"T1": "39.9", "T2": "20"}) == ["NE"]


def test_an_incomplete_assessment_never_sets_the_nadir() -> None:
    course = targets(DERIVED, {"T1": "60", "T2": "40"}, {"T1": "30", "T2": None}, {"T1": "60", "T2": "40"})
    assert course == ["NE", "SD"]


def test_the_nadir_is_the_smallest_earlier_sum_by_date_not_by_entry() -> None:
    typed_late = subject(scan(169, {"T1": "72"}), scan(57, {"T1": "60"}), baseline={"T1": "100"})
    assert [result.target for result in evaluate(typed_late, DERIVED)] == ["PD", "PR"]
    assert evaluate(typed_late, DERIVED)[0].nadir == 60


def test_two_records_of_one_date_do_not_set_the_nadir_for_each_other() -> None:
    twice = subject(scan(57, {"T1": "50"}, ref="a"), scan(57, {"T1": "62"}, ref="b"), baseline={"T1": "60"})
    assert [(result.target, result.nadir) for result in evaluate(twice, DERIVED)] == [("SD", 60), ("SD", 60)]


def test_a_node_of_nine_millimetres_is_no_disease_in_1_1_only() -> None:
    baseline = {"T1": "30", "N1": "20"}
    assert targets(NEWER, baseline, {"T1": "gone", "N1": "9.9"}) == ["CR"]
    assert targets(NEWER, baseline, {"T1": "gone", "N1": "10"}) == ["PR"]
    assert targets(DERIVED, baseline, {"T1": "gone", "N1": "9.9"}) == ["PR"]


def test_a_normal_node_that_stays_normal_is_no_growth() -> None:
    assert targets(NEWER, {"N1": "20"}, {"N1": "3"}, {"N1": "9"}) == ["CR", "CR"]


def test_fragments_add_up_and_the_other_of_merged_lesions_is_nought() -> None:
    split = subject(scan(57, {"T1": ("15", "10"), "T2": "12"}), baseline={"T1": "40", "T2": "20"})
    merged = subject(scan(57, {"T1": "55", "T2": "0"}), baseline={"T1": "40", "T2": "20"})
    assert [evaluate(records, DERIVED)[0].sum for records in (split, merged)] == [37, 55]


def test_a_lesion_too_small_to_measure_has_the_size_of_the_plan() -> None:
    records = subject(scan(57, {"T1": "TSTM"}), baseline={"T1": "20"})
    assert evaluate(records, DERIVED)[0].sum == 5
    assert evaluate(records, AnalysisPlan(response_source="derived", too_small_mm=Decimal(4)))[0].sum == 4


@pytest.mark.parametrize(("day", "expected"), [(-29, "NE"), (-28, "PR"), (1, "PR"), (2, "NE")])
def test_the_baseline_lies_within_its_window_and_not_after_the_first_dose(day: int, expected: str) -> None:
    records = subject(scan(57, {"T1": "20"}), baselines=(scan(day, {"T1": "50"}),))
    assert evaluate(records, DERIVED)[0].target == expected


def test_the_last_complete_baseline_counts() -> None:
    candidates = (scan(-3, {"T1": None}), scan(-10, {"T1": "100"}), scan(-20, {"T1": "50"}))
    assert evaluate(subject(scan(57, {"T1": "70"}), baselines=candidates), DERIVED)[0].baseline_sum == 100


def test_without_a_baseline_an_assessment_is_not_evaluable_but_a_new_lesion_is_progression() -> None:
    results = evaluate(subject(scan(57, {"T1": "20"}), scan(113, new_lesion="Y"), baselines=()), DERIVED)
    assert [(result.target, result.overall) for result in results] == [("NE", "NE"), ("NE", "PD")]


def test_a_lesion_not_chosen_at_baseline_does_not_count_in_the_sum() -> None:
    assert evaluate(subject(scan(57, {"T1": "30", "T9": "90"})), DERIVED)[0].sum == 30


def test_a_result_says_why_and_names_its_records() -> None:
    result = evaluate(subject(scan(57, {"T1": "42"}), baseline={"T1": "60"}), DERIVED)[0]
    assert result.reason == "Sum 42 mm, 30.0 % under baseline (60 mm): partial response."
    assert result.refs == (f"scan {result.date}", "scan 2008-01-01")
    assert (result.change, result.nadir_change) == (Decimal("-30.00"), Decimal("-30.00"))


def test_a_preview_follows_the_typing_and_needs_no_date_yet() -> None:
    baseline, earlier = scan(-6, {"T1": "60", "T2": "40"}), [scan(57, {"T1": "30", "T2": "20"})]
    half_typed = preview(baseline, earlier, scan("", {"T1": "40"}), DERIVED)
    assert (half_typed.target, half_typed.sum, half_typed.nadir, half_typed.date) == ("NE", 40, 50, None)
    assert "Not assessed: T2" in half_typed.reason
    typed = preview(baseline, earlier, scan("", {"T1": "40", "T2": "20"}), DERIVED)
    assert (typed.target, typed.sum, typed.pd_date) == ("PD", 60, None)


def test_a_preview_of_an_earlier_date_ignores_what_came_later() -> None:
    result = preview(scan(-6, {"T1": "50"}), [scan(113, {"T1": "20"})], scan(57, {"T1": "45"}), DERIVED)
    assert (result.target, result.nadir) == ("SD", 50)


def test_a_preview_equals_the_evaluation_of_the_saved_records() -> None:
    earlier, typed = scan(57, {"T1": "30"}), scan(113, {"T1": "36"}, new_lesion="N")
    saved = evaluate(subject(earlier, typed), DERIVED)[1]
    assert preview(scan(-6, {"T1": "50"}), [earlier], typed, DERIVED) == saved
    assert saved.target == "PD"


def test_an_untreated_subject_has_no_baseline() -> None:
    assert evaluate(subject(scan(57, {"T1": "30"}), start=None), DERIVED)[0].target == "NE"
