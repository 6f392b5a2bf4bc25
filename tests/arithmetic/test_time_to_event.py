"""Survival times: which event, which censoring, on which day, and from which record."""

from dataclasses import replace
from datetime import date

import pytest

from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, INVESTIGATOR, course_of_scans, on, outcome_of, scan, subject, time


@pytest.mark.parametrize(
    ("course", "death", "expected"),
    [
        ("57 SD, 113 PD", None, (113, True, "PD")),
        ("57 SD, 113 PD", 100, (100, True, "death")),
        ("57 SD, 113 PD", 113, (113, True, "PD")),
        ("57 SD, 113 PD", 400, (113, True, "PD")),
        ("57 SD", 400, (400, True, "death")),
        ("57 SD, 113 NE", None, (57, False, "last adequate assessment")),
        ("57 NON-CR/NON-PD, 113 NE", None, (57, False, "last adequate assessment")),
        ("57 NE", None, (1, False, "no adequate assessment")),
        ("", None, (1, False, "no adequate assessment")),
        ("", 1, (1, True, "death")),
        ("57 PD, 113 PR", None, (57, True, "PD")),
        ("57 SD, 57 PD", None, (57, True, "PD")),
    ],
)
def test_progression_free_survival(course: str, death: int | None, expected: tuple) -> None:
    assert time(outcome_of(course, death=death).pfs) == expected


@pytest.mark.parametrize(
    ("death", "alive", "expected"),
    [
        (300, None, (300, True, "death")),
        (300, 200, (300, True, "death")),
        (None, 200, (200, False, "last date known alive")),
        (None, 40, (57, False, "last date known alive")),
        (None, None, (57, False, "last date known alive")),
        (-3, None, (1, True, "death")),
    ],
)
def test_overall_survival(death: int | None, alive: int | None, expected: tuple) -> None:
    assert time(outcome_of("57 SD", death=death, alive=alive).os) == expected


def test_a_subject_with_nothing_but_a_dose_is_censored_on_day_one() -> None:
    outcome = derive(subject(baselines=()), INVESTIGATOR)
    assert time(outcome.os) == (1, False, "last date known alive")
    assert time(outcome.pfs) == (1, False, "no adequate assessment")


def test_a_progression_before_the_first_dose_counts_for_nothing_and_is_asked_about() -> None:
    outcome = outcome_of("-3 PD, 57 SD, 113 PD")
    assert time(outcome.pfs) == (113, True, "PD")
    assert outcome.cbor.value == "SD"
    assert [finding.code for finding in outcome.findings].count("before-start") == 1
    assert time(outcome_of("-3 PD").pfs) == (1, False, "no adequate assessment")
    assert not outcome_of("-3 PD").bor.assessed


def test_an_assessment_under_treatment_is_not_dated_by_what_was_found_before_it() -> None:
    earlier = scan(57, {"T1": "48"}, new_lesion="Y", first_seen=on(-10))
    outcome = derive(subject(earlier), DERIVED)
    assert time(outcome.pfs) == (57, True, "PD")
    assert [finding.code for finding in outcome.findings] == ["before-start"]


def test_of_progression_and_death_before_the_first_dose_only_death_counts() -> None:
    outcome = outcome_of("-3 PD", death=-5)
    assert time(outcome.pfs) == (1, True, "death")
    assert time(outcome.os) == (1, True, "death")


def test_duration_of_response_runs_from_the_first_response_to_progression_or_death() -> None:
    assert time(outcome_of("57 PR, 113 PR, 169 PD").dor) == (113, True, "PD")
    assert time(outcome_of("57 PR, 113 PR", death=200).dor) == (144, True, "death")
    assert time(outcome_of("57 PR, 113 PR").dor) == (57, False, "last adequate assessment")
    assert time(outcome_of("57 PR, 113 PR").ttr) == (57, True, "response")


def test_only_a_responder_has_duration_of_and_time_to_response() -> None:
    unconfirmed = outcome_of("57 PR, 113 PD")
    assert (unconfirmed.dor, unconfirmed.ttr) == (None, None)
    taken = outcome_of("57 PR, 113 PD", replace(INVESTIGATOR, confirmation_required=False))
    assert time(taken.dor) == (57, True, "PD")


def test_follow_up_exchanges_death_and_censoring() -> None:
    dead, alive = outcome_of("57 SD", death=300).follow_up, outcome_of("57 SD", alive=300).follow_up
    assert dead and alive
    assert [(dead.days, dead.event), (alive.days, alive.event)] == [(300, False), (300, True)]


@pytest.mark.parametrize(
    ("course", "death", "therapy", "expected"),
    [
        ("57 SD, 113 PD", None, 80, (57, False, "new anticancer therapy")),
        ("57 SD, 113 PD", None, 112, (57, False, "new anticancer therapy")),
        ("57 SD, 113 PD", None, 113, (113, True, "PD")),
        ("57 SD, 113 SD", None, 80, (57, False, "new anticancer therapy")),
        ("57 SD, 80 SD, 113 PD", None, 80, (80, False, "new anticancer therapy")),
        ("57 SD", 400, 80, (57, False, "new anticancer therapy")),
        ("113 PD", None, 80, (1, False, "new anticancer therapy")),
    ],
)
def test_new_therapy_censors_in_its_sensitivity_analysis_only(
    course: str, death: int | None, therapy: int, expected: tuple
) -> None:
    outcome = outcome_of(course, death=death, therapy=therapy)
    assert time(outcome.variants["nact_censored"].pfs) == expected
    assert time(outcome.pfs) == time(outcome_of(course, death=death).pfs)
    assert (
        time(outcome_of(course, replace(INVESTIGATOR, nact_censors=True), death=death, therapy=therapy).pfs) == expected
    )


MISSED = "event after >=2 missed assessments"


@pytest.mark.parametrize(
    ("course", "death", "expected"),
    [
        ("57 SD, 197 PD", None, (197, True, "PD")),
        ("57 SD, 198 PD", None, (57, False, MISSED)),
        ("57 SD", 197, (197, True, "death")),
        ("57 SD", 198, (57, False, MISSED)),
        ("", 141, (141, True, "death")),
        ("", 142, (1, False, MISSED)),
        ("57 SD, 120 NE, 198 PD", None, (57, False, MISSED)),
        ("57 SD, 400 SD", None, (400, False, "last adequate assessment")),
    ],
)
def test_an_event_after_two_missed_assessments_is_censored_in_its_analysis_only(
    course: str, death: int | None, expected: tuple
) -> None:
    outcome = outcome_of(course, death=death)
    assert time(outcome.variants["missed_censored"].pfs) == expected
    assert time(outcome.pfs) == time(outcome_of(course, death=death).pfs)


def test_clinical_progression_is_an_event_in_its_sensitivity_analysis_only() -> None:
    outcome = outcome_of("57 SD, 113 PD", clinical=90)
    assert time(outcome.variants["clinical_progression"].pfs) == (90, True, "investigator-claimed progression")
    assert time(outcome.pfs) == (113, True, "PD")
    later = outcome_of("57 SD, 113 PD", clinical=120)
    assert time(later.variants["clinical_progression"].pfs) == (113, True, "PD")


def test_the_sensitivity_analyses_by_response_source_and_version_stand_beside_the_headline() -> None:
    scans = (scan(57, {"T1": "12"}, investigator="SD"), scan(113, {"T1": "14.4"}, investigator="SD"))
    outcome = derive(subject(*scans, baseline={"T1": "20"}), INVESTIGATOR)
    assert time(outcome.pfs) == (113, False, "last adequate assessment")
    assert time(outcome.variants["derived"].pfs) == (113, True, "PD")
    assert time(outcome.variants["recist_1.1"].pfs) == (113, False, "last adequate assessment")


def test_nothing_after_a_data_cut_is_used() -> None:
    records = subject(*course_of_scans("57 SD, 113 PD"), death=200, alive=180, therapy=120)
    outcome = derive(records, INVESTIGATOR, date.fromisoformat(on(112)))
    assert time(outcome.pfs) == (57, False, "last adequate assessment")
    assert time(outcome.os) == (57, False, "last date known alive")
    assert (outcome.bor.value, len(outcome.assessments), outcome.death_date) == ("SD", 1, None)


def test_what_is_dated_on_the_day_of_the_cut_is_used() -> None:
    records = subject(*course_of_scans("57 SD, 113 PD"), death=113)
    outcome = derive(records, INVESTIGATOR, date.fromisoformat(on(113)))
    assert time(outcome.pfs) == (113, True, "PD")
    assert time(outcome.os) == (113, True, "death")


def test_a_subject_who_starts_after_the_cut_is_untreated_then() -> None:
    assert derive(subject(*course_of_scans("57 SD")), INVESTIGATOR, date(2008, 1, 6)).pfs is None
    assert derive(subject(), INVESTIGATOR, date(2008, 1, 7)).pfs is not None


def test_each_time_names_the_record_that_it_comes_from() -> None:
    outcome = outcome_of("57 SD, 113 PD", alive=300)
    assert outcome.pfs and outcome.pfs.refs == (f"scan {on(113)}",)
    assert outcome.os and outcome.os.refs == ("contact",)
    assert outcome.os.words == "Known alive: visit, 1 Nov 2008."


def test_data_after_death_are_reported() -> None:
    codes = [
        finding.code for finding in derive(subject(*course_of_scans("113 SD"), death=100, alive=120), DERIVED).findings
    ]
    assert {"after-death", "alive-after-death"} <= set(codes)
