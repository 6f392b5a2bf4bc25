"""What the trial's own protocol file asks for on each day, cohort by cohort: a table to hold against the protocol."""

from datetime import date, timedelta

import pytest

from assessments.visits.not_asked import not_asked
from cohorts.models import Visit
from cohorts.schedule import planned_visits
from protocol import load
from tests.protocol.conftest import TRIAL

PROTOCOL = load(TRIAL)
FIRST = date(2008, 1, 14)
COHORTS = [cohort.code for cohort in PROTOCOL.cohorts]
LABORATORY = ("haematology", "chemistry")
# Paclitaxel is given on days 1, 8 and 15, trastuzumab on day 22 too; a blood count goes before each paclitaxel.
CYCLE = {
    "D1": ("infusion", "vital_signs", *LABORATORY),
    "D8": ("infusion", "haematology"),
    "D15": ("infusion", "haematology"),
    "D22": ("infusion",),
}
DRUGS = {
    "D1": {"paclitaxel", "trastuzumab"},
    "D8": {"paclitaxel", "trastuzumab"},
    "D15": {"paclitaxel", "trastuzumab"},
    "D22": {"trastuzumab"},
}


def day(number: int) -> date:
    return FIRST + timedelta(number - 1)


def planned(cohort: str, today: date, **dates: date | None) -> dict[str, tuple[date, tuple[str, ...]]]:
    """(target, forms) by code of visit, for a subject of the cohort who keeps to the days."""
    none = dict.fromkeys(["end_of_treatment", "progression", "death"])
    visits = planned_visits(
        PROTOCOL,
        consent_date=FIRST - timedelta(7),
        first_dose=FIRST,
        today=today,
        cycle_starts={},
        dlt_evaluated=PROTOCOL.cohort(cohort).dlt_evaluated,
        **none | dates,
    )
    return {visit.code: (visit.target, visit.forms) for visit in visits}


@pytest.mark.parametrize("cohort", COHORTS)
def test_each_cycle_asks_for_its_days_and_for_nothing_between(cohort: str) -> None:
    plan = planned(cohort, day(28 * 7))
    for cycle in range(1, 8):
        for code, forms in CYCLE.items():
            heart = ("lvef",) if code == "D1" and cycle in (4, 7) else ()
            expected = day(28 * (cycle - 1) + int(code[1:]))
            assert plan[f"C{cycle}{code}"] == (expected, (*forms, *heart)), (cohort, cycle, code)
    in_cycles = {code for code in plan if code[0] == "C"} - {"C1DLT"}
    assert {"D" + code.partition("D")[2] for code in in_cycles} == set(CYCLE)


@pytest.mark.parametrize("cohort", COHORTS)
def test_toxicity_is_evaluated_once_after_cycle_1_in_phase_one_alone(cohort: str) -> None:
    plan = planned(cohort, day(200))
    evaluated = {code: visit for code, visit in plan.items() if "dlt_evaluation" in visit[1]}
    phase_one = PROTOCOL.cohort(cohort).phase == "I"
    assert evaluated == ({"C1DLT": (day(29), ("dlt_evaluation",))} if phase_one else {})


@pytest.mark.parametrize("cohort", COHORTS)
def test_only_the_drugs_of_the_day_are_asked_for_in_either_regimen(cohort: str) -> None:
    for cycle in (1, 2, 5):
        for code, drugs in DRUGS.items():
            spared = not_asked("infusion", Visit(code=f"C{cycle}{code}", kind="cycle", cycle=cycle))
            assert {item.split("_")[0] for item in spared} == {"paclitaxel", "trastuzumab"} - drugs


@pytest.mark.parametrize("cohort", COHORTS)
def test_from_screening_to_death_every_form_has_its_place(cohort: str) -> None:
    dates = {"end_of_treatment": day(113), "progression": day(113), "death": day(390)}
    plan = planned(cohort, day(500), **dates)
    outside = {code: visit for code, visit in plan.items() if code[0] != "C"}
    entry = ("consent", "demography", "history", "medical_history", "tumour_baseline", "eligibility")
    examined = ("vital_signs", "ecg", "lvef", "pregnancy_test", *LABORATORY)
    assert sorted(outside.pop("SCR")[1]) == sorted((*entry, *examined))
    assert outside.pop("EOT") == (day(113), ("end_of_treatment", *examined))
    # Every eight weeks to progression, which the second assessment found; every three months from the end to death.
    assert {code: visit[1] for code, visit in outside.items()} == {
        "TA01": ("tumour",),
        **{f"FU{number:02d}": ("follow_up",) for number in (1, 2, 3)},
    }
    assert max(target for target, forms in plan.values() if "infusion" in forms) <= day(113)


def test_who_goes_on_without_progression_is_scanned_every_eight_weeks_whatever_the_regimen() -> None:
    for cohort in COHORTS:
        plan = planned(cohort, day(340))
        scans = [target for target, forms in plan.values() if forms == ("tumour",)]
        assert scans == [day(1 + 56 * number) for number in range(1, 8)]


def test_every_form_of_the_protocol_has_a_visit_or_is_a_log() -> None:
    plan = planned("P1-30W", day(500), end_of_treatment=day(200)) | planned("P1-30W", day(200))
    at_visits = {code for _, forms in plan.values() for code in forms}
    assert at_visits | set(PROTOCOL.log_forms) == PROTOCOL.forms()
    assert not at_visits & set(PROTOCOL.log_forms)
