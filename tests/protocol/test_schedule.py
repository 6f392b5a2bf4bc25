from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.schedule import planned_visits, visit_state, window_status
from protocol import load
from protocol.visits import AtCycles
from tests.protocol.conftest import FOLDER, TRIAL

PROTOCOL = load(TRIAL)
CONSENT = date(2008, 1, 7)
FIRST = date(2008, 1, 14)
EXAMINED_LAST = ("end_of_treatment", "vital_signs", "ecg", "lvef", "pregnancy_test", "haematology", "chemistry")


TREATED_ONLY = PROTOCOL.model_copy(
    update={
        "visits": tuple(
            visit.model_copy(update={"until": "end_of_treatment"}) if visit.kind == "tumour" else visit
            for visit in PROTOCOL.visits
        )
    }
)


def plan(protocol=PROTOCOL, today=FIRST, **dates):
    given_dates = {
        "consent_date": CONSENT,
        "first_dose": FIRST,
        "cycle_starts": {1: FIRST},
        "end_of_treatment": None,
        "progression": None,
        "death": None,
    }
    return planned_visits(protocol, today=today, **{**given_dates, **dates})


def by_code(visits):
    return {visit.code: visit for visit in visits}


def day(number):
    """The date of a day of treatment, day 1 being the first dose."""
    return FIRST + timedelta(number - 1)


def test_before_the_first_dose_there_is_only_screening():
    (screening,) = plan(first_dose=None, cycle_starts={})
    assert (screening.code, screening.target, screening.window_to) == ("SCR", CONSENT, CONSENT + timedelta(28))
    assert screening.forms[0] == "consent" and screening.forms[-1] == "eligibility"


def test_before_consent_screening_is_due_now():
    (screening,) = plan(consent_date=None, first_dose=None, cycle_starts={})
    assert visit_state(screening, None, FIRST) == "due"


def test_screening_ends_with_the_first_dose():
    assert by_code(plan())["SCR"].window_to == FIRST


@pytest.mark.parametrize(("days_before", "begins_before"), [(27, 27), (28, 28), (29, 28), (60, 28)])
def test_a_baseline_is_at_most_28_days_before_the_first_dose(days_before, begins_before):
    screening = by_code(plan(consent_date=FIRST - timedelta(days_before)))["SCR"]
    assert screening.window_from == FIRST - timedelta(begins_before)


def test_a_consent_after_the_first_dose_still_gives_a_window():
    screening = by_code(plan(consent_date=FIRST + timedelta(5)))["SCR"]
    assert screening.window_from == screening.window_to == FIRST


def test_the_first_dose_plans_two_cycles_and_one_tumour_assessment():
    assert [visit.code for visit in plan()] == [
        *("SCR", "C1D1", "C1D8", "C1D15", "C1D22", "C2D1", "C2D8", "C2D15", "C2D22", "TA01")
    ]


def test_two_cycles_are_planned_for_a_first_dose_yet_to_come():
    visits = by_code(plan(today=FIRST - timedelta(14), cycle_starts={}))
    assert visits["C2D22"].target == day(50)
    assert "C3D1" not in visits


def test_cycle_days_are_counted_from_day_1():
    visits = by_code(plan())
    assert [visits[f"C1D{number}"].target for number in (1, 8, 15, 22)] == [day(1), day(8), day(15), day(22)]
    assert visits["C2D1"].target == day(29)
    assert (visits["C2D8"].cycle, visits["C2D8"].day, visits["C2D8"].label) == (2, 8, "Cycle 2, day 8")
    assert visits["C1D1"].forms == ("infusion", "vital_signs", "haematology", "chemistry")


def test_a_delayed_cycle_shifts_what_follows_and_keeps_its_own_target():
    visits = by_code(plan(today=day(50), cycle_starts={1: day(1), 2: day(36)}))
    assert visits["C2D1"].target == day(29)
    assert visits["C2D8"].target == day(43)
    assert visits["C3D1"].target == day(64)


def test_a_cycle_without_a_recorded_start_is_counted_from_the_plan():
    assert by_code(plan(today=day(80)))["C3D8"].target == day(64)


def test_a_delayed_cycle_leaves_tumour_assessments_where_they_are():
    late = by_code(plan(today=day(50), cycle_starts={1: day(1), 2: day(43)}))
    assert late["TA01"].target == by_code(plan(today=day(50)))["TA01"].target == day(57)


@pytest.mark.parametrize(("today", "planned"), [(28, False), (29, True)])
def test_the_plan_reaches_one_cycle_past_today(today, planned):
    assert ("C3D1" in by_code(plan(today=day(today)))) is planned


def test_a_cycle_that_began_early_is_in_the_plan_with_all_its_days():
    visits = by_code(plan(today=day(1), cycle_starts={1: day(1), 2: day(29), 3: day(57)}))
    assert visits["C3D22"].target == day(78)


def test_tumour_assessments_come_every_eight_weeks_with_a_week_either_way():
    visits = by_code(plan(today=day(120)))
    assert [visits[f"TA0{number}"].target for number in (1, 2, 3)] == [day(57), day(113), day(169)]
    assert (visits["TA02"].window_from, visits["TA02"].window_to) == (day(106), day(120))
    assert visits["TA01"].forms == ("tumour",)


@pytest.mark.parametrize("event", ["progression", "death", "withdrawal"])
@pytest.mark.parametrize(("on", "last"), [(106, "TA01"), (113, "TA01"), (120, "TA01"), (121, "TA02"), (177, "TA03")])
def test_after_progression_death_or_withdrawal_only_what_was_missed_before_is_asked_for(event, on, last):
    visits = plan(today=day(400), **{event: day(on)})
    assert [visit.code for visit in visits if visit.kind == "tumour"][-1] == last


@pytest.mark.parametrize(("ended", "last"), [(120, "TA01"), (121, "TA02")])
def test_a_protocol_may_end_tumour_assessments_with_treatment(ended, last):
    visits = plan(TREATED_ONLY, today=day(400), end_of_treatment=day(ended))
    assert [visit.code for visit in visits if visit.kind == "tumour"][-1] == last


@pytest.mark.parametrize(
    ("seen", "planned"),
    [(112, "TA01 TA02 TA03"), (113, "TA01 TA02 TA03 TA04"), (120, "TA01 TA02 TA03 TA04"), (121, "TA01 TA03 TA04")],
)
def test_after_treatment_without_progression_the_next_two_are_planned_and_none_that_was_passed(seen, planned):
    visits = plan(today=day(300), end_of_treatment=day(100), seen=day(seen))
    assert [visit.code for visit in visits if visit.kind == "tumour"] == planned.split()


@pytest.mark.parametrize(("end", "planned"), [(35, False), (36, True)])
def test_dosing_visits_stop_at_the_end_of_treatment(end, planned):
    visits = by_code(plan(today=day(100), end_of_treatment=day(end)))
    assert ("C2D8" in visits) is planned
    assert "C3D1" not in visits


@pytest.mark.parametrize(("cycle", "is_due"), [(1, False), (3, False), (4, True), (5, False), (6, False), (7, True)])
def test_a_form_of_some_cycles_is_asked_for_at_its_first_and_every_so_many_after(cycle, is_due):
    starts = {number: day(1 + 28 * (number - 1)) for number in range(1, 8)}
    visits = by_code(plan(today=day(180), cycle_starts=starts))
    assert ("lvef" in visits[f"C{cycle}D1"].forms) is is_due


@pytest.mark.parametrize(("cycle", "held"), [(1, True), (2, False), (3, False)])
def test_a_day_of_the_first_cycle_alone_is_planned_in_no_other(cycle, held):
    once = AtCycles(forms=("haematology",), first=1)
    days = {"D8": {"forms": (), "at_cycles": (once,)}, "D15": {"at_cycles": (once.model_copy(update={"first": 2}),)}}
    protocol = PROTOCOL.model_copy(
        update={"visits": tuple(visit.model_copy(update=days.get(visit.code, {})) for visit in PROTOCOL.visits)}
    )
    visits = by_code(plan(protocol, today=day(100), cycle_starts={1: day(1), 2: day(29), 3: day(57)}))
    assert (f"C{cycle}D8" in visits) is held
    assert visits[f"C{cycle}D15"].forms.count("haematology") == (2 if cycle == 2 else 1)


def test_the_end_of_treatment_visit_comes_when_treatment_ends():
    assert "EOT" not in by_code(plan(today=day(100)))
    visit = by_code(plan(today=day(100), end_of_treatment=day(90), progression=day(85)))["EOT"]
    assert (visit.window_from, visit.window_to, visit.forms) == (day(90), day(118), EXAMINED_LAST)


@pytest.mark.parametrize("event", ["progression", "death"])
def test_progression_or_death_calls_for_the_end_of_treatment_visit(event):
    assert by_code(plan(today=day(100), **{event: day(85)}))["EOT"].target == day(85)


def test_no_end_of_treatment_without_treatment():
    visits = plan(first_dose=None, cycle_starts={}, death=day(3))
    assert [visit.code for visit in visits] == ["SCR"]


def test_follow_up_comes_every_three_months_until_death():
    end, death = date(2008, 8, 31), date(2009, 5, 31)
    visits = by_code(plan(today=date(2010, 1, 1), end_of_treatment=end, death=death))
    targets = [visit.target for visit in visits.values() if visit.kind == "follow_up"]
    assert targets == [date(2008, 11, 30), date(2009, 2, 28), date(2009, 5, 31)]
    assert visits["FU01"].window_from == date(2008, 11, 16)


def test_a_follow_up_after_death_is_not_planned():
    visits = by_code(plan(today=date(2010, 1, 1), end_of_treatment=date(2008, 8, 31), death=date(2009, 5, 30)))
    assert "FU02" in visits and "FU03" not in visits


def test_the_first_follow_up_is_planned_at_the_end_of_treatment():
    assert "FU01" in by_code(plan(today=day(100), end_of_treatment=day(100)))


def test_a_trial_that_does_not_enforce_visits_plans_none():
    other = load(FOLDER / "pharmaverse.toml")
    dates = dict.fromkeys(["consent_date", "end_of_treatment", "progression", "death"])
    assert planned_visits(other, first_dose=FIRST, today=FIRST, cycle_starts={}, **dates) == []


@pytest.mark.parametrize(
    ("actual", "words", "days"),
    [
        (5, "1 day early", -1),
        (4, "2 days early", -2),
        (6, "within the window", 0),
        (8, "within the window", 0),
        (10, "within the window", 0),
        (11, "1 day late", 1),
        (13, "3 days late", 3),
    ],
)
def test_a_visit_outside_its_window_is_so_many_days_off(actual, words, days):
    status = window_status(by_code(plan())["C1D8"], day(actual))
    assert (str(status), status.days, status.within) == (words, days, days == 0)


@pytest.mark.parametrize(("today", "state"), [(5, "planned"), (6, "due"), (10, "due"), (11, "overdue")])
def test_a_visit_becomes_due_and_overdue(today, state):
    assert visit_state(by_code(plan())["C1D8"], None, day(today)) == state


def test_a_visit_that_took_place_is_done():
    assert visit_state(by_code(plan())["C1D8"], day(30), day(40)) == "done"


offsets = st.integers(min_value=0, max_value=800)
maybe = st.none() | offsets


@settings(deadline=None)
@given(today=offsets, end=maybe, progression=maybe, death=maybe, delays=st.lists(st.integers(0, 60), max_size=6))
def test_a_plan_is_in_order_with_each_visit_once_and_its_target_in_its_window(today, end, progression, death, delays):
    starts, begin = {1: FIRST}, FIRST
    for cycle, delay in enumerate(delays, start=2):
        begin += timedelta(28 + delay)
        starts[cycle] = begin
    dates = {"end_of_treatment": end, "progression": progression, "death": death}
    known = {name: None if offset is None else FIRST + timedelta(offset) for name, offset in dates.items()}
    visits = plan(today=FIRST + timedelta(today), cycle_starts=starts, **known)
    assert [visit.target for visit in visits] == sorted(visit.target for visit in visits)
    assert len(by_code(visits)) == len(visits)
    assert all(visit.window_from <= visit.target <= visit.window_to for visit in visits)


@settings(deadline=None)
@given(today=offsets, later=offsets)
def test_a_plan_only_grows_as_time_passes(today, later):
    earlier_codes = by_code(plan(today=day(today + 1)))
    assert earlier_codes.items() <= by_code(plan(today=day(today + later + 1))).items()


@pytest.mark.parametrize("day_of_window", [29, 36])
def test_the_evaluation_of_toxicity_is_due_for_a_week_once_cycle_1_is_over(day_of_window):
    visit = by_code(plan(dlt_evaluated=True))["C1DLT"]
    assert (visit.target, visit.forms, visit.cycle) == (day(29), ("dlt_evaluation",), 1)
    assert visit_state(visit, None, day(28)) == "planned"
    assert visit_state(visit, None, day(day_of_window)) == "due"
    assert visit_state(visit, None, day(37)) == "overdue"


def test_only_subjects_of_an_evaluated_cohort_who_were_treated_are_evaluated():
    assert "C1DLT" not in by_code(plan())
    assert "C1DLT" not in by_code(plan(dlt_evaluated=True, first_dose=None, cycle_starts={}))
    assert "C1DLT" not in by_code(plan(dlt_evaluated=True, withdrawal=day(9)))


def test_who_stops_or_dies_within_cycle_1_is_evaluated_all_the_same():
    assert "C1DLT" in by_code(plan(dlt_evaluated=True, end_of_treatment=day(9), death=day(12)))


@pytest.mark.parametrize(("refused", "visits"), [(False, 4), (True, 0)])
def test_who_does_not_agree_is_not_planned_to_be_asked_about_survival(refused, visits):
    ended = day(100)
    planned = plan(today=day(400), end_of_treatment=ended, follow_up_refused=refused)
    assert len([visit for visit in planned if visit.kind == "follow_up"]) == visits
