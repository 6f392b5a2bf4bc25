"""New anticancer therapy ends the response: what is assessed after its start counts for nothing but progression."""

from dataclasses import replace

import pytest

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.records import Dated
from endpoints.arithmetic.subject import derive
from tests.arithmetic.build import DERIVED, INVESTIGATOR, START, course_of_scans, on, outcome_of, scan, subject, time

COUNTS = replace(INVESTIGATOR, nact_response="counts")
CENSORS = replace(INVESTIGATOR, nact_censors=True)


def codes(outcome: SubjectOutcome) -> list[str]:
    """Without the differences between investigator and lesions: these courses have no lesions."""
    return [finding.code for finding in outcome.findings if finding.code != "response-differs"]


@pytest.mark.parametrize(
    ("course", "therapy", "bor", "cbor"),
    [
        ("57 SD, 113 PR, 169 PR", 60, "SD", "SD"),
        ("57 PR, 113 PR", 80, "PR", "SD"),
        ("57 PR, 113 PR", 112, "PR", "SD"),
        ("57 PR, 113 PR", 113, "PR", "PR"),
        ("57 PR, 113 PR", 114, "PR", "PR"),
        ("57 SD, 113 PD", 80, "SD", "SD"),
        ("29 SD, 57 PD", 40, "NE", "NE"),
        ("57 PD", 40, "NE", "NE"),
        ("57 PD", 57, "PD", "PD"),
        ("57 CR, 113 CR", 1, "NE", "NE"),
        ("1 CR, 113 CR", 1, "CR", "NE"),
        ("57 PR, 113 NE, 169 PR", 120, "PR", "SD"),
    ],
)
def test_what_is_assessed_after_its_start_counts_for_no_best_response(
    course: str, therapy: int, bor: str, cbor: str
) -> None:
    outcome = outcome_of(course, therapy=therapy)
    assert (outcome.bor.value, outcome.cbor.value) == (bor, cbor)


def test_where_the_plan_counts_it_the_response_is_that_of_the_whole_course() -> None:
    outcome = outcome_of("57 SD, 113 PR, 169 PR", COUNTS, therapy=60)
    assert (outcome.cbor.value, time(outcome.ttr)) == ("PR", (113, True, "response"))


def test_the_sensitivity_analysis_shows_the_other_reading() -> None:
    outcome = outcome_of("57 SD, 113 PR, 169 PR", therapy=60)
    counted = outcome.variants["nact_counted"]
    assert counted.best and counted.best.value == "PR" and counted.benefit and counted.benefit.value
    assert counted.pfs is None


@pytest.mark.parametrize(("therapy", "benefit"), [(80, False), (168, False), (169, True), (170, True)])
def test_stable_disease_reached_under_another_therapy_is_no_benefit(therapy: int, benefit: bool) -> None:
    outcome = outcome_of("57 SD, 113 SD, 169 SD, 225 SD", therapy=therapy)
    assert (outcome.cb_A.value, outcome.cb_B.value) == (benefit, benefit)
    assert outcome.dcr.value


def test_nobody_assessed_before_it_is_not_assessed_and_says_so() -> None:
    outcome = outcome_of("57 PR", therapy=20)
    assert not outcome.bor.assessed
    assert outcome.cbor.reason == (
        "Not assessed: no assessment after baseline before new anticancer therapy on 26 Jan 2008."
    )


def test_progression_free_survival_goes_on_and_the_duration_of_response_ends() -> None:
    outcome = outcome_of("57 PR, 113 PR, 169 PR, 225 PD", therapy=120)
    assert time(outcome.pfs) == (225, True, "PD")
    assert time(outcome.dor) == (57, False, "new anticancer therapy")
    assert outcome.dor and outcome.dor.words.startswith("First response: PR, 3 Mar 2008. New anticancer therapy on")
    counted = outcome_of("57 PR, 113 PR, 169 PR, 225 PD", COUNTS, therapy=120)
    assert time(counted.dor) == (169, True, "PD")


@pytest.mark.parametrize("plan", [CENSORS, replace(CENSORS, nact_response="counts")])
@pytest.mark.parametrize("course", ["57 PR, 113 PR, 169 PD", "57 SD, 113 PR, 169 PR, 225 PD", "57 CR, 113 CR"])
def test_no_duration_goes_beyond_the_censoring_at_new_therapy(course: str, plan: object) -> None:
    outcome = derive(subject(*course_of_scans(course), therapy=120), plan)  # type: ignore[arg-type]
    assert outcome.pfs and time(outcome.pfs) == ((113 if "113" in course else 57), False, "new anticancer therapy")
    if outcome.dor:
        assert not outcome.dor.event and outcome.dor.date <= outcome.pfs.date


def test_a_response_after_the_day_of_censoring_says_nothing_of_its_duration() -> None:
    outcome = outcome_of("57 SD, 113 PR, 169 PR", replace(CENSORS, nact_response="counts"), therapy=60)
    assert time(outcome.dor) == (1, False, "new anticancer therapy")


def test_death_under_a_new_therapy_ends_progression_free_survival_but_no_response() -> None:
    outcome = outcome_of("57 PR, 113 PR", therapy=120, death=200)
    assert time(outcome.pfs) == (200, True, "death")
    assert time(outcome.dor) == (57, False, "new anticancer therapy")
    assert time(outcome_of("57 PR, 113 PR", therapy=250, death=200).dor) == (144, True, "death")


def test_a_therapy_before_the_first_dose_ends_nothing_and_is_asked_about() -> None:
    outcome = outcome_of("57 PR, 113 PR", therapy=-20)
    assert outcome.cbor.value == "PR" and outcome.new_therapy is None
    assert codes(outcome) == ["therapy-before-start"]
    assert time(outcome_of("57 PR, 113 PR", CENSORS, therapy=-20).pfs) == (113, False, "last adequate assessment")


def test_a_therapy_on_the_day_of_the_first_dose_ends_all_that_follows_and_is_asked_about() -> None:
    outcome = outcome_of("57 PR, 113 PR", therapy=1)
    assert outcome.cbor.value == "NE" and codes(outcome) == ["therapy-before-start"]


def test_of_two_therapies_the_first_under_treatment_counts() -> None:
    records = subject(*course_of_scans("57 PR, 113 PR"), therapy=100)
    for days, best in (((100, 80), "SD"), ((120, 150), "PR"), ((-30, 120), "PR"), ((-30, 60), "SD")):
        two = replace(records, new_therapies=tuple(Dated(on(day), f"therapy {day}") for day in days))
        assert derive(two, INVESTIGATOR).cbor.value == best, days


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("2008-04",), "2008-04-15"),
        (("2008",), "2008-07-01"),
        (("2008-01",), "2008-01-15"),
        (("2008-04", "2008-04-03"), "2008-04-03"),
        # a follow-up that knows the month and a form that knows the day tell of one therapy
        (("2008-04-20", "2008-04"), "2008-04-20"),
        (("2008-05", "2008-04-20"), "2008-04-20"),
        (("2008-04", "2008-05-02"), "2008-04-15"),
    ],
)
def test_a_date_without_its_day_is_taken_as_the_plan_says(dates: tuple[str, ...], expected: str) -> None:
    records = replace(subject(), new_therapies=tuple(Dated(day, day) for day in dates))
    assert str(derive(records, INVESTIGATOR).new_therapy) == expected


def test_a_lesion_proven_new_after_it_takes_nothing_from_the_response_before_it() -> None:
    before = (scan(57, {"T1": "20"}), scan(99, {"T1": "20"}, new_lesion="EQUIVOCAL"))
    after = scan(141, {"T1": "20"}, new_lesion="Y")
    outcome = derive(subject(*before, after, therapy=110), DERIVED)
    assert (outcome.cbor.value, time(outcome.pfs)) == ("PR", (99, True, "PD"))
    assert time(outcome.dor) == (43, False, "new anticancer therapy")


def test_a_progression_seen_before_it_counts_though_the_assessment_was_finished_after_it() -> None:
    late = scan(70, {"T1": "70"}, target_date=on(59), last_procedure=on(70))
    outcome = derive(subject(late, therapy=60), DERIVED)
    assert (outcome.bor.value, time(outcome.pfs)) == ("PD", (59, True, "PD"))


def test_it_shows_the_subject_alive_and_is_told_with_its_record() -> None:
    outcome = outcome_of("57 SD", therapy=200)
    assert time(outcome.os) == (200, False, "last date known alive")
    assert (outcome.new_therapy_ref, outcome.response_ended) == ("therapy", outcome.new_therapy)
    assert outcome.treatment_start == START
