"""Dates without a day or a month: the day taken, and the bounds that hold it."""

from datetime import date

import pytest

from endpoints.arithmetic.dates import resolve, span, timeline
from endpoints.arithmetic.subject import derive
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, START, scan, subject, time

LAST = AnalysisPlan(partial_day="last", response_source="derived")


@pytest.mark.parametrize(
    ("text", "mid", "last"),
    [
        ("2008-05-12", "2008-05-12", "2008-05-12"),
        ("2008-05", "2008-05-15", "2008-05-31"),
        ("2008-02", "2008-02-15", "2008-02-29"),
        ("2008", "2008-07-01", "2008-12-31"),
        ("2008-05-12T09:30", "2008-05-12", "2008-05-12"),
    ],
)
def test_the_day_taken_follows_the_plan(text: str, mid: str, last: str) -> None:
    assert [resolve(text, plan).isoformat() for plan in (DERIVED, LAST)] == [mid, last]


@pytest.mark.parametrize(
    "text", ["", "2008-13", "2008-02-30", "08-05-12", "2008-5", "12 May 2008", "2008-05-12 ", "٢٠٠٨"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        span(text)


def test_a_partial_date_is_never_before_the_start_of_treatment() -> None:
    outcome = derive(subject(scan("2008-01", {"T1": "70"}), start=date(2008, 1, 20)), DERIVED)
    assert time(outcome.pfs) == (1, True, "PD")


def test_a_partial_date_is_never_after_death_or_last_contact() -> None:
    for bound in ({"death": "2008-05-10"}, {"alive": "2008-05-10"}):
        outcome = derive(subject(scan("2008-05", {"T1": "70"}), **bound), DERIVED)
        assert outcome.assessments[0].pd_date == date(2008, 5, 10)


def test_an_earlier_last_contact_does_not_move_a_record_out_of_its_own_month() -> None:
    outcome = derive(subject(scan("2008-05", {"T1": "70"}), alive="2008-04-20"), DERIVED)
    assert outcome.assessments[0].pd_date == date(2008, 5, 15)


@pytest.mark.parametrize(
    ("alive", "expected"), [("2008-06-10", "2008-06-15"), ("2008-06-20", "2008-06-20"), ("2008-05-20", "2008-06-15")]
)
def test_death_in_an_unknown_day_is_not_before_the_last_day_alive(alive: str, expected: str) -> None:
    outcome = derive(subject(death="2008-06", alive=alive), DERIVED)
    assert outcome.death_date == date.fromisoformat(expected)


def test_a_full_date_is_never_moved_even_where_it_is_impossible() -> None:
    outcome = derive(subject(scan("2008-05-20", {"T1": "70"}), death="2008-05-10"), DERIVED)
    assert outcome.assessments[0].date == date(2008, 5, 20)
    assert "after-death" in [finding.code for finding in outcome.findings]


def test_a_partial_baseline_is_never_after_the_first_dose() -> None:
    dates = timeline(subject(baselines=(scan("2008-01", {"T1": "50"}),)), DERIVED)
    assert dates.baselines[0].day == START


def test_a_partial_date_after_the_cut_is_left_out() -> None:
    records = subject(scan("2008-05", {"T1": "70"}))
    assert derive(records, DERIVED, date(2008, 5, 14)).assessments == ()
    assert len(derive(records, DERIVED, date(2008, 5, 15)).assessments) == 1
