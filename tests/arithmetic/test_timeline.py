"""Every date of a subject on its day: in which bounds a partial one is held, and what a data cut leaves."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from endpoints.arithmetic.dates import DatedAssessment, is_full, placed, resolve, timeline
from endpoints.arithmetic.records import Assessment, Contact, Dated, SubjectRecords
from protocol.schema import AnalysisPlan
from tests.arithmetic.build import DERIVED, START, scan, subject

LAST = AnalysisPlan(partial_day="last", response_source="derived")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("floor", "ceilings", "taken"),
    [
        (None, (), "2008-05-15"),
        ("2008-05-20", (), "2008-05-20"),
        ("2008-05-10", (), "2008-05-15"),
        # a bound of another month says nothing of a day in May
        ("2008-05-31", (), "2008-05-31"),
        ("2008-06-01", (), "2008-05-15"),
        (None, ("2008-05-10",), "2008-05-10"),
        (None, ("2008-05-01",), "2008-05-01"),
        (None, ("2008-04-30",), "2008-05-15"),
        (None, (None, "2008-05-20", "2008-05-12"), "2008-05-12"),
        # the later bound wins over the earlier
        ("2008-05-20", ("2008-05-12",), "2008-05-12"),
    ],
)
def test_a_day_of_may_is_held_between_its_bounds(floor: str | None, ceilings: tuple, taken: str) -> None:
    bounds = tuple(day(text) if text else None for text in ceilings)
    assert resolve("2008-05", DERIVED, floor=day(floor) if floor else None, ceilings=bounds) == day(taken)


def test_a_date_is_full_where_it_has_a_day() -> None:
    assert is_full("2008-05-12") and is_full("2008-05-12T10:00") and not is_full("2008-05") and not is_full("2008")


def test_the_days_of_an_assessment() -> None:
    record = Assessment(
        "scan",
        "2008-05-12",
        finding_date="2008-05-09",
        last_procedure="2008-05-14",
        target_date="2008-05-10",
        non_target_date="2008-05-11",
        first_seen="2008-03-01",
    )
    assert placed(record, DERIVED) == DatedAssessment(
        record=record,
        day=day("2008-05-14"),
        finding=day("2008-05-09"),
        target=day("2008-05-10"),
        non_target=day("2008-05-11"),
        first_seen=day("2008-03-01"),
    )
    plain = Assessment("scan", "2008-05-12")
    on_the_day = dict.fromkeys(("day", "finding", "target", "non_target"), day("2008-05-12"))
    assert placed(plain, DERIVED) == DatedAssessment(record=plain, **on_the_day)
    # without a date of its own the target lesions are as old as the finding
    assert placed(replace(plain, finding_date="2008-05-02"), DERIVED).target == day("2008-05-02")
    assert placed(replace(plain, finding_date="2008-05-02"), DERIVED).non_target == day("2008-05-12")


@pytest.mark.parametrize("where", ["finding_date", "target_date", "non_target_date"])
def test_no_finding_is_later_than_the_last_procedure(where: str) -> None:
    later: Any = {where: "2008-05-20"}
    days = placed(Assessment("scan", "2008-05-12", **later), DERIVED)
    assert max(days.finding, days.target, days.non_target) == day("2008-05-12")


def test_each_day_of_an_assessment_is_held_in_the_same_bounds() -> None:
    record = Assessment("scan", "2008-05", first_seen="2008-05")
    days = placed(record, DERIVED, floor=day("2008-05-20"), ceilings=(day("2008-05-25"),))
    assert (days.day, days.finding, days.first_seen) == (day("2008-05-20"),) * 3
    days = placed(record, LAST, floor=day("2008-05-20"), ceilings=(day("2008-05-25"),))
    assert (days.day, days.finding, days.target, days.first_seen) == (day("2008-05-25"),) * 4


def life(**more: Any) -> SubjectRecords:
    return replace(subject(baselines=()), **more)


def test_a_timeline_has_every_date_with_where_it_comes_from() -> None:
    records = life(
        baselines=(scan("2008-01", {"T1": "50"}, ref="b"),),
        assessments=(scan("2008-03-03", ref="s"),),
        death=Dated("2008-12-24", "death"),
        contacts=(Contact("2008-06-01", "visit", "v"),),
        signs_of_life=(Contact("2008-07", "sample", "l"),),
        new_therapies=(Dated("2008-08-20", "t2"), Dated("2008-08-10", "t1")),
        clinical_progression=Dated("2008-08-01", "c"),
        treatment_end=Dated("2008-07-20", "e"),
    )
    dates = timeline(records, DERIVED)
    assert (dates.start, dates.first_dose, dates.origin, dates.death) == (START, START, "first_dose", day("2008-12-24"))
    assert [entry.day for entry in dates.baselines] == [START]
    assert [entry.day for entry in dates.assessments] == [day("2008-03-03")]
    assert dates.alive == ((day("2008-06-01"), "visit", "v"), (day("2008-07-15"), "sample", "l"))
    assert dates.new_therapies == ((day("2008-08-10"), "t1"), (day("2008-08-20"), "t2"))
    assert (dates.new_therapy, dates.clinical_progression) == ((day("2008-08-10"), "t1"), (day("2008-08-01"), "c"))
    assert (dates.treatment_end, dates.too_early) == (day("2008-07-20"), ())
    nothing = timeline(life(), DERIVED)
    assert (nothing.death, nothing.alive, nothing.new_therapies, nothing.new_therapy) == (None, (), (), None)
    assert (nothing.clinical_progression, nothing.treatment_end, nothing.assessments) == (None, None, ())


def test_what_is_dated_before_the_origin_is_too_early_and_counts_for_nothing() -> None:
    records = life(
        new_therapies=(Dated("2008-01-06", "t1"), Dated("2008-01-07", "t2")),
        clinical_progression=Dated("2008-01-05", "c"),
    )
    dates = timeline(records, DERIVED)
    assert dates.new_therapies == ((START, "t2"),) and dates.clinical_progression is None
    assert dates.too_early == (("therapy", day("2008-01-06"), "t1"), ("clinical", day("2008-01-05"), "c"))
    untreated = timeline(replace(records, treatment_start=None), DERIVED)
    assert untreated.too_early == () and len(untreated.new_therapies) == 2
    assert untreated.clinical_progression == (day("2008-01-05"), "c")


def test_an_entry_known_by_its_month_is_another_days_where_that_lies_in_the_month() -> None:
    def days(*texts: str) -> list[str]:
        dated = tuple(Dated(text, text) for text in texts)
        return [ref for _, ref in timeline(life(new_therapies=dated), DERIVED).new_therapies]

    assert days("2008-05", "2008-05-20") == ["2008-05-20"]
    assert days("2008-05", "2008-06-01") == ["2008-05", "2008-06-01"]
    assert days("2008-05", "2008-04-30") == ["2008-04-30", "2008-05"]
    assert days("2008-05", "2008-05-01") == ["2008-05-01"] and days("2008-05", "2008-05-31") == ["2008-05-31"]
    assert sorted(days("2008", "2008-05")) == ["2008", "2008-05"]
    assert days("2008-05-20", "2008-05-20") == ["2008-05-20"] * 2


def test_what_is_known_by_its_month_lies_after_the_first_dose_and_before_death_and_the_last_contact() -> None:
    january = life(
        contacts=(Contact("2008-01", "visit", "v"),),
        new_therapies=(Dated("2008-01", "t"),),
        treatment_end=Dated("2008-01", "e"),
        assessments=(scan("2008-01", ref="s"),),
        treatment_start=day("2008-01-20"),
    )
    dates = timeline(january, DERIVED)
    assert dates.alive[0][0] == dates.new_therapies[0][0] == dates.treatment_end == day("2008-01-20")
    assert dates.assessments[0].day == day("2008-01-20")
    died = timeline(replace(january, treatment_start=None, death=Dated("2008-01-10", "d")), DERIVED)
    assert died.alive[0][0] == died.new_therapies[0][0] == died.treatment_end == day("2008-01-10")
    assert died.assessments[0].day == day("2008-01-10")


def test_a_contact_known_by_its_month_is_no_later_than_the_last_whole_date_in_it() -> None:
    contacts = (Contact("2008-05", "visit", "v"), Contact("2008-05-10", "call", "c"))
    dates = timeline(life(contacts=contacts), DERIVED)
    assert [seen for seen, _, _ in dates.alive] == [day("2008-05-10")] * 2
    # and what else is known by the month is no later than the last contact
    dates = timeline(life(contacts=contacts, new_therapies=(Dated("2008-05", "t"),)), DERIVED)
    assert dates.new_therapies == ((day("2008-05-10"), "t"),)


@pytest.mark.parametrize(
    "alive",
    [
        {"contacts": (Contact("2008-06-20", "visit"),)},
        {"signs_of_life": (Contact("2008-06-20", "sample"),)},
        {"assessments": (scan("2008-06-20"),)},
        {"assessments": (scan("2008-06-01", last_procedure="2008-06-20"),)},
        {"new_therapies": (Dated("2008-06-20"),)},
        {"clinical_progression": Dated("2008-06-20")},
        {"treatment_start": day("2008-06-20")},
        {"randomisation": day("2008-06-20")},
    ],
)
def test_death_known_by_its_month_is_not_before_any_day_of_life(alive: dict[str, Any]) -> None:
    known_by_month = {"death": Dated("2008-06", "d")}
    assert timeline(life(**(known_by_month | alive)), DERIVED).death == day("2008-06-20")
    assert timeline(life(**known_by_month), DERIVED).death == day("2008-06-15")


def test_a_day_of_life_after_the_month_of_death_does_not_move_it() -> None:
    def died(*seen: str) -> date | None:
        contacts = tuple(Contact(text, "visit") for text in seen)
        return timeline(life(death=Dated("2008-06", "d"), contacts=contacts), DERIVED).death

    assert died("2008-07-01") == day("2008-06-15")
    assert died("2008-06-30") == day("2008-06-30")
    assert died("2008-06-20", "2008-07-01") == day("2008-06-20")
    # a contact that is itself known by its month tells no day
    assert died("2008-06") == day("2008-06-15")


def whole_life() -> SubjectRecords:
    return SubjectRecords(
        ref="subject",
        treatment_start=day("2008-01-10"),
        treatment_ref="dose",
        randomisation=day("2008-01-09"),
        consent=Dated("2008-01-01", "consent"),
        baselines=(scan("2008-01-11", ref="b"),),
        assessments=(scan("2008-01-12", last_procedure="2008-01-13", ref="s"),),
        contacts=(Contact("2008-01-14", "visit", "v"),),
        signs_of_life=(Contact("2008-01-15", "sample", "l"),),
        new_therapies=(Dated("2008-01-16", "t"),),
        clinical_progression=Dated("2008-01-17", "c"),
        treatment_end=Dated("2008-01-18", "e"),
        death=Dated("2008-01-19", "d"),
    )


def shown(cut: str) -> list[str]:
    """What of the whole life is left on the day of a cut."""
    dates = timeline(whole_life(), DERIVED, day(cut))
    left = {
        "start": dates.start,
        "first dose": dates.first_dose,
        "baseline": dates.baselines,
        "assessment": dates.assessments,
        "alive": dates.alive,
        "therapy": dates.new_therapies,
        "clinical": dates.clinical_progression,
        "end": dates.treatment_end,
        "death": dates.death,
    }
    return [name for name, value in left.items() if value]


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ("2008-01-09", []),
        ("2008-01-10", ["start", "first dose"]),
        ("2008-01-11", ["start", "first dose", "baseline"]),
        ("2008-01-12", ["start", "first dose", "baseline"]),
        ("2008-01-13", ["start", "first dose", "baseline", "assessment"]),
        ("2008-01-14", ["start", "first dose", "baseline", "assessment", "alive"]),
        ("2008-01-16", ["start", "first dose", "baseline", "assessment", "alive", "therapy"]),
        ("2008-01-17", ["start", "first dose", "baseline", "assessment", "alive", "therapy", "clinical"]),
        ("2008-01-18", ["start", "first dose", "baseline", "assessment", "alive", "therapy", "clinical", "end"]),
    ],
)
def test_a_cut_leaves_what_is_dated_up_to_its_day(cut: str, left: list[str]) -> None:
    assert shown(cut) == left


def test_a_cut_on_the_last_day_leaves_all_of_it() -> None:
    everything = timeline(whole_life(), DERIVED)
    assert timeline(whole_life(), DERIVED, day("2008-01-19")) == everything
    assert len(timeline(whole_life(), DERIVED, day("2008-01-14")).alive) == 1
    assert len(timeline(whole_life(), DERIVED, day("2008-01-15")).alive) == 2


def test_a_baseline_that_was_finished_after_the_cut_is_left_out() -> None:
    records = replace(whole_life(), baselines=(scan("2008-01-10", last_procedure="2008-01-12", ref="b"),))
    assert timeline(records, DERIVED, day("2008-01-11")).baselines == ()
    assert len(timeline(records, DERIVED, day("2008-01-12")).baselines) == 1


def test_a_cut_counts_from_randomisation_where_the_plan_does() -> None:
    plan = replace(DERIVED, origin="randomisation")
    assert timeline(whole_life(), plan, day("2008-01-08")).start is None
    only_randomised = timeline(whole_life(), plan, day("2008-01-09"))
    assert (only_randomised.start, only_randomised.first_dose) == (day("2008-01-09"), None)


def test_a_cut_takes_a_partial_date_for_the_day_that_the_plan_takes() -> None:
    by_month = replace(whole_life(), new_therapies=(Dated("2008-01", "t"),))
    for plan, first_cut in ((DERIVED, "2008-01-15"), (LAST, "2008-01-31")):
        before = date.fromordinal(day(first_cut).toordinal() - 1)
        assert timeline(by_month, plan, before).new_therapies == ()
        assert [ref for _, ref in timeline(by_month, plan, day(first_cut)).new_therapies] == ["t"]
    # held after the first dose, 20 January
    later = life(new_therapies=(Dated("2008-01", "t"),), treatment_start=day("2008-01-20"))
    assert timeline(later, DERIVED, day("2008-01-19")).new_therapies == ()
    assert len(timeline(later, DERIVED, day("2008-01-20")).new_therapies) == 1
