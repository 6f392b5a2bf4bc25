"""Compliance with everolimus: tablets against the planned doses of the days that they were for."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from assessments.arithmetic.compliance import Dosing, HandOut, overall, periods
from tests.assessments.posting import posted
from tests.examples import EXAMPLES
from values.shown import share

START = date(2008, 1, 7)


def day(number: int) -> date:
    """Day 1 is the hand-out."""
    return START + timedelta(number - 1)


END = day(29)


def out(returned: int, *, strength: str = "10", dispensed: int = 30, lost: int = 0, back: date | None = END) -> HandOut:
    return HandOut(START, back, Decimal(strength), dispensed, returned, lost)


def plan(dose: str, *, start: date = START, end: date | None = None, every: int = 1) -> Dosing:
    return Dosing(start, end, Decimal(dose), every)


CASES = {
    "all taken": ([out(2)], [plan("10")], "280", "280", "100.0"),
    "one tablet too many": ([out(1)], [plan("10")], "290", "280", "103.6"),
    "a fourth left": ([out(9)], [plan("10")], "210", "280", "75.0"),
    "lost tablets were not taken": ([out(2, lost=7)], [plan("10")], "210", "280", "75.0"),
    "every other day from day 1": ([out(16)], [plan("10", every=2)], "140", "140", "100.0"),
    "weekly on days 1, 8, 15, 22": ([out(18)], [plan("30", every=7)], "120", "120", "100.0"),
    "a reduction on day 15": ([out(9)], [plan("10", end=day(14)), plan("5", start=day(15))], "210", "210", "100.0"),
    "interrupted for a week": (
        [out(9)],
        [plan("10", end=day(7)), plan("0", start=day(8), end=day(14)), plan("10", start=day(15))],
        *("210", "210", "100.0"),
    ),
    "two strengths for one dose": ([out(2, strength="5"), out(2, strength="5")], [plan("10")], "280", "280", "100.0"),
    "dosing began before the hand-out, its days counted from its start": (
        [out(16)],
        [plan("10", start=day(0), every=2)],
        *("140", "140", "100.0"),
    ),
    "nothing to be taken": ([out(30)], [plan("0")], "0", "0", None),
    "stopped before": ([out(30)], [plan("10", start=day(-20), end=day(0))], "0", "0", None),
}


@pytest.mark.parametrize(("hand_outs", "dosing", "taken", "planned", "percent"), CASES.values(), ids=CASES)
def test_what_was_taken_is_held_against_the_plan(hand_outs, dosing, taken, planned, percent):
    (period,) = periods(hand_outs, dosing)
    assert (period.taken_mg, period.planned_mg) == (Decimal(taken), Decimal(planned))
    assert (None if period.percent is None else share(period.percent)) == percent


def test_a_hand_out_counts_once_all_of_its_tablets_came_back():
    assert periods([out(2), out(0, strength="5", back=None)], [plan("10")]) == []
    assert overall([]) is None


def test_periods_add_up():
    second = HandOut(day(29), day(57), Decimal(10), 30, 16)
    both = periods([second, out(2)], [plan("10")])
    assert [period.percent for period in both] == [Decimal("100.0"), Decimal("50.0")]
    together = overall(both)
    assert together is not None
    assert (together.start, together.end, together.percent) == (START, day(57), Decimal("75.0"))


@pytest.mark.django_db
def test_the_page_shows_it_to_who_types_and_who_reads(trial, desk, sign_in):
    subject = trial.treated_subject("P1-10D")
    interval = {"start_date": "2008-01-07", "dose_mg": "10", "frequency": "QD"}
    trial.fill(subject, "everolimus", {"any_taken": "Y"}, [interval])
    desk.post(f"/subjects/{subject.pk}/forms/dispensing/", posted(*EXAMPLES["dispensing"]))
    form = subject.forms.get(code="dispensing")
    for person in (trial.coordinator, trial.monitor):
        page = sign_in(person).get(f"/forms/{form.pk}/")
        assert page.context["compliance"]["drugs"][0]["overall"].percent == Decimal("100.0")
        assert "280 mg" in page.content.decode()
