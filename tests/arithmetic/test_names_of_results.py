"""Codes and words of the results and of the sensitivity analyses, entered a second time.

Codes stand in stored outcomes, files, the API and addresses, and never change; the words are those of tables and
figures.
"""

from dataclasses import astuple
from typing import Any

import pytest

from endpoints.arithmetic.results import (
    COUNTED_OF_A_TIME,
    KINDS,
    MAIN_TIMES,
    NO_SUBJECTS,
    RATE,
    RATES,
    SUBJECT_TIMES,
    TIME,
    TIMES,
    CurveWords,
    drawn_times,
    estimated_rates,
    estimated_times,
    grouped_times,
    main_times,
)
from endpoints.arithmetic.sensitivity import ANALYSES, varied
from endpoints.arithmetic.words import ORIGINS, RESPONSES
from protocol.schema import AnalysisPlan


def test_the_rates() -> None:
    assert [(rate.code, rate.label, rate.short, rate.having, rate.best, rate.compared_first) for rate in RATES] == [
        ("orr", "Objective response rate (CR + PR)", "ORR", "Objective response", ("CR", "PR"), True),
        ("dcr", "Disease control rate (CR + PR + SD)", "DCR", "Disease control", ("CR", "PR", "SD"), False),
        ("cbr", "Clinical benefit rate", "CBR", "Clinical benefit", (), False),
    ]
    assert KINDS == ("confirmed", "unconfirmed") and RATE["orr"] is RATES[0]
    assert [RATE["cbr"].column(kind) for kind in KINDS] == ["benefit", "benefit_unconfirmed"]
    assert [RATE["orr"].column(kind) for kind in KINDS] == ["", ""]


def test_the_times() -> None:
    assert [
        (time.code, time.label, time.brief, time.is_main, time.is_unconfirmed, time.reverses, bool(time.curve))
        for time in TIMES
    ] == [
        ("pfs", "Progression-free survival", "PFS", True, False, "", True),
        ("os", "Overall survival", "OS", True, False, "", True),
        ("dor", "Duration of response", "Duration of response", False, False, "", True),
        ("ttr", "Time to response", "Time to response", False, False, "", False),
        (
            *("dor_unconfirmed", "Duration of response, unconfirmed", "Duration of response, unconfirmed"),
            *(False, True, "", False),
        ),
        (
            *("ttr_unconfirmed", "Time to response, unconfirmed", "Time to response, unconfirmed"),
            *(False, True, "", False),
        ),
        ("follow_up", "Follow-up", "Follow-up", False, False, "os", True),
    ]
    assert [time.code for time in SUBJECT_TIMES] == ["pfs", "os", "dor", "ttr", "dor_unconfirmed", "ttr_unconfirmed"]
    assert [time.code for time in MAIN_TIMES] == ["pfs", "os"] and TIME["os"] is TIMES[1]
    assert (TIME["follow_up"].column, TIME["pfs"].column) == ("os", "pfs")
    assert COUNTED_OF_A_TIME == {"n": "all", "events": "with an event", "censored": "censored"}


NOBODY = "No subject of this population counts in this analysis set."
EXCHANGED = "Survival with event and censoring exchanged: it ends with being alive at last contact."
CURVES = {
    "pfs": CurveWords(share="Progression-free survival", event="Event: progression or death from any cause."),
    "os": CurveWords(share="Overall survival", event="Event: death from any cause.", events="deaths"),
    "dor": CurveWords(
        share="Responders still in response",
        event="Responders alone. Event: progression or death from any cause.",
        nobody="No subject has responded: there is no duration of response to show.",
        since="response",
        not_compared="Responders are no randomised groups: their durations are not compared.",
    ),
    "follow_up": CurveWords(
        share="Subjects still followed",
        event=EXCHANGED,
        events="alive at last contact",
        censored="died",
        title="Follow-up (reverse Kaplan-Meier)",
    ),
}


def test_the_words_of_the_figures() -> None:
    assert {time.code: time.curve for time in TIMES if time.curve} == CURVES
    plain = CurveWords(share="Share", event="Event.")
    assert astuple(plain) == ("Share", "Event.", "events", "censored", NOBODY, "", "", "") and NO_SUBJECTS == NOBODY
    assert {time.code: time.title for time in TIMES if time.curve} == {
        "pfs": "Progression-free survival",
        "os": "Overall survival",
        "dor": "Duration of response",
        "follow_up": "Follow-up (reverse Kaplan-Meier)",
    }
    assert {time.code: time.not_compared for time in TIMES if time.not_compared} == {
        "dor": "Responders are no randomised groups: their durations are not compared.",
        "follow_up": "Follow-up: the groups are not compared.",
    }


def test_estimates_of_an_earlier_release_lack_what_came_later() -> None:
    earlier = {"pfs": {}, "dor": {}, "ttr": {}, "follow_up": {}}
    assert [time.code for time in estimated_times(earlier)] == ["pfs", "dor", "ttr", "follow_up"]
    assert [time.code for time in drawn_times(earlier)] == ["pfs", "dor", "follow_up"]
    assert [time.code for time in grouped_times(earlier)] == ["pfs", "dor"]
    assert [time.code for time in main_times(earlier)] == ["pfs"]
    assert [rate.code for rate in estimated_rates({"cbr": {}, "orr": {}})] == ["orr", "cbr"]


VARIED: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "unconfirmed": ("Response without confirmation", {"confirmation_required": False}, ("best", "benefit")),
    "derived": (
        "Response derived from the measurements",
        {"response_source": "derived"},
        ("best", "benefit", "pfs"),
    ),
    "recist_1.1": (
        "Thresholds of RECIST 1.1, derived from the measurements",
        {"response_source": "derived", "recist_version": "1.1"},
        ("best", "benefit", "pfs"),
    ),
    "accept_sd_between": (
        "Stable disease accepted between a response and its confirmation",
        {"accept_sd_between": True},
        ("best", "benefit"),
    ),
    "sticky_pr": (
        "A partial response that drifts back stays one until progression",
        {"pr_drift": "sticky_pr"},
        ("best", "benefit"),
    ),
    "nact_counted": (
        "Responses under new anticancer therapy count",
        {"nact_response": "counts"},
        ("best", "benefit"),
    ),
    "non_cr_non_pd": ("Non-CR/Non-PD counts for clinical benefit", {"benefit_non_cr_non_pd": True}, ("benefit",)),
    "nact_censored": ("Censored at new anticancer therapy", {"nact_censors": True}, ("pfs",)),
    "missed_censored": ("Censored after two or more missed assessments", {"missed_censors": True}, ("pfs",)),
    "clinical_progression": ("Clinical progression counts as an event", {"clinical_pd_is_event": True}, ("pfs",)),
}


def test_the_sensitivity_analyses_in_their_order() -> None:
    assert list(ANALYSES) == list(VARIED)
    assert {name: tuple(analysis) for name, analysis in ANALYSES.items()} == VARIED


@pytest.mark.parametrize("name", VARIED)
def test_a_sensitivity_analysis_is_the_plan_with_its_settings(name: str) -> None:
    plan, other = AnalysisPlan(), varied(AnalysisPlan(), name)
    changed = {setting: value for setting, value, _ in other.described() if value != getattr(plan, setting)}
    assert changed == VARIED[name][1]


def test_the_words_of_responses_and_of_origins() -> None:
    assert RESPONSES == {
        "CR": "complete response",
        "PR": "partial response",
        "SD": "stable disease",
        "NON-CR/NON-PD": "neither complete response nor progression",
        "PD": "progression",
        "NE": "not evaluable",
    }
    assert ORIGINS == {"first_dose": "the first dose", "randomisation": "randomisation"}
