"""The rest of the synthetic casebook as plain data: does what is typed in one form agree with the others?"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from assessments.checks.screening import LABORATORY
from demonstration.casebook import casebook
from demonstration.course import InventedCourse, own_chance, simulate
from demonstration.design import HOSPITALS, Hospital, slots
from demonstration.dosing import everolimus, infusions
from demonstration.management.commands.demo_trial import SEED
from demonstration.reference import LISTS, in_unit, line_of
from demonstration.screening import screening
from demonstration.steps import Decide, Fill, MarkNotDone, OpenLevel, Withdraw
from demonstration.tablets import hand_outs
from demonstration.timetable import trial
from demonstration.toxicity import InventedEvent, changes, events
from laboratory.analytes import ANALYTES
from protocol import current


@cache
def courses() -> tuple[InventedCourse, ...]:
    return tuple(simulate(SEED, slot) for slot in slots(SEED, 88))


def harm(course: InventedCourse) -> list[InventedEvent]:
    given, taken = infusions(course, SEED), everolimus(course, SEED)
    return events(course, own_chance(SEED, course.slot, "harm"), given, taken)


@cache
def typed() -> dict[int, list[Fill]]:
    """By subject, what is typed of the rest of the casebook, the later saves included."""
    return {
        course.slot.number: [step for step in casebook(course, SEED) if isinstance(step, Fill)] for course in courses()
    }


def fills(code: str) -> Iterator[Fill]:
    return (fill for of_subject in typed().values() for fill in of_subject if fill.code == code)


def worst(kind: str, phase: str) -> Counter:
    grades = [
        max((event.grade for event in harm(course) if event.kind == kind), default=0)
        for course in courses()
        if course.slot.level.phase == phase
    ]
    return Counter(grades)


def test_neutropenia_of_phase_two_comes_out_near_the_published_rates() -> None:
    subjects = worst("neutropenia", "II")
    assert 11 <= subjects[3] <= 17
    assert 1 <= subjects[4] <= 4


def test_each_level_of_phase_one_has_few_dose_limiting_toxicities() -> None:
    subjects = Counter(
        (course.slot.level.cohort, any(event.limiting for event in harm(course)))
        for course in courses()
        if course.slot.level.phase == "I"
    )
    assert subjects["P1-5D", True] <= 1
    assert 1 <= sum(count for (_, limiting), count in subjects.items() if limiting) <= 5
    assert not any(event.limiting for course in courses() for event in harm(course) if course.slot.level.phase == "II")


def test_the_verdict_on_cycle_one_follows_from_the_events_and_the_tablets() -> None:
    rule = current().dlt
    assert rule is not None
    evaluations = list(fills("dlt_evaluation"))
    assert len(evaluations) == 33
    for fill in evaluations:
        record = fill.record
        limited = any(event.limiting for event in harm(courses()[fill.slot.number - 1]))
        whole = record["cycle_completed"] == "Y" and Decimal(record["everolimus_percent"]) >= rule.min_dose_percent
        assert record["dose_limiting_toxicity"] == ("Y" if limited else "N")
        assert record["evaluable"] == ("Y" if limited or whole else "N")


def test_an_event_stands_behind_nearly_every_dose_that_was_changed_for_one() -> None:
    """Not behind those that would have to begin before the first dose."""
    behind, all_of_them = 0, 0
    for course in courses():
        harms = harm(course)
        for change in changes(course, infusions(course, SEED), everolimus(course, SEED)):
            all_of_them += 1
            behind += any(change.drug in event.actions and event.start <= change.day for event in harms)
    assert all_of_them > 150
    assert behind > 0.95 * all_of_them


def test_an_action_that_an_event_names_is_on_a_dosing_form_from_its_start_on() -> None:
    for course in courses():
        made = changes(course, infusions(course, SEED), everolimus(course, SEED))
        for event in harm(course):
            for drug, action in event.actions.items():
                days = [change.day for change in made if (change.drug, change.action) == (drug, action)]
                assert any(day >= event.start for day in days), (course.slot.number, event)


def test_what_mattered_in_a_sample_after_screening_is_an_adverse_event() -> None:
    for code in ("haematology", "chemistry"):
        for fill in fills(code):
            day = date.fromisoformat(fill.record["sample_date"])
            lasting = [event for event in harm(courses()[fill.slot.number - 1]) if event.lasts_on(day)]
            mattered = [row["analyte"] for row in fill.rows if row.get("clinically_significant") == "Y"]
            assert not mattered or any(event.of.analyte for event in lasting), (fill.slot.number, day, mattered)


def test_samples_are_reported_in_si_and_in_conventional_units() -> None:
    units = {row["unit"] for fill in fills("chemistry") for row in fill.rows if row["analyte"] == "GLUC"}
    assert units == {"mmol/L", "mg/dL"}


@pytest.mark.parametrize("hospital", HOSPITALS, ids=lambda hospital: hospital.code)
def test_each_hospital_has_one_line_for_each_analyte_sex_and_day(hospital: Hospital) -> None:
    for on in (date(2007, 1, 15), date(2008, 12, 31), date(2009, 1, 1), date(2013, 6, 1)):
        for analyte, known in ANALYTES.items():
            for sex in ("F", "M"):
                lines = [
                    line
                    for line in LISTS[hospital.code]
                    if line.analyte == analyte
                    and line.sex in ("", sex)
                    and line.valid_from <= on
                    and (line.valid_to is None or on <= line.valid_to)
                ]
                assert len(lines) == 1, (analyte, sex, on)
                assert lines[0].unit in [unit.code for unit in known.units]


def test_eligibility_says_what_the_screening_sample_says() -> None:
    for course in courses():
        record = screening(course, SEED)["eligibility"][0]
        for code in ("haematology", "chemistry"):
            rows = next(fill.rows for fill in typed()[course.slot.number] if fill.code == code and fill.visit == "SCR")
            sample = {row["analyte"]: row for row in rows}
            for item, (analyte, unit) in LABORATORY.items():
                if analyte in sample:
                    row = sample[analyte]
                    # A slip at the keyboard is corrected later.
                    if len(row["value"]) < 4 or analyte != "PLAT":
                        assert f"{in_unit(analyte, Decimal(row['value']), row['unit'], unit):f}" == record[item]


def test_upper_limits_of_eligibility_are_those_of_the_hospital() -> None:
    for course in courses():
        line = line_of(course.slot.hospital, "CREAT", course.baseline_day)
        record = screening(course, SEED)["eligibility"][0]
        assert line.high is not None
        assert record["creatinine_uln"] == f"{in_unit('CREAT', line.high, line.unit, 'umol/L'):f}"


def test_no_more_tablets_come_back_than_were_dispensed_and_most_are_taken() -> None:
    for course in courses():
        chance = own_chance(SEED, course.slot, "tablets")
        for hand_out in hand_outs(course, chance, infusions(course, SEED), everolimus(course, SEED)):
            assert hand_out.returned >= 0 and hand_out.lost >= 0
            assert hand_out.returned + hand_out.lost <= hand_out.dispensed
            assert hand_out.on <= hand_out.returned_on <= course.end


def test_each_new_therapy_that_a_follow_up_tells_of_has_its_form() -> None:
    listed = Counter(
        (fill.slot.number, fill.record["name"], fill.record["start_date"]) for fill in fills("new_therapy")
    )
    contacts = Counter(
        (course.slot.number, contact.therapy, contact.therapy_started)
        for course in courses()
        for contact in course.contacts
        if contact.therapy
    )
    assert listed == contacts


def test_entries_of_a_log_are_numbered_in_the_order_of_typing() -> None:
    for of_subject in typed().values():
        for code in ("adverse_event", "medication", "deviation", "new_therapy"):
            first = [fill for fill in of_subject if fill.code == code and not fill.again]
            assert [fill.entry for fill in first] == list(range(1, len(first) + 1))
            assert [fill.day for fill in first] == sorted(fill.day for fill in first)


def test_nothing_is_typed_of_somebody_before_consent_and_no_examination_after_death() -> None:
    for course in courses():
        for step in casebook(course, SEED):
            assert step.day >= course.slot.consent
            if isinstance(step, Fill) and step.code != "new_therapy" and course.death and not step.again:
                assert step.day.isoformat()[: len(course.death)] <= course.death


def test_who_died_on_treatment_or_withdrew_was_not_examined_at_the_end() -> None:
    for course in courses():
        at_end = [step for step in casebook(course, SEED) if getattr(step, "visit", "") == "EOT"]
        if course.end_reason == "DEATH":
            assert at_end and all(isinstance(step, MarkNotDone) for step in at_end)
        if course.end_reason == "WITHDRAWAL OF CONSENT":
            assert not at_end


def test_every_state_of_a_form_is_there() -> None:
    steps = list(trial(SEED, 88))
    assert any(isinstance(step, MarkNotDone) and step.code == "haematology" for step in steps)
    assert any(isinstance(step, Fill) and step.code == "haematology" and not step.complete for step in steps)
    assert any(isinstance(step, Fill) and step.code == "vital_signs" and step.again for step in steps)
    infused = {(step.slot.number, step.visit) for step in steps if isinstance(step, Fill) and step.code == "infusion"}
    drawn = {(step.slot.number, step.visit) for step in steps if getattr(step, "code", "") == "haematology"}
    assert 5 < len({place for place in infused if not (place[1] or "").endswith("D22")} - drawn) < 100, "forgotten ones"


def test_a_few_entries_were_made_twice_and_are_withdrawn_with_a_reason() -> None:
    withdrawn = [step for course in courses() for step in casebook(course, SEED) if isinstance(step, Withdraw)]
    assert 8 <= len(withdrawn) <= 25
    assert {step.code for step in withdrawn} == {"adverse_event", "medication"}
    for step in withdrawn:
        entries = [fill for fill in typed()[step.slot.number] if fill.code == step.code and not fill.again]
        second = entries[step.entry - 1]
        twins = [fill for fill in entries if fill.record == second.record and fill.entry < step.entry]
        assert twins and twins[0].day <= second.day < step.day and step.why
        again = [fill for fill in typed()[step.slot.number] if fill.again and fill.code == step.code]
        assert step.entry not in [fill.entry for fill in again]


def test_what_the_machine_cannot_tell_is_printed_as_a_limit() -> None:
    limits = Counter(
        row["value"][0]
        for code in ("haematology", "chemistry")
        for fill in fills(code)
        for row in fill.rows
        if not row["value"][0].isdigit()
    )
    assert set(limits) == {"<", ">"}
    assert 10 <= limits["<"] <= 60
    # Of screening the eligibility form tells numbers.
    assert not any(row["value"][0] in "<>" for fill in fills("chemistry") if fill.visit == "SCR" for row in fill.rows)


def test_a_trial_for_load_has_none_of_it() -> None:
    steps = list(trial(7, 20, light=True))
    assert {step.code for step in steps if isinstance(step, Fill)} == {
        "consent",
        "demography",
        "eligibility",
        "history",
        "tumour_baseline",
        "infusion",
        "tumour",
        "end_of_treatment",
        "follow_up",
        "death",
    }
    assert not any(isinstance(step, Decide | Withdraw) for step in steps)


def test_the_committee_decides_on_the_second_level_and_on_the_weekly_one() -> None:
    steps = list(trial(SEED, 88))
    assert [step.cohort for step in steps if isinstance(step, Decide)] == ["P1-10D", "P1-30W"]
    assert [step.cohort for step in steps if isinstance(step, OpenLevel)] == ["P1-5D", "P2-10D"]


def test_the_same_seed_gives_the_same_casebook() -> None:
    course = courses()[12]
    assert list(casebook(course, SEED)) == list(casebook(course, SEED))
