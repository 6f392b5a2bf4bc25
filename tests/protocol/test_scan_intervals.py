"""Tumour assessments in steps: 6-weekly to week 48, then 12-weekly, from the first dose or from randomisation."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cohorts.schedule import planned_under, planned_visits
from protocol import Protocol, ProtocolError, load, parse
from protocol.plan import LaterLongest
from protocol.visits import TumourVisit
from tests.arithmetic.build import outcome_of
from tests.protocol.conftest import TRIAL

FIRST = date(2008, 1, 14)
STEP = "then = [{ after_days = 336, every_days = 84 }]"
CHANGES = (
    ("every_days = 56", f"every_days = 42\n{STEP}"),
    (
        "assessment_interval_days = 63",
        "assessment_interval_days = 49\nassessment_intervals_later = [{ after_days = 336, days = 91 }]",
    ),
)


def text(*changes: tuple[str, str]) -> str:
    toml = TRIAL.read_text()
    for old, new in (*CHANGES, *changes):
        assert old in toml
        toml = toml.replace(old, new, 1)
    return toml


def read(*changes: tuple[str, str]) -> Protocol:
    return parse(text(*changes).encode(), TRIAL)


def assessments(protocol: Protocol, today: date, **dates: Any) -> list[tuple[str, int]]:
    """(code, days after the first dose) of each planned assessment."""
    course: dict[str, Any] = dict.fromkeys(("consent_date", "end_of_treatment", "progression", "death"))
    course |= {"first_dose": FIRST, "cycle_starts": {1: FIRST}, **dates}
    visits = planned_visits(protocol, today=today, **course)
    return [(visit.code, (visit.target - FIRST).days) for visit in visits if visit.kind == "tumour"]


def test_the_interval_changes_after_its_day() -> None:
    scans = assessments(read(), FIRST + timedelta(500))
    assert [day for _, day in scans] == [42, 84, 126, 168, 210, 252, 294, 336, 420, 504]
    assert [code for code, _ in scans][-3:] == ["TA08", "TA09", "TA10"]


@pytest.mark.parametrize(("on", "last"), [(294, 336), (335, 336), (336, 420), (337, 420), (420, 504)])
def test_the_next_one_is_always_planned(on: int, last: int) -> None:
    assert assessments(read(), FIRST + timedelta(on))[-1][1] == last


def test_a_step_within_an_interval_holds_from_the_last_one_before() -> None:
    later = load(TRIAL).model_copy(update={"visits": read().visits})
    visit = next(visit for visit in later.visits if isinstance(visit, TumourVisit))
    days = visit.model_copy(update={"then": (visit.then[0].model_copy(update={"after_days": 350}),)}).days()
    assert [next(days) for _ in range(11)] == [42, 84, 126, 168, 210, 252, 294, 336, 378, 462, 546]


def test_after_treatment_the_next_two_of_the_interval_then_are_planned() -> None:
    on = FIRST + timedelta(340)
    scans = assessments(read(), FIRST + timedelta(600), end_of_treatment=on, seen=on)
    assert [day for _, day in scans if day > 336] == [420, 504]


def test_assessments_are_counted_from_randomisation_where_the_file_says_so() -> None:
    visit = next(visit for visit in read().visits if isinstance(visit, TumourVisit))
    counted = visit.model_copy(update={"counted_from": "randomisation"})
    protocol = read().model_copy(update={"visits": (counted,)})
    assert assessments(protocol, FIRST) == []
    before = FIRST - timedelta(5)
    assert assessments(protocol, FIRST, randomisation=before) == [("TA01", 37)]
    untreated = assessments(protocol, FIRST, randomisation=before, first_dose=None, cycle_starts={})
    assert untreated == [("TA01", 37)]


def test_numbers_run_on_where_an_amendment_brings_the_steps() -> None:
    before = load(TRIAL)
    course: dict[str, Any] = dict.fromkeys(("consent_date", "end_of_treatment", "progression", "death"))
    course |= {"first_dose": FIRST, "cycle_starts": {}, "today": FIRST + timedelta(500)}
    visits = planned_under([(date.min, before), (FIRST + timedelta(200), read())], **course)
    scans = [(visit.code, (visit.target - FIRST).days) for visit in visits if visit.kind == "tumour"]
    assert scans[:5] == [("TA01", 56), ("TA02", 112), ("TA03", 168), ("TA04", 210), ("TA05", 252)]
    assert scans[-1] == ("TA09", 504)


PLAN = replace(
    load(TRIAL).analysis,
    assessment_interval_days=49,
    assessment_intervals_later=(LaterLongest(after_days=336, days=91),),
    missed_censors=True,
)


@pytest.mark.parametrize(
    ("last", "event", "counts"),
    [
        # two of 49 days and the window of 14
        (43, 43 + 112, True),
        (43, 43 + 113, False),
        # on day 295 the next one is due by the old interval, the one after it by the new one
        (295, 295 + 154, True),
        (295, 295 + 155, False),
        # from day 337 on both are by the new one
        (337, 337 + 196, True),
        (337, 337 + 197, False),
        # the one of week 48, taken ten days early
        (327, 327 + 196, True),
        (327, 327 + 197, False),
    ],
)
def test_two_missed_assessments_are_told_by_the_intervals_that_hold_then(last: int, event: int, counts: bool) -> None:
    pfs = outcome_of(f"{last} SD, {event} PD", PLAN).pfs
    assert pfs is not None
    assert (pfs.days, pfs.event) == ((event, True) if counts else (last, False))


def test_one_interval_stays_what_it_was() -> None:
    assert load(TRIAL).analysis.two_missed(0) == load(TRIAL).analysis.two_missed(5000) == 2 * 63 + 14


FAULTY = (
    (("every_days = 84", "every_days = 42"), "visits.TA.then.0.every_days", "every 42 days it is before already"),
    (("every_days = 84", "every_days = 840"), "visits.TA.then.0.every_days", "840 is taken for a slip"),
    (("after_days = 336, every", "after_days = 10, every"), "visits.TA.then.0.after_days", "10 is taken for a slip"),
    (
        ("every_days = 84 }]", "every_days = 84 }, { after_days = 200, every_days = 112 }]"),
        "visits.TA.then",
        "after_days must rise, not 336, 200",
    ),
    (
        ("after_days = 336, days", "after_days = 340, days"),
        "analysis.assessment_intervals_later",
        "change after days 336",
    ),
    (
        ("assessment_intervals_later = [{ after_days = 336, days = 91 }]\n", ""),
        "analysis.assessment_intervals_later",
        "name the longest planned time after each",
    ),
    (("days = 91 }", "days = 70 }"), "analysis.assessment_intervals_later", "70 is less than the 84 days"),
    (("every_days = 42", "every_days = 14"), "visits.TA", "the window overlaps"),
    ((STEP, f'{STEP}\ncounted_from = "randomisation"'), "visits.TA.counted_from", "this trial randomises nobody"),
    (("[analysis]", '[analysis]\norigin = "randomisation"'), "analysis.origin", "this trial randomises nobody"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "path", "words"), FAULTY, ids=[words for _, _, words in FAULTY])
def test_steps_that_cannot_be_meant_are_refused_by_line(change: tuple[str, str], path: str, words: str) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read(change)
    faults = [fault for fault in refusal.value.faults if words in fault.words and fault.path == path]
    assert faults, refusal.value
    assert all(fault.line for fault in faults)
