"""The synthetic trial as plain data, before anybody types it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import cache

import pytest

from demonstration.course import InventedCourse, simulate
from demonstration.design import CLOSE_OUT, slots
from demonstration.expected import outcome
from demonstration.management.commands.demo_trial import SEED
from demonstration.steps import Fill, MarkNotDone, Step
from demonstration.timetable import trial
from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.populations import estimate
from endpoints.arithmetic.rows import row_of
from protocol import current


@cache
def courses(seed: int = SEED, subjects: int = 88) -> tuple[InventedCourse, ...]:
    return tuple(simulate(seed, slot) for slot in slots(seed, subjects))


def outcomes(courses_of_trial: Iterable[InventedCourse], phase: str) -> list[SubjectOutcome]:
    return [outcome(course) for course in courses_of_trial if course.slot.level.phase == phase]


def figures(outcomes_of_trial: Iterable[SubjectOutcome], *, measurable: bool) -> dict:
    rows = [row_of(entry) for entry in outcomes_of_trial if entry.measurable.value or not measurable]
    return estimate(rows, current().analysis)


def in_months(figures: dict, endpoint: str) -> float:
    return float(figures["times"][endpoint]["median"]["months"][0])


def written(steps: Iterable[Step]) -> list[str]:
    """Every date that is typed, in a record or a row."""
    fills = [step for step in steps if isinstance(step, Fill)]
    records = [record for fill in fills for record in (fill.record, *fill.rows)]
    return [value for record in records for name, value in record.items() if value and name.endswith(("_date", "date"))]


def test_the_same_seed_gives_the_same_trial() -> None:
    assert list(trial(7, 20)) == list(trial(7, 20))


def test_another_seed_gives_another_trial() -> None:
    assert list(trial(7, 20)) != list(trial(8, 20))


def test_each_dose_level_has_its_subjects() -> None:
    counts = Counter(slot.level.cohort for slot in slots(SEED, 88))
    assert counts == {"P1-5D": 6, "P1-10D": 17, "P1-30W": 10, "P2-10D": 55}


def test_all_six_hospitals_take_part() -> None:
    assert len({slot.hospital.code for slot in slots(SEED, 88)}) == 6


def test_a_trial_for_load_keeps_the_shape() -> None:
    counts = Counter(slot.level.cohort for slot in slots(SEED, 8800))
    assert counts == {"P1-5D": 600, "P1-10D": 1700, "P1-30W": 1000, "P2-10D": 5500}


def test_phase_two_of_the_default_seed_comes_out_near_the_published_results() -> None:
    derived = outcomes(courses(), "II")
    response = figures(derived, measurable=True)["response"]["confirmed"]
    survival = figures(derived, measurable=False)
    assert response["n"] == 55
    assert abs(response["orr"]["x"] - 12) <= 1
    assert abs(response["cbr"]["x"] - 20) <= 2
    assert 5.0 <= in_months(survival, "pfs") <= 6.0
    assert 16.5 <= in_months(survival, "os") <= 19.5


def test_phase_one_of_the_default_seed_comes_out_near_the_published_results() -> None:
    derived = outcomes(courses(), "I")
    assert 0.36 <= figures(derived, measurable=True)["response"]["confirmed"]["orr"]["percent"] / 100 <= 0.52
    assert 6.9 <= in_months(figures(derived, measurable=False), "pfs") <= 8.8


def test_the_generator_itself_is_calibrated_and_not_the_seed_alone() -> None:
    derived = outcomes([course for seed in range(6) for course in courses(seed)], "II")
    response = figures(derived, measurable=True)["response"]["confirmed"]
    survival = figures(derived, measurable=False)
    assert 15 <= response["orr"]["percent"] <= 27
    assert 30 <= response["cbr"]["percent"] <= 44
    assert 5.0 <= in_months(survival, "pfs") <= 6.2
    assert 15.5 <= in_months(survival, "os") <= 21.0


def test_investigator_and_derivation_differ_now_and_then() -> None:
    judged = [result for course in courses() for result in outcome(course).assessments]
    differing = sum(result.investigator != result.derived for result in judged)
    assert 0.005 * len(judged) < differing < 0.08 * len(judged)


@pytest.mark.parametrize("subjects", [88, 400])
def test_nothing_lies_in_the_future(subjects: int) -> None:
    steps = list(trial(SEED, subjects))
    assert max(step.day for step in steps) < date(2013, 8, 1)
    assert max(written(steps)) <= "2013-12"
    assert min(written(steps)) >= "1920"


def test_nobody_is_assessed_after_progression_death_or_the_close_out() -> None:
    for course in courses():
        assert all(assessed.overall != "PD" for assessed in course.assessments[:-1])
        assert all(assessed.day < CLOSE_OUT for assessed in course.assessments)
        assert not course.death or all(
            assessed.day.isoformat() <= course.death + "-31" for assessed in course.assessments
        )


def test_diameters_have_one_decimal() -> None:
    sizes = [
        row["diameters_mm"]
        for step in trial(SEED, 88)
        if isinstance(step, Fill)
        for row in step.rows
        if "diameters_mm" in row
    ]
    assert all(len(size.partition(".")[2]) <= 1 for size in sizes)
    assert len(sizes) > 500


def test_a_trial_has_what_real_ones_have() -> None:
    steps = list(trial(SEED, 88))
    fills = [step for step in steps if isinstance(step, Fill)]
    ends = Counter(course.end_reason for course in courses())
    assert any(isinstance(step, MarkNotDone) for step in steps), "missed assessments"
    assert any(fill.again and fill.reason for fill in fills), "corrections with a reason"
    assert any(fill.code == "infusion" and not fill.complete for fill in fills), "unfinished drafts"
    assert any("DOSE DELAYED" in fill.record.values() for fill in fills), "delays"
    assert any("DOSE REDUCED" in fill.record.values() for fill in fills), "reductions"
    assert ends["WITHDRAWAL OF CONSENT"] and ends["ADVERSE EVENT"] and ends["DEATH"], "dropouts and deaths"
    assert any(len(course.death) == len("2009-05") for course in courses()), "a death whose day nobody knows"


def test_one_more_subject_changes_no_other() -> None:
    slot = slots(SEED, 88)[40]
    assert simulate(SEED, slot) == courses()[40]
