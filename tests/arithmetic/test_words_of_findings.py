"""Impossible data as the sentence that a query begins with, each with its code and the records that it is about."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from endpoints.arithmetic.records import Contact, Dated, SubjectRecords
from endpoints.arithmetic.subject import derive
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, INVESTIGATOR, NEWER, on, scan, subject

Findings = list[tuple[str, str, tuple[str, ...]]]


def findings(records: SubjectRecords, plan: AnalysisPlan = DERIVED) -> Findings:
    return [(finding.code, finding.text, finding.refs) for finding in derive(records, plan).findings]


def test_data_that_can_be_so_are_not_asked_about() -> None:
    records = subject(scan(57, {"T1": "30"}, new_lesion="N"), death=200, alive=113, therapy=114, baseline={"T1": "50"})
    assert findings(replace(records, consent=Dated(on(-10), "consent"))) == []


@pytest.mark.parametrize("days", [(-29, -30), (3, 2)])
def test_a_missing_baseline_is_told_with_the_window_and_the_origin(days: tuple[int, int]) -> None:
    baselines = tuple(scan(day, {"T1": "50"}, ref=ref) for day, ref in zip(days, ("b", "a"), strict=True))
    text = "No complete baseline assessment on or within 28 days before the first dose."
    assert findings(subject(baselines=baselines)) == [("no-baseline", text, ("a", "b"))]


def test_two_baselines_and_two_assessments_of_a_day_are_each_told_once() -> None:
    records = subject(
        scan(57, {"T1": "30"}, ref="d"),
        scan(57, {"T1": "30"}, ref="c"),
        scan(57, {"T1": "30"}, ref="e"),
        scan(113, {"T1": "30"}),
        baselines=(scan(-6, {"T1": "50"}, ref="b"), scan(-6, {"T1": "50"}, ref="a"), scan(-10, {"T1": "50"})),
    )
    assert findings(records) == [
        ("two-assessments", "3 tumour assessments are dated 3 Mar 2008: are they the same?", ("c", "d", "e")),
        ("two-baselines", "2 baseline assessments are dated 1 Jan 2008.", ("a", "b")),
    ]


@pytest.mark.parametrize("month", ["2008-04", "2008"])
def test_of_two_assessments_known_by_their_month_nothing_is_asked(month: str) -> None:
    records = subject(scan(month, {"T1": "30"}, ref="a"), scan(month, {"T1": "30"}, ref="b"))
    assert findings(records) == []


def test_a_dose_before_consent_is_asked_about_and_one_on_its_day_is_not() -> None:
    records = replace(subject(), consent=Dated(on(2), "consent"))
    assert findings(records) == [
        (
            "dose-before-consent",
            "The first dose on 7 Jan 2008 is dated before informed consent on 8 Jan 2008.",
            ("consent", "dose 1"),
        )
    ]
    assert findings(replace(records, treatment_ref="")) == [(*findings(records)[0][:2], ("consent",))]
    assert findings(replace(records, consent=Dated(on(1), "consent"))) == []
    assert findings(replace(records, consent=None)) == []


def test_an_assessment_after_baseline_but_before_the_first_dose_counts_for_nothing_and_is_told() -> None:
    before = "A tumour assessment is dated 6 Jan 2008, before the first dose on 7 Jan 2008: nothing counts from it."
    assert findings(subject(scan(-1, {"T1": "30"}))) == [("before-start", before, ("scan 2008-01-06",))]
    assert findings(subject(scan(1, {"T1": "30"}))) == []


def test_from_randomisation_the_same_is_told_of_that_origin() -> None:
    plan = replace(DERIVED, origin="randomisation")
    records = replace(
        subject(scan(-3, {"T1": "30"}), therapy=-4, death=-2), randomisation=date(2008, 1, 7), treatment_start=None
    )
    assert [text for _, text, _ in findings(records, plan)] == [
        "A tumour assessment is dated 4 Jan 2008, before randomisation on 7 Jan 2008: nothing counts from it.",
        "Death on 5 Jan 2008 is dated before randomisation on 7 Jan 2008.",
        "New anticancer therapy is dated 3 Jan 2008, before randomisation on 7 Jan 2008: it counts for nothing.",
    ]


def test_what_is_dated_after_death_is_told() -> None:
    text = "A tumour assessment is dated 3 Mar 2008, after death on 2 Mar 2008."
    assert findings(subject(scan(57, {"T1": "30"}), death=56)) == [("after-death", text, ("scan 2008-03-03",))]
    assert findings(subject(scan(57, {"T1": "30"}), death=57)) == []


def test_an_assessment_begun_in_life_and_finished_after_death_is_not_asked_about() -> None:
    records = subject(scan(56, {"T1": "30"}, last_procedure=on(58)), death=57)
    assert findings(records) == []


def test_death_before_the_first_dose_is_told() -> None:
    text = "Death on 6 Jan 2008 is dated before the first dose on 7 Jan 2008."
    assert findings(subject(death=-1)) == [("death-before-start", text, ("death",))]
    assert findings(subject(death=1)) == []


def test_each_form_that_shows_life_after_death_is_told_once_by_its_last_day() -> None:
    records = replace(
        subject(death=100),
        contacts=(
            Contact(on(101), "visit C3D8", "v1"),
            Contact(on(103), "call", "v1"),
            Contact(on(102), "visit C4D1", "v2"),
            Contact(on(100), "visit on the day", "v3"),
        ),
        signs_of_life=(Contact(on(104), "blood sample", "s1"), Contact(on(105), "adverse event", "s2", asked=True)),
    )
    death = "after death on 15 Apr 2008."
    assert findings(records) == [
        ("alive-after-death", f"Known alive on 17 Apr 2008 (visit C4D1), {death}", ("v2", "death")),
        ("alive-after-death", f"Known alive on 18 Apr 2008 (call), {death}", ("v1", "death")),
        ("alive-after-death", f"Known alive on 19 Apr 2008 (blood sample), {death}", ("s1", "death")),
    ]


def test_a_follow_up_that_says_dead_asks_for_the_death_form() -> None:
    reported = (Dated("2008-05-12", "follow-up 2"),)
    text = "The follow-up on 12 May 2008 says that the subject is dead, but no death form is complete."
    assert findings(replace(subject(), reported_deaths=reported)) == [("death-without-form", text, ("follow-up 2",))]
    assert findings(replace(subject(death=200), reported_deaths=reported)) == []


def test_therapy_and_symptoms_before_the_first_dose_count_for_nothing_and_are_told() -> None:
    before = "before the first dose on 7 Jan 2008: it counts for nothing."
    assert findings(subject(therapy=-1, clinical=-2)) == [
        ("clinical-before-start", f"Progression by symptoms is dated 5 Jan 2008, {before}", ("clinical",)),
        ("therapy-before-start", f"New anticancer therapy is dated 6 Jan 2008, {before}", ("therapy",)),
    ]


def test_therapy_on_the_day_of_the_first_dose_is_told_for_what_it_means() -> None:
    text = "New anticancer therapy starts on 7 Jan 2008, the day of the first dose: no later assessment counts."
    assert findings(subject(therapy=1)) == [("therapy-before-start", text, ("therapy",))]
    assert findings(subject(therapy=2)) == []


@pytest.mark.parametrize("where", ["finding_date", "target_date", "first_seen"])
def test_a_finding_older_than_the_treatment_dates_no_progression_and_is_told(where: str) -> None:
    text = (
        "A tumour assessment was finished on 3 Mar 2008, but has a finding of 6 Jan 2008, before the first dose on "
        "7 Jan 2008: it dates no progression."
    )
    dated: Any = {where: on(-1), "last_procedure": on(57)}
    assert findings(subject(scan(50, {"T1": "30"}, **dated))) == [("before-start", text, ("scan 2008-02-25",))]
    assert findings(subject(scan(50, {"T1": "30"}, **{**dated, where: on(1)}))) == []
    finished_on_day_1: Any = {where: on(-1), "last_procedure": on(1)}
    assert [code for code, _, _ in findings(subject(scan(1, {"T1": "30"}, **finished_on_day_1)))] == ["before-start"]


def test_days_before_consent_are_told_once_a_form_by_the_first() -> None:
    records = replace(
        subject(scan(-9, {"T1": "40"}, ref="early scan"), scan(57, {"T1": "40"}, ref="scan")),
        consent=Dated(on(-5), "consent"),
        contacts=(
            Contact(on(-7), "visit SCR", "visit"),
            Contact(on(-8), "visit SCR", "visit"),
            Contact(on(-6), "consent itself", "consent"),
            Contact(on(-9), "dose", "dose 1"),
            Contact(on(-9), "scan", "early scan"),
            Contact(on(-6), "baseline scan", "scan 2008-01-01"),
            Contact(on(-5), "visit on its day", "second"),
        ),
        other_days=(Contact(on(-6), "sample", "sample"), Contact("2008-01", "history", "history")),
    )
    consented = "is dated before informed consent on 2 Jan 2008."
    assert [entry for entry in findings(records) if entry[0] == "before-consent"] == [
        ("before-consent", f"1 Jan 2008 (sample) {consented}", ("consent", "sample")),
        ("before-consent", f"30 Dec 2007 (visit SCR) {consented}", ("consent", "visit")),
    ]


def test_of_scans_only_those_before_the_first_dose_may_be_older_than_consent() -> None:
    records = replace(
        subject(scan(-1, {"T1": "40"}, ref="before"), scan(1, {"T1": "40"}, ref="on the day")),
        consent=Dated(on(2), "consent"),
        contacts=(Contact(on(-2), "scan", "before"), Contact(on(-2), "scan", "on the day")),
    )
    assert [refs for code, _, refs in findings(records) if code == "before-consent"] == [("consent", "on the day")]


def test_non_target_lesions_judged_without_any_at_baseline_are_told() -> None:
    text = "Non-target lesions are judged on 3 Mar 2008, but there was none at baseline."
    for judged in ("CR", "NONCR", "PRESENT"):
        records = subject(scan(57, {"T1": "50"}, non_target=judged))
        assert findings(records) == [("non-target-unknown", text, ("scan 2008-03-03", "scan 2008-01-01"))]
        assert findings(subject(scan(57, {"T1": "50"}, non_target=judged), non_target="PRESENT")) == []
    for unjudged in ("NE", "PD", None):
        assert findings(subject(scan(57, {"T1": "50"}, non_target=unjudged))) == []


def test_an_investigator_who_sees_it_otherwise_is_quoted_beside_the_lesions() -> None:
    records = subject(scan(57, {"T1": "20"}, investigator="SD"), scan(113, {"T1": "20"}, investigator="PR"))
    agreeing = scan(29, {"T1": "20"}, investigator="PR")
    text = "On 3 Mar 2008 the investigator says stable disease; from the lesions follows partial response."
    assert findings(records, INVESTIGATOR) == [("response-differs", text, ("scan 2008-03-03",))]
    after_agreement = replace(records, assessments=(agreeing, *records.assessments))
    assert findings(after_agreement, INVESTIGATOR) == findings(records, INVESTIGATOR)


def test_a_lesion_that_was_not_chosen_at_baseline_is_named() -> None:
    records = subject(scan(57, {"T1": "30", "T9": "12"}))
    assert findings(records) == [
        ("lesion-unknown", "Lesion T9 on 3 Mar 2008 was not chosen at baseline.", ("scan 2008-03-03",))
    ]


@pytest.mark.parametrize(
    ("response", "code", "follows"),
    [
        ("PR", "cr-then-pr", "partial response"),
        ("SD", "cr-then-sd", "stable disease"),
        ("NON-CR/NON-PD", "cr-then-non-cr", "neither complete response nor progression"),
    ],
)
def test_disease_after_a_complete_response_that_is_neither_back_nor_gone_is_told_with_both_days(
    response: Any, code: str, follows: str
) -> None:
    course = [scan(57, investigator="CR"), scan(113, investigator="CR"), scan(169, investigator=response)]
    text = f"A complete response on 3 Mar 2008 is followed by {follows} on 23 Jun 2008: neither back nor gone."
    after = [entry for entry in findings(subject(*course), INVESTIGATOR) if entry[0] != "response-differs"]
    assert after == [(code, text, ("scan 2008-03-03", "scan 2008-06-23"))]


def test_of_a_subject_without_a_dose_the_dates_are_still_held_against_each_other() -> None:
    records = replace(
        subject(scan(57, {"T1": "30"}, ref="a"), scan(57, {"T1": "30"}, ref="b"), death=56, start=None),
        consent=Dated(on(60), "consent"),
        contacts=(Contact(on(58), "visit", "visit"),),
    )
    assert [code for code, _, _ in findings(records, NEWER)] == [
        *("after-death", "after-death", "alive-after-death", "before-consent", "two-assessments")
    ]
