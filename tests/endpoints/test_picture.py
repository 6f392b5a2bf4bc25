"""The picture of a subject: what the complete forms say, on one axis of time, and the same as a table."""

from datetime import date

import pytest
import vl_convert
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.catalogue import CATALOGUE
from assessments.place import Place
from assessments.reading.deidentified import WITHHELD
from assessments.services import mark_not_done
from assessments.visits.missed import mark_missed
from casebook.profile import profile_of
from cohorts.services import begin_end_of_treatment
from endpoints.refresh import refresh_marked
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db
TODAY = date(2008, 6, 1)


@pytest.fixture
def ill(trial):
    """Treated from 7 January 2008, with mouth ulcers of grade 2 from the 20th to 2 February."""
    subject = trial.treated_subject()
    intervals = [
        {"start_date": "2008-01-07", "end_date": "2008-01-19", "dose_mg": "10", "frequency": "QD"},
        {
            "start_date": "2008-01-20",
            "end_date": "2008-01-27",
            "dose_mg": "0",
            "frequency": "QD",
            "reason": "ADVERSE EVENT",
        },
    ]
    trial.fill(subject, "everolimus", {"any_taken": "Y"}, intervals)
    trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])
    return subject


def lines_of_profile(subject, **options):
    profile = profile_of(subject, today=TODAY, **{"identifying": True} | options)
    return [(line.day, line.lane, line.words) for line in profile.lines]


def test_doses_and_events_lie_on_the_days_of_their_forms(ill):
    lines = lines_of_profile(ill)
    assert [line for line in lines if line[1] == "Everolimus"] == [
        (1, "Everolimus", "10 mg once a day"),
        (14, "Everolimus", "interrupted"),
    ]
    assert (1, "Trastuzumab", "256 mg, as planned") in lines
    event = next(line for line in lines if line[1].startswith("G2 "))
    assert event[0] == 14
    assert "20 Jan 2008 to 2 Feb 2008" in event[2]


def test_an_event_in_a_draft_is_not_drawn(trial, ill):
    before = lines_of_profile(ill)
    record, rows = EXAMPLES["adverse_event"]
    trial.fill(ill, "adverse_event", record | {"term": "Headache"}, rows, complete=False)
    assert lines_of_profile(ill) == before


def test_words_of_the_site_are_withheld_from_those_who_may_not_identify(trial):
    subject = trial.treated_subject()
    record, rows = EXAMPLES["adverse_event"]
    trial.fill(subject, "adverse_event", record | {"dictionary_term": ""}, rows)
    assert any("Mouth ulcers" in words for _, _, words in lines_of_profile(subject))
    masked = lines_of_profile(subject, identifying=False)
    assert not any("Mouth ulcers" in words for _, _, words in masked)
    assert any(WITHHELD in words for _, _, words in masked)


def test_a_subject_without_a_dose_has_nothing_but_visits(trial):
    assert {lane for _, lane, _ in lines_of_profile(trial.subject())} <= {"Visits"}


def test_the_specification_is_drawn(trial, ill):
    trial.assess(ill, 57, {"T01": "30", "T02": "20"}, "SD")
    profile = profile_of(ill, today=TODAY, identifying=True)
    drawn = vl_convert.vegalite_to_svg(profile.timeline | {"width": 900})
    assert all(lane in drawn for lane in ("Visits", "Everolimus", "Trastuzumab", "Paclitaxel", "G2 "))


def test_what_lasts_ends_with_death(trial, ill):
    record, rows = EXAMPLES["adverse_event"]
    lasting = {"start_date": "2008-02-01", "end_date": "", "ongoing": "Y", "outcome": "NOT RECOVERED/NOT RESOLVED"}
    trial.fill(ill, "adverse_event", record | lasting, rows)
    ended(trial, ill, "2008-03-17")
    trial.fill(ill, "death", {"death_date": "2008-03-20", "cause": "DISEASE UNDER STUDY"})
    drawn = profile_of(ill, today=TODAY, identifying=True).picture
    assert max(span.end for span in drawn.events) == 73
    assert [(moment.lane, moment.day, moment.words) for moment in drawn.ends] == [
        ("End of treatment", 70, "Death"),
        ("Death", 73, "Cause: Breast cancer"),
    ]


@pytest.mark.parametrize(("told_of", "day"), [("2008-03", 70), ("2008-02", 53), ("2008", 70), ("2008-04", 85)])
def test_a_death_of_an_unknown_day_is_drawn_no_earlier_than_treatment_ended(trial, ill, told_of, day):
    ended(trial, ill, "2008-03-17")
    trial.fill(ill, "death", {"death_date": told_of, "cause": "DISEASE UNDER STUDY"})
    ends = profile_of(ill, today=TODAY, identifying=True).picture.ends
    assert {moment.lane: moment.day for moment in ends}["Death"] == day


def test_paclitaxel_is_omitted_only_on_a_day_that_plans_it(trial, ill):
    left_out = {"paclitaxel_given": "N", "trastuzumab_given": "Y", "weight_kg": "64", "height_cm": "165"}
    left_out |= {"trastuzumab_loading": "N", "trastuzumab_dose_mg": "128"}
    omitted = {"paclitaxel_change": "DOSE OMITTED", "paclitaxel_reason": "ADVERSE EVENT"}
    trial.fill(ill, "infusion", left_out | omitted | {"infusion_date": "2008-01-21"}, visit="C1D15")
    trial.fill(ill, "infusion", left_out | {"infusion_date": "2008-01-28"}, visit="C1D22")
    given = [line[::2] for line in lines_of_profile(ill) if line[1] == "Paclitaxel"]
    assert given == [(1, "137 mg, as planned"), (15, "omitted")]
    assert (22, "Trastuzumab", "128 mg, as planned") in lines_of_profile(ill)


def test_what_comes_after_the_axis_ends_has_no_lane(trial, ill):
    ended(trial, ill, "2008-03-17")
    trial.fill(ill, "death", {"death_date": "2008-05-20", "cause": "DISEASE UNDER STUDY"})
    drawn = vl_convert.vegalite_to_svg(profile_of(ill, today=TODAY, identifying=True).timeline | {"width": 900})
    assert "End of treatment<" in drawn
    assert "Death<" not in drawn


def ended(trial, subject, on):
    begin_end_of_treatment(subject=subject, on=date.fromisoformat(on), by=trial.by)
    trial.fill(subject, "end_of_treatment", {"end_date": on, "reason": "DEATH"}, visit="EOT")


def test_its_statements_do_not_grow_with_the_record(trial, ill, client):
    client.force_login(trial.coordinator)
    statements(client, ill)  # the first request of a session notes when it came
    few = statements(client, ill)
    for number in range(6):
        record, rows = EXAMPLES["adverse_event"]
        trial.fill(ill, "adverse_event", record | {"term": f"Event {number}"}, rows)
    assert statements(client, ill) == few


def statements(client, subject) -> int:
    with CaptureQueriesContext(connection) as seen:
        page = client.get(f"/subjects/{subject.pk}/picture/")
    assert "The same as a table" in page.content.decode()
    return len(seen)


def test_sums_are_drawn_from_the_baseline_on_once_they_are_derived(trial, ill):
    trial.assess(ill, 57, {"T01": "30", "T02": "20"}, "SD")
    assert profile_of(ill, today=TODAY, identifying=True).sums is None
    refresh_marked()
    profile = profile_of(ill, today=TODAY, identifying=True)
    assert [moment.value for moment in profile.picture.sums] == [100.0, 50.0]
    assert "Overall response" in vl_convert.vegalite_to_svg(profile.sums | {"width": 900})


def test_a_visit_that_nobody_came_to_is_missed_and_not_overdue(trial, ill):
    visits = {visit.code: visit for visit in ill.visits.filter(code__in=("C1D15", "C1D22"))}
    mark_missed(visit=visits["C1D15"], why="on holiday", by=trial.by)
    half = Place(ill, CATALOGUE["haematology"], ill.visits.get(code="C1D8"))
    mark_not_done(place=half, why="haemolysed", by=trial.by)
    words = [words for _, lane, words in lines_of_profile(ill) if lane == "Visits"]
    assert "Cycle 1, day 8, overdue" in words
    assert "Cycle 1, day 15, missed" in words
    assert "Cycle 1, day 22, overdue" in words
