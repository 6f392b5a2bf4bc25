"""All that is derived of one subject, field by field, under each choice that the plan leaves."""

from dataclasses import replace
from datetime import date
from typing import Any

from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.records import Dated, SubjectRecords
from endpoints.arithmetic.sensitivity import ANALYSES
from endpoints.arithmetic.subject import derive
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, INVESTIGATOR, START, on, outcome_of, scan, subject

THERAPY = date(2008, 8, 1)


def full() -> SubjectRecords:
    scans = (scan(57, {"T1": "30"}), scan(113, {"T1": "30"}), scan(230, {"T1": "10"}))
    records = subject(*scans, death=400, therapy=THERAPY.isoformat())
    return replace(records, treatment_end=Dated(on(170), "end"), arm="WITH", stratum="site=1")


def days(outcome: SubjectOutcome, code: str) -> Any:
    result = getattr(outcome, code)
    return result and (result.days, result.event)


def test_an_outcome_hands_on_what_it_rests_on() -> None:
    outcome = derive(full(), DERIVED)
    assert (outcome.ref, outcome.origin, outcome.treatment_start) == ("subject", START, START)
    assert (outcome.baseline_ref, outcome.baseline_sum, outcome.baseline_date) == (
        *("scan 2008-01-01", 50),
        date(2008, 1, 1),
    )
    assert (outcome.new_therapy, outcome.new_therapy_ref, outcome.response_ended) == (THERAPY, "therapy", THERAPY)
    assert (outcome.death_date, outcome.treatment_end) == (date(2009, 2, 9), date(2008, 6, 24))
    assert (outcome.arm, outcome.stratum) == ("WITH", "site=1")
    assert [result.ref for result in outcome.assessments] == ["scan 2008-03-03", "scan 2008-04-28", "scan 2008-08-23"]
    without = derive(subject(baselines=()), DERIVED)
    assert (without.baseline_ref, without.baseline_sum, without.baseline_date) == (None, None, None)
    assert (without.new_therapy, without.new_therapy_ref, without.response_ended) == (None, "", None)
    assert (without.arm, without.stratum, without.death_date, without.treatment_end) == ("", "", None, None)


def test_a_response_ends_where_new_therapy_begins_and_progression_free_survival_does_not() -> None:
    """1 August is day 208; the last scan before it is that of day 113."""
    outcome = derive(full(), DERIVED)
    assert (days(outcome, "pfs"), days(outcome, "dor"), days(outcome, "ttr")) == ((400, True), (57, False), (57, True))
    counted = derive(full(), replace(DERIVED, nact_response="counts"))
    assert (days(counted, "pfs"), days(counted, "dor"), counted.response_ended) == ((400, True), (344, True), None)
    assert counted.new_therapy == THERAPY


def test_the_plan_says_which_response_is_the_headline() -> None:
    """A response on day 57 that none confirms, another on day 170 that one does."""
    course = "57 PR, 113 SD, 170 PR, 230 PR"
    confirmed = outcome_of(course)
    assert (confirmed.headline.value, confirmed.headline.reason) == (confirmed.cbor.value, confirmed.cbor.reason)
    assert (days(confirmed, "ttr"), days(confirmed, "ttr_unconfirmed")) == ((170, True), (57, True))
    assert (days(confirmed, "dor"), days(confirmed, "dor_unconfirmed")) == ((61, False), (174, False))
    unconfirmed = outcome_of(course, replace(INVESTIGATOR, confirmation_required=False))
    assert unconfirmed.headline == unconfirmed.bor
    assert (days(unconfirmed, "ttr"), days(unconfirmed, "dor")) == ((57, True), (174, False))
    lost = outcome_of("57 PR, 113 SD")
    assert (lost.orr.value, lost.dcr.value, lost.orr.reason, lost.orr.refs) == (
        *(False, True),
        lost.cbor.reason,
        lost.cbor.refs,
    )
    assert (days(lost, "ttr"), days(lost, "ttr_unconfirmed")) == (None, (57, True))
    taken = outcome_of("57 PR, 113 SD", replace(INVESTIGATOR, confirmation_required=False))
    assert (taken.orr.value, taken.orr.reason, taken.dcr.refs) == (True, taken.bor.reason, taken.bor.refs)


def test_the_plan_says_which_clinical_benefit_counts() -> None:
    """Stable on day 57, progression on day 200: it lasted 199 days, and no assessment of day 181 or later says so."""
    plan = replace(INVESTIGATOR, clinical_benefit_days=180)
    for rule, value in (("cb_A", False), ("cb_B", True)):
        outcome = outcome_of("57 SD, 200 PD", replace(plan, clinical_benefit=rule))
        assert (outcome.cb_A.value, outcome.cb_B.value, outcome.cbr.value) == (False, True, value)
        assert outcome.cbr == (outcome.cb_A if rule == "cb_A" else outcome.cb_B)
        variant = outcome.variants["unconfirmed"].benefit
        assert variant is not None and variant.value == value


def test_each_sensitivity_analysis_changes_one_setting_and_answers_what_it_touches() -> None:
    """The investigator says SD of a scan that measures PR, and stable disease lies between a response and the next."""
    scans = (
        scan(57, {"T1": "30"}, investigator="PR"),
        scan(113, {"T1": "40"}, investigator="SD"),
        scan(170, {"T1": "30"}, investigator="PR"),
        scan(226, {"T1": "45"}, investigator="SD"),
    )
    plan = replace(INVESTIGATOR, accept_sd_between=False)
    outcome = derive(subject(*scans, clinical=300, therapy=200), plan)
    variants = outcome.variants
    assert {name: variant.best and variant.best.value for name, variant in variants.items()} == {
        "unconfirmed": "PR",
        # 40 of 30 mm is progression, before anything is confirmed
        "derived": "SD",
        "recist_1.1": "SD",
        "accept_sd_between": "PR",
        # held from day 57 on, and so confirmed on day 113
        "sticky_pr": "PR",
        "nact_counted": "SD",
        **dict.fromkeys(("non_cr_non_pd", "nact_censored", "missed_censored", "clinical_progression")),
    }
    assert {name: variant.pfs and (variant.pfs.days, variant.pfs.event) for name, variant in variants.items()} == {
        "derived": (113, True),
        "recist_1.1": (113, True),
        "nact_censored": (170, False),
        "missed_censored": (226, False),
        "clinical_progression": (300, True),
        **dict.fromkeys(("unconfirmed", "accept_sd_between", "sticky_pr", "nact_counted", "non_cr_non_pd")),
    }
    touched = {
        "unconfirmed",
        "derived",
        "recist_1.1",
        "accept_sd_between",
        "sticky_pr",
        "nact_counted",
        "non_cr_non_pd",
    }
    assert {name for name, variant in variants.items() if variant.benefit is not None} == touched
    assert outcome.cbor.value == "SD" and list(variants) == list(ANALYSES)


def test_a_subject_without_an_origin_keeps_its_records_and_answers_nothing_else() -> None:
    outcome = derive(replace(full(), treatment_start=None), DERIVED)
    assert (outcome.ref, outcome.origin, outcome.treatment_start) == ("subject", None, None)
    assert (outcome.arm, outcome.stratum, outcome.death_date) == ("WITH", "site=1", date(2009, 2, 9))
    assert (outcome.measurable.value, len(outcome.assessments)) == (True, 3)
    assert (outcome.baseline_ref, outcome.baseline_sum) == (None, None)
    for name, variant in outcome.variants.items():
        touches = ANALYSES[name].touches
        assert (variant.best == outcome.bor, variant.pfs) == ("best" in touches, None)
        assert (variant.benefit == outcome.orr) == ("benefit" in touches)
    dosed = derive(full(), AnalysisPlan(origin="randomisation"))
    assert (dosed.origin, dosed.treatment_start, dosed.bor.reason) == (None, START, "Not randomised.")


def test_a_baseline_of_the_first_day_is_one_and_that_of_the_next_is_none() -> None:
    on_the_day, after = (derive(subject(baselines=(scan(day, {"T1": "50"}),)), DERIVED) for day in (1, 2))
    assert (on_the_day.measurable.value, on_the_day.baseline_sum) == (True, 50)
    assert (after.measurable.value, after.baseline_sum) == (False, None)
