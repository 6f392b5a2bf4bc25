"""The sentences of a subject's outcome: best response, clinical benefit and times, each with the records behind it."""

from dataclasses import replace
from typing import Any

import pytest

from endpoints.arithmetic.records import Contact, Dated
from endpoints.arithmetic.subject import derive
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, INVESTIGATOR, START, on, outcome_of, scan, subject


@pytest.mark.parametrize(
    ("course", "bor", "cbor"),
    [
        (
            "57 CR, 85 CR",
            "Complete response on 3 Mar 2008.",
            "Complete response on 3 Mar 2008, confirmed on 31 Mar 2008.",
        ),
        (
            "57 PR, 84 PR",
            "Partial response on 3 Mar 2008.",
            "Partial response on 3 Mar 2008, not confirmed. No progression by 3 Mar 2008, day 57.",
        ),
        (
            "57 CR, 113 PD",
            "Complete response on 3 Mar 2008.",
            "Complete response on 3 Mar 2008, not confirmed. No progression by 3 Mar 2008, day 57.",
        ),
        ("57 SD", "No progression by 3 Mar 2008, day 57.", "No progression by 3 Mar 2008, day 57."),
        (
            "57 NON-CR/NON-PD",
            "Neither complete response nor progression on 3 Mar 2008.",
            "Neither complete response nor progression on 3 Mar 2008.",
        ),
        ("57 PD", "Progression on 3 Mar 2008.", "Progression on 3 Mar 2008."),
        ("", "Not assessed: no assessment after baseline.", "Not assessed: no assessment after baseline."),
        (
            "20 SD",
            "Stable disease on 26 Jan 2008, then nothing evaluable from day 43 on: too early to count as stable.",
            "Stable disease on 26 Jan 2008, then nothing evaluable from day 43 on: too early to count as stable.",
        ),
        (
            "20 PR",
            "Partial response on 26 Jan 2008.",
            "Partial response on 26 Jan 2008, not confirmed. Partial response on 26 Jan 2008, then nothing evaluable "
            "from day 43 on: too early to count as stable.",
        ),
        (
            "20 PR, 57 PD",
            "Partial response on 26 Jan 2008.",
            "Partial response on 26 Jan 2008, not confirmed. Progression on 3 Mar 2008.",
        ),
        ("57 NE, 113 NE", "No assessment was evaluable.", "No assessment was evaluable."),
    ],
)
def test_a_best_response_says_what_it_rests_on(course: str, bor: str, cbor: str) -> None:
    plan = replace(INVESTIGATOR, sd_min_days=42)
    outcome = outcome_of(course, plan)
    assert (outcome.bor.reason, outcome.cbor.reason) == (bor, cbor)


def test_a_best_response_names_its_records_and_its_day() -> None:
    outcome = outcome_of("57 CR, 85 CR, 113 CR")
    assert (outcome.bor.refs, str(outcome.bor.date)) == (("scan 2008-03-03",), "2008-03-03")
    assert outcome.cbor.refs == ("scan 2008-03-03", "scan 2008-03-31")
    nothing = outcome_of("57 NE, 113 NE").bor
    assert (nothing.refs, nothing.date, nothing.assessed) == (("scan 2008-03-03", "scan 2008-04-28"), None, True)
    early = outcome_of("20 SD", replace(INVESTIGATOR, sd_min_days=42)).bor
    assert (early.refs, early.assessed) == (("scan 2008-01-26",), True)
    assert not outcome_of("").bor.assessed


@pytest.mark.parametrize("course", ["57 PD, 113 PD", "113 PD, 57 PD", "57 SD, 113 PD, 85 PD"])
def test_of_several_progressions_the_earliest_counts_whichever_was_entered_first(course: str) -> None:
    outcome = outcome_of(course)
    assert outcome.pfs is not None and (outcome.pfs.days, outcome.pfs.event) == (85 if "85" in course else 57, True)


def test_of_two_progressions_of_a_day_the_record_is_the_same_whichever_was_entered_first() -> None:
    both = [scan(57, investigator="PD", ref=ref) for ref in ("a", "b")]
    for order in (both, both[::-1]):
        assert derive(subject(*order), INVESTIGATOR).bor.refs == ("a",)


THERAPY = " before new anticancer therapy on 2 Mar 2008"


def test_where_new_therapy_ended_the_response_the_sentences_say_so() -> None:
    plan = replace(INVESTIGATOR, sd_min_days=42, clinical_benefit_days=180)
    none = outcome_of("57 PR", plan, therapy=56)
    assert none.bor.reason == f"Not assessed: no assessment after baseline{THERAPY}."
    assert none.cb_A.reason == f"No response, nor CR, PR or SD from day 181 on{THERAPY}."
    assert none.cb_B.reason == f"Neither a response nor stable disease{THERAPY}."
    early = outcome_of("20 SD, 57 PR", plan, therapy=56)
    assert early.bor.reason == (
        f"Stable disease on 26 Jan 2008, then nothing evaluable from day 43 on{THERAPY}: too early to count as stable."
    )
    assert outcome_of("50 NE, 57 PR", plan, therapy=56).bor.reason == f"No assessment{THERAPY} was evaluable."


def test_benefit_by_an_assessment_names_it_or_what_was_missing() -> None:
    plan = replace(INVESTIGATOR, clinical_benefit_days=180)
    late = outcome_of("57 SD, 181 SD", plan).cb_A
    assert (late.value, late.reason, late.refs) == (
        True,
        "Stable disease on 5 Jul 2008, day 181.",
        ("scan 2008-07-05",),
    )
    short = outcome_of("57 SD, 180 SD", plan).cb_A
    assert (short.value, short.reason) == (False, "No response, nor CR, PR or SD from day 181 on.")
    assert short.refs == ("scan 2008-03-03",)
    responder = outcome_of("57 PR, 113 PR", plan).cb_A
    assert (responder.value, responder.refs) == (True, ("scan 2008-03-03", "scan 2008-04-28"))
    assert responder.reason == "Partial response on 3 Mar 2008, confirmed on 28 Apr 2008."


def test_where_the_plan_takes_disease_that_is_neither_the_sentence_names_it() -> None:
    plan = replace(INVESTIGATOR, clinical_benefit_days=180, benefit_non_cr_non_pd=True)
    assert outcome_of("57 SD", plan).cb_A.reason == "No response, nor CR, PR, SD or Non-CR/Non-PD from day 181 on."
    late = outcome_of("57 NON-CR/NON-PD, 181 NON-CR/NON-PD", plan).cb_A
    assert (late.value, late.reason) == (True, "Neither complete response nor progression on 5 Jul 2008, day 181.")
    without = replace(plan, benefit_non_cr_non_pd=False)
    assert not outcome_of("57 NON-CR/NON-PD, 181 NON-CR/NON-PD", without).cb_A.value


@pytest.mark.parametrize(("day", "value", "days"), [(180, False, 179), (181, True, 180)])
def test_benefit_by_duration_counts_the_days_of_stable_disease(day: int, value: bool, days: int) -> None:
    plan = replace(INVESTIGATOR, clinical_benefit_days=180)
    for course in (f"57 SD, {day} SD", f"57 SD, {day} PD"):
        flag = outcome_of(course, plan).cb_B
        assert (flag.value, flag.refs) == (value, (f"scan {on(day)}",))
        assert flag.reason == f"Stable disease for {days} days; 180 are asked."
    neither = outcome_of("57 PD", plan).cb_B
    assert (neither.value, neither.reason) == (False, "Neither a response nor stable disease.")
    assert neither.refs == ("scan 2008-03-03",)
    responder = outcome_of("57 PR, 113 PR, 120 PD", plan).cb_B
    assert (responder.value, responder.reason) == (True, "Partial response on 3 Mar 2008, confirmed on 28 Apr 2008.")
    assert responder.refs == ("scan 2008-03-03", "scan 2008-04-28")


def test_a_subject_without_an_origin_has_no_response_and_the_sentence_says_why() -> None:
    untreated = derive(subject(start=None), INVESTIGATOR)
    for result in (untreated.bor, untreated.cbor, untreated.headline):
        assert (result.value, result.reason, result.assessed) == ("NE", "Not treated: no dose was given.", False)
    for flag in (untreated.orr, untreated.dcr, untreated.cbr, untreated.cb_A, untreated.cb_B):
        assert (flag.value, flag.reason, flag.refs) == (False, "Not treated: no dose was given.", ())
    assert (untreated.pfs, untreated.os, untreated.dor, untreated.ttr) == (None, None, None, None)


Sentence = tuple[int, bool, str, str, tuple[str, ...]]


def sentence(result: Any) -> Sentence:
    return result.days, result.event, result.reason, result.words, result.refs


@pytest.mark.parametrize(
    ("course", "more", "expected"),
    [
        ("57 SD, 113 PD", {}, (113, True, "PD", "Progression, 28 Apr 2008.", ("scan 2008-04-28",))),
        ("57 SD", {"death": 100}, (100, True, "death", "Death, 15 Apr 2008.", ("death",))),
        (
            "57 SD, 113 SD",
            {},
            (
                *(113, False, "last adequate assessment", "Last adequate assessment, 28 Apr 2008."),
                ("scan 2008-04-28",),
            ),
        ),
        ("57 NE", {}, (1, False, "no adequate assessment", "No adequate assessment: censored on day 1.", ())),
        ("57 SD, 113 PD", {"death": 113}, (113, True, "PD", "Progression, 28 Apr 2008.", ("scan 2008-04-28",))),
    ],
)
def test_progression_free_survival_says_what_ended_it(course: str, more: dict, expected: Sentence) -> None:
    assert sentence(outcome_of(course, **more).pfs) == expected


def test_claimed_progression_is_told_as_such_where_the_plan_takes_it() -> None:
    plan = replace(INVESTIGATOR, clinical_pd_is_event=True)
    words = "Progression claimed by the investigator without RECIST progression, 26 Mar 2008."
    claimed = (80, True, "investigator-claimed progression", words, ("clinical",))
    assert sentence(outcome_of("57 SD", plan, clinical=80).pfs) == claimed
    assert outcome_of("57 SD", clinical=80).pfs.event is False  # type: ignore[union-attr]
    on_the_day = outcome_of("57 SD, 80 PD", plan, clinical=80).pfs
    assert on_the_day and on_the_day.reason == "PD"


def test_censoring_at_new_therapy_says_from_when_the_last_assessment_is() -> None:
    plan = replace(INVESTIGATOR, nact_censors=True)
    words = "New anticancer therapy on 27 Mar 2008; last adequate assessment before it, 3 Mar 2008."
    reason = "new anticancer therapy"
    assert sentence(outcome_of("57 SD, 113 PD", plan, therapy=81).pfs) == (
        *(57, False, reason, words),
        ("scan 2008-03-03", "therapy"),
    )
    words = "New anticancer therapy on 27 Mar 2008; no adequate assessment before it, so day 1."
    assert sentence(outcome_of("113 PD", plan, therapy=81).pfs) == (1, False, reason, words, ("therapy",))
    on_the_day = outcome_of("57 SD, 81 SD, 113 PD", plan, therapy=81).pfs
    assert on_the_day and on_the_day.days == 81
    same_day = outcome_of("57 SD, 81 PD", plan, therapy=81).pfs
    assert same_day and (same_day.days, same_day.event) == (81, True)


def test_an_event_after_missed_assessments_is_censored_with_both_records() -> None:
    """Every 56 days with a window of 7: after the scan of day 57 two were missed from day 177 on."""
    plan = replace(INVESTIGATOR, missed_censors=True, assessment_interval_days=56, assessment_window_days=7)
    plan = replace(plan, assessment_intervals_later=())
    late = outcome_of("57 SD, 177 PD", plan).pfs
    words = "Progression on 1 Jul 2008, more than 119 days after the last adequate assessment, 3 Mar 2008."
    refs = ("scan 2008-03-03", "scan 2008-07-01")
    assert sentence(late) == (57, False, "event after >=2 missed assessments", words, refs)
    in_time = outcome_of("57 SD, 176 PD", plan).pfs
    assert in_time and (in_time.days, in_time.event) == (176, True)


def test_what_was_assessed_after_the_event_does_not_fill_the_gap_before_it() -> None:
    plan = replace(INVESTIGATOR, missed_censors=True, clinical_pd_is_event=True)
    claimed = outcome_of("57 SD, 310 SD", plan, clinical=300).pfs
    assert claimed and (claimed.days, claimed.event) == (57, False)


def alive(**more: Any) -> Sentence:
    return sentence(derive(replace(subject(baselines=()), **more), DERIVED).os)


@pytest.mark.parametrize(
    ("more", "days", "words", "ref"),
    [
        ({"contacts": (Contact(on(90), "visit C3D8", "visit"),)}, 90, "visit C3D8, 5 Apr 2008", "visit"),
        ({"signs_of_life": (Contact(on(90), "blood sample", "lab"),)}, 90, "blood sample, 5 Apr 2008", "lab"),
        ({"assessments": (scan(90, ref="scan"),)}, 90, "tumour assessment, 5 Apr 2008", "scan"),
        ({"baselines": (scan(1, ref="scan"),), "treatment_start": START}, 1, "baseline assessment", "scan"),
        ({"clinical_progression": Dated(on(90), "c")}, 90, "clinical progression, 5 Apr 2008", "c"),
        ({"new_therapies": (Dated(on(90), "t"),)}, 90, "new anticancer therapy, 5 Apr 2008", "t"),
        ({}, 1, "first dose", "dose 1"),
    ],
)
def test_survival_is_censored_at_the_last_day_known_alive_with_how_it_is_known(
    more: dict[str, Any], days: int, words: str, ref: str
) -> None:
    assert alive(**more) == (days, False, "last date known alive", f"Known alive: {words}.", (ref,))


def test_randomisation_alone_shows_a_subject_alive() -> None:
    plan = AnalysisPlan(origin="randomisation")
    result = derive(replace(subject(baselines=(), start=None), randomisation=START), plan).os
    assert sentence(result) == (1, False, "last date known alive", "Known alive: randomisation.", ())


def test_death_ends_survival() -> None:
    outcome = outcome_of("57 SD", death=100)
    assert sentence(outcome.os) == (100, True, "death", "Death, 15 Apr 2008.", ("death",))
    assert sentence(outcome.follow_up) == (100, False, "death", "Death, 15 Apr 2008.", ("death",))


def test_a_duration_of_response_says_where_it_began_and_what_ended_it() -> None:
    outcome = outcome_of("57 PR, 113 PR, 169 PD")
    words = "First response: PR, 3 Mar 2008. Progression, 23 Jun 2008."
    assert sentence(outcome.dor) == (113, True, "PD", words, ("scan 2008-03-03", "scan 2008-06-23"))
    time_to = sentence(outcome.ttr)
    assert time_to == (57, True, "response", "First response: PR, 3 Mar 2008.", ("scan 2008-03-03",))
    assert (outcome_of("57 SD").dor, outcome_of("57 SD").ttr) == (None, None)


def test_measurable_disease_names_the_lesions_and_the_baseline() -> None:
    flag = derive(subject(baseline={"T2": "30", "T1": "20"}), DERIVED).measurable
    assert (flag.value, flag.reason) == (True, "Measurable at baseline on 1 Jan 2008: T1, T2.")
    assert flag.refs == ("scan 2008-01-01",)
    none = derive(subject(baselines=(scan(-6, non_target="PRESENT"), scan(2, {"T1": "50"}))), DERIVED).measurable
    assert (none.value, none.reason, none.refs) == (
        *(False, "No measurable lesion at baseline."),
        ("scan 2008-01-01",),
    )
    older = derive(subject(baselines=(scan(-6, {"T1": None}), scan(-10, {"T1": "50"}))), DERIVED).measurable
    assert older.reason == "Measurable at baseline on 28 Dec 2007: T1."
