"""From outcomes to a population's figures."""

import json
import time
from dataclasses import replace

import pytest

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.populations import estimate, in_months
from endpoints.arithmetic.records import Dated
from endpoints.arithmetic.rows import OutcomeRow, row_of
from endpoints.arithmetic.sensitivity import ANALYSES
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, INVESTIGATOR, on, outcome_of, scan, subject

COURSES = {
    "101": "57 PR, 113 PR, 169 PD",
    "102": "57 CR, 113 CR, 169 CR",
    "103": "57 SD, 113 SD, 169 SD",
    "104": "57 PR, 113 PD",
    "105": "57 PD",
    "106": "57 NE",
    "107": "",
}


def rows() -> list[OutcomeRow]:
    return [
        row_of(outcome_of(course, death=400 if number == "105" else None), number) for number, course in COURSES.items()
    ]


def test_the_response_table_counts_everyone_confirmed_and_unconfirmed() -> None:
    table = estimate(rows(), INVESTIGATOR)["response"]
    confirmed, unconfirmed = table["confirmed"], table["unconfirmed"]
    assert confirmed["counts"] == {"CR": 1, "PR": 1, "SD": 2, "NON-CR/NON-PD": 0, "PD": 1, "NE": 1, "not assessed": 1}
    assert [confirmed[rate]["x"] for rate in ("orr", "dcr", "cbr")] == [2, 4, 3]
    assert [unconfirmed[rate]["x"] for rate in ("orr", "dcr", "cbr")] == [3, 4, 4]
    assert table["headline"] == "confirmed"


def test_nobody_leaves_the_denominator_and_each_non_responder_has_a_reason() -> None:
    table = estimate(rows(), INVESTIGATOR)["response"]
    assert {table["confirmed"][rate]["n"] for rate in ("orr", "dcr", "cbr")} == {7}
    others = table["non_responders"]
    assert [entry["label"] for entry in others] == ["103", "104", "105", "106", "107"]
    assert all(entry["reason"] for entry in others)
    assert others[-1]["response"] == "not assessed"


def test_a_rate_has_its_exact_limits() -> None:
    population = [row_of(outcome_of("57 PR, 113 PR" if place < 12 else "57 SD"), f"{place:03}") for place in range(55)]
    orr = estimate(population, INVESTIGATOR)["response"]["confirmed"]["orr"]
    assert (orr["x"], orr["n"], round(orr["percent"], 1)) == (12, 55, 21.8)
    assert (orr["lower"], orr["upper"]) == pytest.approx((0.118136, 0.350102), abs=1e-6)


def test_an_empty_population_has_a_clear_empty_result() -> None:
    figures = estimate([], INVESTIGATOR)
    assert (figures["n"], figures["empty"]) == (0, True)
    orr = {"x": 0, "n": 0, "percent": None, "lower": None, "upper": None}
    assert figures["response"]["confirmed"]["orr"] == orr
    assert figures["times"]["pfs"]["median"] == {"days": [None] * 3, "months": [None] * 3}
    assert (figures["waterfall"], figures["spider"], figures["swimmer"]) == ([], [], [])
    assert json.dumps(figures, allow_nan=False)


def test_the_curves_are_ready_to_draw() -> None:
    pfs = estimate(rows(), INVESTIGATOR)["times"]["pfs"]
    assert (pfs["n"], pfs["events"]) == (7, 3)
    steps = pfs["steps"]
    assert steps["days"] == [0, 57, 113, 169]
    assert len({len(values) for values in steps.values()}) == 1
    assert pfs["censored"]["days"] == [1, 169]
    assert pfs["censored"]["count"] == [2, 2]
    assert [entry["n"] for entry in pfs["at_risk"]] == [7, 4]
    assert [entry["month"] for entry in pfs["landmarks"]] == [3, 6, 12, 18, 24, 36]


def test_months_are_printed_with_two_decimals() -> None:
    assert [in_months(days, INVESTIGATOR) for days in (168, 152, 234, 551)] == ["5.52", "4.99", "7.69", "18.10"]


def test_the_follow_up_is_the_reverse_of_survival() -> None:
    times = estimate(rows(), INVESTIGATOR)["times"]
    assert times["os"]["events"] == 1
    assert times["follow_up"]["events"] == 6


def test_every_sensitivity_analysis_stands_beside_the_headline() -> None:
    table = estimate(rows(), INVESTIGATOR)["sensitivity"]
    assert [line["name"] for line in table] == ["headline", *ANALYSES]
    by_name = {line["name"]: line for line in table}
    assert (by_name["headline"]["orr"]["x"], by_name["unconfirmed"]["orr"]["x"]) == (2, 3)
    assert by_name["unconfirmed"]["pfs"] is None and by_name["nact_censored"]["orr"] is None


def test_the_waterfall_shows_the_best_change_up_to_progression() -> None:
    scans = (scan(57, {"T1": "40"}), scan(113, {"T1": "60"}), scan(169, {"T1": "10"}))
    grown = (scan(57, {"T1": "80"}),)
    population = [row_of(derive(subject(*course), DERIVED), name) for name, course in (("a", scans), ("b", grown))]
    figures = estimate(population, DERIVED)
    assert [(bar["label"], bar["change"]) for bar in figures["waterfall"]] == [("b", 60.0), ("a", -20.0)]
    assert figures["spider"][0]["points"] == [(-6, 0.0), (57, -20.0), (113, 20.0)]
    assert [lane["label"] for lane in figures["swimmer"]] == ["a", "b"]


def test_an_incomplete_sum_is_no_bar_of_the_waterfall() -> None:
    row = row_of(derive(subject(scan(57, {"T1": "10"}), baseline={"T1": "50", "T2": "50"}), DERIVED))
    assert row.best_change is None
    assert estimate([row], DERIVED)["waterfall"] == []


def test_who_is_in_no_figure_of_the_sums_is_named_with_the_reason() -> None:
    courses = {
        "unseen": subject(),
        "part": subject(scan(57, {"T1": "10"}), baseline={"T1": "50", "T2": "50"}),
        "whole": subject(scan(57, {"T1": "40"})),
    }
    figures = estimate([row_of(derive(records, DERIVED), name) for name, records in courses.items()], DERIVED)
    assert [bar["label"] for bar in figures["waterfall"]] == ["whole"]
    left_out = [(group["reason"], group["n"], group["subjects"][0]) for group in figures["no_change"]]
    assert left_out == [
        (
            "no complete sum of target lesions after baseline",
            1,
            {"ref": "subject", "label": "part", "response": "NE"},
        ),
        ("not assessed after baseline", 1, {"ref": "subject", "label": "unseen", "response": "not assessed"}),
    ]


def test_not_assessed_is_told_from_not_evaluable_in_every_figure() -> None:
    seen = subject(scan(57, {"T1": "10"}), baseline={"T1": "50", "T2": "50"})
    both = [row_of(derive(records, DERIVED), name) for name, records in (("a", seen), ("b", subject()))]
    assert {lane["label"]: lane["response"] for lane in estimate(both, DERIVED)["swimmer"]} == {
        "a": "NE",
        "b": "not assessed",
    }


def test_a_lane_knows_the_response_that_counts_the_end_of_treatment_and_what_was_given_next() -> None:
    scans = (scan(57, {"T1": "20"}), scan(113, {"T1": "gone"}), scan(169, {"T1": "gone"}), scan(225, {"T1": "90"}))
    records = replace(subject(*scans, therapy=240), treatment_end=Dated(on(230), "end_of_treatment:1"))
    lane = estimate([row_of(derive(records, DERIVED), "a")], DERIVED)["swimmer"][0]
    assert lane["response_days"] == [(57, "PR"), (113, "CR")]
    assert (lane["treatment_end"], lane["new_therapy"], lane["progression_day"]) == (230, 240, 225)
    assert estimate([row_of(derive(subject(), DERIVED))], DERIVED)["swimmer"][0]["response_days"] == []


def test_a_spider_marks_the_days_of_new_lesions() -> None:
    records = subject(scan(57, {"T1": "40"}), scan(113, {"T1": "40"}, new_lesion="Y"))
    assert estimate([row_of(derive(records, DERIVED))], DERIVED)["spider"][0]["new_lesions"] == [113]


def test_the_order_of_the_rows_changes_nothing() -> None:
    assert estimate(rows(), INVESTIGATOR) == estimate(reversed(rows()), INVESTIGATOR)


def test_a_stored_row_comes_back_as_the_same_figures() -> None:
    stored = [json.loads(json.dumps(row.as_json())) for row in rows()]
    again = estimate([OutcomeRow.from_json(row) for row in stored], INVESTIGATOR)
    assert json.dumps(again) == json.dumps(estimate(rows(), INVESTIGATOR))


def test_a_whole_outcome_is_ready_for_json() -> None:
    outcome: SubjectOutcome = derive(
        subject(scan(57, {"T1": "30.5"}), scan(113, {"T1": "30.5"}), death="2009-02"), DERIVED
    )
    stored = json.loads(json.dumps(outcome.as_json(), allow_nan=False))
    assert stored["assessments"][0]["sum"] == "30.5"
    assert stored["pfs"]["date"] == "2009-02-15"
    assert set(stored["variants"]) == set(ANALYSES)


def test_ten_thousand_subjects_are_estimated_in_well_under_a_second_of_work() -> None:
    population = rows() * 1429
    estimate(population[:10], INVESTIGATOR)
    begin = time.process_time()
    figures = estimate(population, INVESTIGATOR)
    assert time.process_time() - begin < 1
    assert (figures["n"], figures["drawn"], figures["waterfall"]) == (10003, False, [])
    assert figures["response"]["non_responders_n"] == 5 * 1429


def test_a_scan_before_the_first_dose_that_is_no_baseline_is_no_change_of_anybody() -> None:
    early, later = scan(-2, {"T1": "20"}), scan(57, {"T1": "45"})
    row = row_of(derive(subject(early, later), DERIVED))
    assert [day for day, _, _ in row.course] == [57] and row.best_change == -10
