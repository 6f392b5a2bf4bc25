"""Disease after a complete response is progression (RECIST 1.1, table 3, footnote a; 1.0 alike)."""

from typing import Any

import pytest

from endpoints.arithmetic.recist import evaluate
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, INVESTIGATOR, NEWER, on, outcome_of, scan, subject, time

LIVER_AND_NODE = {"L": "30", "N": "16"}
DAYS = (57, 113, 169, 225, 281)


def course(*sizes: dict[str, Any], plan: Any = NEWER, **more: Any) -> list[str]:
    """The overall responses of scans eight weeks apart."""
    scans = (scan(day, dict(sizes_of_day)) for day, sizes_of_day in zip(DAYS, sizes, strict=False))
    return [result.overall for result in evaluate(subject(*scans, baseline=LIVER_AND_NODE, **more), plan)]


GONE = {"L": "gone", "N": "8"}


@pytest.mark.parametrize("size", ["0.1", "4", "TSTM", "29"])
def test_a_lesion_that_is_back_at_any_size_is_progression(size: str) -> None:
    assert course(GONE, GONE, {"L": size, "N": "8"}) == ["CR", "CR", "PD"]


def test_it_is_so_after_an_assessment_that_was_not_evaluable_and_with_a_lesion_missing() -> None:
    assert course(GONE, {"L": None, "N": "8"}, {"L": "4", "N": "8"}) == ["CR", "NE", "PD"]
    assert course(GONE, {"L": "4", "N": None}) == ["CR", "PD"]


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (("8", "9", "9.9"), ["CR", "CR", "CR"]),
        # 11 mm is no normal node, but neither 20 % nor 5 mm over the smallest sum of 8 would be 13 mm
        (("8", "11", "9"), ["CR", "PR", "CR"]),
        (("8", "12.9", "13"), ["CR", "PR", "PD"]),
        (("8", "10", "13"), ["CR", "PR", "PD"]),
    ],
)
def test_a_node_is_judged_by_its_measure(nodes: tuple[str, ...], expected: list[str]) -> None:
    assert course(*({"L": "gone", "N": size} for size in nodes)) == expected


def test_in_recist_1_0_a_node_is_a_lesion_as_any_other() -> None:
    gone = {"L": "gone", "N": "gone"}
    assert course(gone, gone, {"L": "gone", "N": "3"}, plan=DERIVED) == ["CR", "CR", "PD"]


def test_a_normal_node_that_has_grown_is_no_progression_where_the_other_lesion_was_not_looked_at() -> None:
    assert course({"L": "gone", "N": "3"}, {"L": None, "N": "9"}) == ["CR", "NE"]


def test_a_lesion_that_is_back_ends_what_a_node_had_ended_before() -> None:
    assert course(GONE, {"L": "gone", "N": "11"}, {"L": "4", "N": "11"}) == ["CR", "PR", "PD"]


def test_a_complete_response_that_a_node_ended_is_asked_about() -> None:
    scans = (scan(57, dict(GONE)), scan(113, {"L": "gone", "N": "11"}), scan(169, {"L": "gone", "N": "9"}))
    outcome = derive(subject(*scans, baseline=LIVER_AND_NODE), NEWER)
    assert [finding.code for finding in outcome.findings] == ["cr-then-pr"]
    assert (outcome.bor.value, outcome.cbor.value) == ("CR", "PR")


def non_target(*states: str, plan: Any = DERIVED, sizes: str = "gone", **more: Any) -> Any:
    scans = (scan(day, {"T1": sizes}, non_target=state, **more) for day, state in zip(DAYS, states, strict=False))
    return derive(subject(*scans, baseline={"T1": "30"}, non_target="PRESENT"), plan)


def test_non_target_disease_after_everything_was_gone_is_progression_dated_by_its_own_examination() -> None:
    outcome = non_target("CR", "NONCR")
    assert [result.overall for result in outcome.assessments] == ["CR", "PD"]
    assert time(outcome.pfs) == (113, True, "PD")
    assert "there again after a complete response: progression" in outcome.assessments[1].reason
    examined = scan(113, {"T1": "gone"}, non_target="NONCR", non_target_date=on(109), last_procedure=on(113))
    first = scan(57, {"T1": "gone"}, non_target="CR")
    dated = derive(subject(first, examined, baseline={"T1": "30"}, non_target="PRESENT"), DERIVED)
    assert time(dated.pfs) == (109, True, "PD")


def test_non_target_lesions_that_persist_while_disease_was_left_are_none() -> None:
    assert [result.overall for result in non_target("NONCR", "CR", "NE").assessments] == ["PR", "CR", "PR"]
    assert [result.overall for result in non_target("CR", "NONCR", sizes="12").assessments] == ["PR", "PR"]


def test_it_is_so_without_target_lesions_in_both_versions() -> None:
    for plan in (DERIVED, NEWER):
        scans = (scan(57, non_target="CR"), scan(113, non_target="NE"), scan(169, non_target="NONCR"))
        baseline = (scan(-6, non_target="PRESENT"),)
        outcome = derive(subject(*scans, baselines=baseline), plan)
        assert [result.overall for result in outcome.assessments] == ["CR", "NE", "PD"]


def test_an_equivocal_new_lesion_is_no_disease_until_it_is_proven() -> None:
    equivocal = scan(113, {"T1": "gone"}, new_lesion="EQUIVOCAL")
    scans = (scan(57, {"T1": "gone"}), equivocal)
    outcome = derive(subject(*scans), DERIVED)
    assert [result.overall for result in outcome.assessments] == ["CR", "CR"] and outcome.cbor.value == "CR"
    proven = derive(subject(*scans, scan(169, {"T1": "gone"}, new_lesion="Y")), DERIVED)
    assert (proven.cbor.value, time(proven.pfs)) == ("SD", (113, True, "PD"))


def test_of_two_records_of_a_day_the_worse_says_whether_everything_was_gone() -> None:
    scans = (scan(57, {"T1": "gone"}, ref="a"), scan(57, {"T1": "20"}, ref="b"), scan(113, {"T1": "20.5"}))
    assert derive(subject(*scans), NEWER).assessments[2].overall == "PD"  # the smallest sum of the day was nought
    node = (scan(57, {"L": "gone", "N": "8"}, ref="a"), scan(57, {"L": "gone", "N": "11"}, ref="b"))
    outcome = derive(subject(*node, scan(113, {"L": "2", "N": "8"}), baseline=LIVER_AND_NODE), NEWER)
    assert outcome.assessments[2].overall == "PR"


@pytest.mark.parametrize(
    ("then", "code"), [("PR", "cr-then-pr"), ("SD", "cr-then-sd"), ("NON-CR/NON-PD", "cr-then-non-cr")]
)
def test_what_the_investigator_lets_follow_a_complete_response_is_asked_about(then: str, code: str) -> None:
    for between in ("", "113 NE, "):
        outcome = outcome_of(f"57 CR, {between}169 {then}", INVESTIGATOR)
        assert [finding.code for finding in outcome.findings if finding.code.startswith("cr-then")] == [code]
        assert "A complete response on 3 Mar 2008 is followed by" in " ".join(f.text for f in outcome.findings)


@pytest.mark.parametrize("therapy", [None, 100])
def test_it_is_asked_about_under_a_new_therapy_too(therapy: int | None) -> None:
    outcome = outcome_of("57 CR, 113 PR", therapy=therapy)
    assert "cr-then-pr" in [finding.code for finding in outcome.findings]
