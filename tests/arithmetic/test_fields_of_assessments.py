"""What an evaluated assessment carries beside its responses: sums, changes, entries, and the records behind it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from endpoints.arithmetic.outcomes import AssessmentResult
from endpoints.arithmetic.recist import evaluate
from endpoints.arithmetic.records import Assessment, Measurement
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, NEWER, on, scan, subject

BASELINE = {"T1": "30", "T2": "20"}


def last(*scans: Any, **more: Any) -> AssessmentResult:
    return evaluate(subject(*scans, **more), DERIVED)[-1]


def test_what_was_recorded_is_handed_on() -> None:
    result = last(scan(57, {"T1": "20"}, non_target="NONCR", new_lesion="EQUIVOCAL", investigator="SD"))
    assert (result.non_target, result.new_lesion, result.investigator) == ("NONCR", "EQUIVOCAL", "SD")
    assert (result.derived, result.overall) == ("PR", "PR")


def test_an_assessment_without_any_measured_lesion_has_no_sum() -> None:
    for sizes in ({}, {"T1": None, "T2": None}):
        result = last(scan(57, sizes), baseline=BASELINE)
        assert (result.sum, result.complete, result.change, result.nadir_change) == (None, False, None, None)


def test_what_was_measured_of_an_incomplete_assessment_is_summed_without_a_change() -> None:
    result = last(scan(57, {"T1": "10"}), baseline=BASELINE)
    assert (result.sum, result.complete, result.change, result.nadir_change) == (10, False, None, None)
    assert (result.baseline_sum, result.nadir) == (50, 50)


def test_changes_are_told_from_baseline_and_from_the_smallest_sum() -> None:
    result = last(scan(57, {"T1": "20", "T2": "20"}), scan(113, {"T1": "25", "T2": "20"}), baseline=BASELINE)
    assert (result.sum, result.baseline_sum, result.nadir, result.complete) == (45, 50, 40, True)
    assert (result.change, result.nadir_change) == (Decimal("-10.0000"), Decimal("12.5000"))


def test_without_a_baseline_the_assessment_alone_is_behind_its_result() -> None:
    result = last(scan(57, {"T1": "20"}), baselines=())
    assert (result.refs, result.baseline_sum, result.nadir, result.sum) == (("scan 2008-03-03",), None, None, None)


def test_non_target_disease_is_back_only_after_all_disease_was_gone() -> None:
    persists = scan(113, {"T1": "0"}, non_target="NONCR")
    partial = last(scan(57, {"T1": "0"}, non_target="NONCR"), persists, non_target="PRESENT")
    complete = last(scan(57, {"T1": "0"}, non_target="CR"), persists, non_target="PRESENT")
    still_gone = last(scan(57, {"T1": "0"}, non_target="CR"), replace(persists, non_target="CR"), non_target="PRESENT")
    assert [result.non_target_back for result in (partial, complete, still_gone)] == [False, True, False]


def test_a_lesion_that_was_a_node_at_baseline_is_one_ever_after() -> None:
    """By RECIST 1.1 a node under 10 mm is normal, whatever the later form calls it."""
    later = Assessment("later", on(57), (Measurement("N1", (Decimal(9),), node=False),))
    assert evaluate(subject(later, baseline={"N1": "20"}), NEWER)[0].target == "CR"
    assert evaluate(subject(later, baseline={"N1": "20"}), DERIVED)[0].target == "PR"


@pytest.mark.parametrize(("proof", "day"), [({"finding_date": on(50)}, 50), ({"finding_date": None}, 57)])
def test_non_target_progression_is_dated_by_its_finding(proof: dict[str, Any], day: int) -> None:
    result = last(scan(57, {"T1": "50"}, non_target="PD", **proof), non_target="PRESENT")
    assert str(result.pd_date) == on(day) and str(result.proven_on) == on(day)


def test_sizes_are_stored_without_an_exponent() -> None:
    stored = derive(subject(scan(57, {"T1": "0.0000001"})), DERIVED).as_json()
    assert stored["assessments"][0]["sum"] == "0.0000001"


@pytest.mark.parametrize(
    ("more", "day"),
    [
        # growth of the target lesions is as old as their measurement, whatever else was found before
        ({}, 55),
        ({"non_target": "NONCR"}, 55),
        ({"new_lesion": "N"}, 55),
        # what else proves progression may be older
        ({"non_target": "PD"}, 50),
        ({"new_lesion": "Y"}, 50),
    ],
)
def test_progression_is_dated_by_the_oldest_of_what_proves_it(more: dict[str, Any], day: int) -> None:
    grown = scan(57, {"T1": "80"}, target_date=on(55), finding_date=on(50), **more)
    result = last(grown, non_target="PRESENT")
    assert (str(result.pd_date), str(result.proven_on)) == (on(day), on(day))


def test_a_doubtful_lesion_dates_the_progression_that_proves_it_and_no_other() -> None:
    doubtful = scan(57, {"T1": "50"}, new_lesion="EQUIVOCAL")
    proven, again = scan(113, {"T1": "50"}, new_lesion="Y"), scan(169, {"T1": "50"}, new_lesion="Y")
    results = evaluate(subject(doubtful, proven, again), DERIVED)
    assert [str(result.pd_date) for result in results] == ["None", on(57), on(169)]
    assert [str(result.proven_on) for result in results] == ["None", on(113), on(169)]
    for new_lesion in ("N", None):
        grown = last(doubtful, scan(113, {"T1": "80"}, new_lesion=new_lesion))
        assert str(grown.pd_date) == on(113) and "First seen" not in grown.reason


def test_a_proof_from_before_the_first_dose_is_dated_by_the_assessment() -> None:
    result = last(scan(57, {"T1": "50"}, new_lesion="Y", finding_date=on(-1)))
    assert (str(result.pd_date), str(result.proven_on)) == (on(57), on(57))
