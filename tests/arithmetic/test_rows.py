"""The row that a population keeps of a subject: every field, worked by hand from a course."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from endpoints.arithmetic.records import Dated
from endpoints.arithmetic.rows import OutcomeRow, row_of, signed_day
from endpoints.arithmetic.sensitivity import ANALYSES
from endpoints.arithmetic.subject import derive
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, on, outcome_of, scan, subject


def course() -> Any:
    scans = (
        scan(-2, {"T1": "45"}),
        scan(57, {"T1": "30"}),
        scan(113, {"T1": "25"}, new_lesion="N"),
        scan(169, {"T1": "50"}, new_lesion="Y"),
        scan(225, {"T1": "10"}),
    )
    records = subject(*scans, death=300, therapy=240)
    return replace(records, treatment_end=Dated(on(170), "end"), arm="WITH", stratum="site=1")


def test_a_row_has_all_that_its_subject_showed_up_to_progression() -> None:
    row = row_of(derive(course(), DERIVED), "101-001")
    assert replace(row, variants={}) == OutcomeRow(
        ref="subject",
        label="101-001",
        measurable=True,
        assessed=True,
        bor="PR",
        cbor="PR",
        bor_reason="Partial response on 3 Mar 2008.",
        cbor_reason="Partial response on 3 Mar 2008, confirmed on 28 Apr 2008.",
        benefit=True,
        benefit_unconfirmed=True,
        # 30 and 25 of 50 mm; 50 mm again, with a new lesion
        course=((57, "PR", -40.0), (113, "PR", -50.0), (169, "PD", 0.0)),
        progression_day=169,
        death_day=300,
        baseline_day=-6,
        treatment_end_day=170,
        new_therapy_day=240,
        new_lesions=(169,),
        treated=True,
        no_change="",
        arm="WITH",
        stratum="site=1",
        times={
            "pfs": (169, True),
            "os": (300, True),
            "dor": (113, True),
            "ttr": (57, True),
            "dor_unconfirmed": (113, True),
            "ttr_unconfirmed": (57, True),
        },
        reasons={"pfs": "PD", "os": "death"},
    )
    assert row.best_change == -50.0


def test_a_row_has_what_each_sensitivity_analysis_touches() -> None:
    variants = row_of(derive(course(), DERIVED)).variants
    assert list(variants) == list(ANALYSES)
    assert variants["derived"] == variants["recist_1.1"] == ("PR", True, (169, True))
    response_alone = {"unconfirmed", "accept_sd_between", "sticky_pr", "nact_counted"}
    assert {variants[name] for name in response_alone} == {("PR", True, None)}
    assert variants["non_cr_non_pd"] == (None, True, None)
    assert {variants[name] for name in ("nact_censored", "missed_censored", "clinical_progression")} == {
        (None, None, (169, True))
    }


def test_a_subject_without_a_label_is_known_by_its_record() -> None:
    assert row_of(outcome_of("")).label == "subject"


def test_a_subject_without_an_origin_has_no_days() -> None:
    records = replace(course(), treatment_start=None, baselines=())
    row = row_of(derive(records, DERIVED), "a")
    assert replace(row, variants={}) == OutcomeRow(
        ref="subject",
        label="a",
        measurable=False,
        assessed=False,
        bor="NE",
        cbor="NE",
        bor_reason="Not treated: no dose was given.",
        cbor_reason="Not treated: no dose was given.",
        benefit=False,
        benefit_unconfirmed=False,
        treated=False,
        no_change="not assessed after baseline",
        arm="WITH",
        stratum="site=1",
    )
    assert set(row.variants.values()) == {("NE", False, None), (None, False, None), (None, None, None)}


@pytest.mark.parametrize(
    ("records", "why"),
    [
        (subject(scan(57, {"T1": "40"})), ""),
        (subject(), "not assessed after baseline"),
        (subject(scan(57, {"T1": "40"}), therapy=40), "not assessed after baseline before new anticancer therapy"),
        (subject(scan(57, {"T1": "40"}), baselines=()), "no valid baseline"),
        (
            subject(scan(57, non_target="NONCR"), baselines=(scan(-6, non_target="PRESENT"),)),
            "no target lesion at baseline",
        ),
        (subject(scan(57, {"T1": None})), "no complete sum of target lesions after baseline"),
        # a whole sum after progression is not shown
        (
            subject(scan(57, {"T1": None}, new_lesion="Y"), scan(113, {"T1": "20"})),
            "no complete sum of target lesions after baseline",
        ),
    ],
)
def test_why_there_is_no_change_to_show_is_said(records: Any, why: str) -> None:
    assert row_of(derive(records, DERIVED)).no_change == why


def test_benefit_of_the_unconfirmed_response_counts_a_responder_who_was_not_confirmed() -> None:
    row = row_of(outcome_of("57 PR, 113 PD"))
    assert (row.cbor, row.benefit, row.bor, row.benefit_unconfirmed) == ("SD", False, "PR", True)
    row = row_of(outcome_of("57 SD, 113 PD"))
    assert (row.benefit, row.benefit_unconfirmed) == (False, False)


def test_after_new_therapy_that_ends_the_response_nothing_is_in_the_course() -> None:
    records = subject(scan(57, {"T1": "40"}), scan(81, {"T1": "35"}), scan(113, {"T1": "30"}), therapy=81)
    assert [day for day, _, _ in row_of(derive(records, DERIVED)).course] == [57, 81]
    counted = replace(DERIVED, nact_response="counts")
    assert [day for day, _, _ in row_of(derive(records, counted)).course] == [57, 81, 113]


def test_progression_dated_before_its_assessment_ends_the_course_with_it() -> None:
    scans = (
        scan(57, {"T1": "40"}),
        scan(113, {"T1": "40"}, non_target="PD", finding_date=on(100)),
        scan(105, {"T1": "38"}),
        scan(120, {"T1": "20"}),
    )
    row = row_of(derive(subject(*scans, non_target="PRESENT"), DERIVED))
    assert row.progression_day == 100
    assert [day for day, _, _ in row.course] == [57, 113]


def test_two_assessments_of_a_day_stand_in_the_order_of_their_records() -> None:
    scans = (scan(57, {"T1": "40"}, ref="b"), scan(57, {"T1": "30"}, ref="a"))
    assert row_of(derive(subject(*scans), DERIVED)).course == ((57, "PR", -40.0), (57, "SD", -20.0))


@pytest.mark.parametrize(
    ("day", "signed"), [("2008-01-05", -2), ("2008-01-06", -1), ("2008-01-07", 1), ("2008-01-08", 2)]
)
def test_there_is_no_day_0(day: str, signed: int) -> None:
    assert signed_day(date.fromisoformat(day), date(2008, 1, 7)) == signed


def test_what_is_dated_before_the_origin_happened_on_day_1() -> None:
    row = row_of(derive(subject(death=-3), DERIVED))
    assert (row.death_day, row.times["os"]) == (1, (1, True))


def test_a_row_is_stored_flat_and_comes_back() -> None:
    row = row_of(derive(course(), DERIVED), "101-001")
    stored = row.as_json()
    assert (stored["pfs"], stored["pfs_reason"], stored["os"], stored["os_reason"]) == (
        *((169, True), "PD"),
        *((300, True), "death"),
    )
    assert not {"times", "reasons"} & stored.keys()
    assert OutcomeRow.from_json(stored) == row
    without = row_of(outcome_of(""), "a")
    assert without.as_json()["dor"] is None and json.loads(json.dumps(without.as_json()))["ttr"] is None
    assert OutcomeRow.from_json(without.as_json()) == without


def test_a_row_stored_before_a_result_was_added_lacks_it() -> None:
    stored = row_of(derive(course(), DERIVED), "a").as_json()
    for later in ("ttr", "os_reason"):
        del stored[later]
    row = OutcomeRow.from_json(stored)
    assert "ttr" not in row.times and row.reasons == {"pfs": "PD", "os": ""}
    with pytest.raises(TypeError):
        OutcomeRow.from_json({**stored, "shape_of_another_release": 1})


def test_from_randomisation_days_count_from_there_and_the_subject_may_be_untreated() -> None:
    records = replace(course(), treatment_start=None, randomisation=date(2008, 1, 8))
    row = row_of(derive(records, AnalysisPlan(response_source="derived", origin="randomisation")), "a")
    assert (row.treated, row.progression_day, row.baseline_day, row.death_day) == (False, 168, -7, 299)


def test_what_is_dated_on_the_day_of_the_origin_is_in_the_course() -> None:
    row = row_of(derive(subject(scan(1, {"T1": "40"}), scan(57, {"T1": "30"})), DERIVED))
    assert [day for day, _, _ in row.course] == [1, 57]
    progression = row_of(derive(subject(scan(1, {"T1": "60"}), scan(57, {"T1": "30"})), DERIVED))
    assert (progression.progression_day, [day for day, _, _ in progression.course]) == (1, [1])
