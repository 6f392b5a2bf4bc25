"""A check across forms asks when either of them is saved, and closes its question when either is corrected."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.catalogue import CATALOGUE
from assessments.models import FormState
from assessments.place import Place
from assessments.services import mark_not_done
from review.models import Query
from tests.cast import FIRST_DOSE, actor
from tests.examples import EXAMPLES
from tests.signature.closed import lock_form

pytestmark = pytest.mark.django_db
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20"}
DEATH = {"death_date": "2008-03-01", "cause": "DISEASE UNDER STUDY"}


def live(check_id):
    return Query.objects.filter(check_id=check_id, state__in=["open", "answered"])


def died(trial, subject, **more):
    return trial.fill(subject, "death", DEATH | more)


def corrected(trial, form, record, **more):
    form.refresh_from_db()
    return trial.fill(form.subject, form.code, record, case_form=form, reason="typed wrongly", **more)


def test_the_question_stands_at_the_dose_whichever_form_came_last(trial):
    subject = trial.treated_subject()
    infused = trial.infuse(subject, date(2008, 3, 3))
    assert not live("dose-after-death").exists()
    died(trial, subject)
    (query,) = live("dose-after-death")
    assert (query.case_form, query.item) == (infused, "infusion_date")
    assert query.text == "A dose on 3 Mar 2008, after death on 1 Mar 2008."


def test_it_opens_as_well_when_the_dose_is_saved_after_the_death(trial):
    subject = trial.treated_subject()
    died(trial, subject)
    trial.infuse(subject, date(2008, 3, 3))
    assert live("dose-after-death").count() == 1


def test_it_closes_when_the_other_form_is_corrected(trial):
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 3, 3))
    form = died(trial, subject)
    corrected(trial, form, DEATH | {"death_date": "2008-03-04"})
    assert not live("dose-after-death").exists()
    steps = Query.objects.get(check_id="dose-after-death").steps.values_list("state", "actor_name")
    assert list(steps) == [("open", "system"), ("closed", "system")]


def test_it_closes_when_the_other_form_is_a_draft_again_or_not_done(trial):
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 3, 3))
    form = died(trial, subject)
    form = corrected(trial, form, DEATH, complete=False)
    assert not live("dose-after-death").exists()
    form = corrected(trial, form, DEATH)
    assert live("dose-after-death").exists()
    place = Place(subject, CATALOGUE["death"], None, form)
    mark_not_done(place=place, why="another subject", by=trial.by, seen_version=form.version, reason="mistaken")
    assert not live("dose-after-death").exists()


def test_a_changed_value_changes_the_words_of_the_question(trial):
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 3, 3))
    form = died(trial, subject)
    corrected(trial, form, DEATH | {"death_date": "2008-03-02"})
    assert live("dose-after-death").get().text == "A dose on 3 Mar 2008, after death on 2 Mar 2008."


def test_another_subject_s_forms_give_no_cause(trial):
    died(trial, trial.treated_subject())
    trial.infuse(trial.treated_subject(), date(2008, 3, 3))
    assert not live("dose-after-death").exists()


def test_at_a_locked_form_nothing_is_asked_and_nothing_closed(trial):
    subject = trial.treated_subject()
    infused = trial.infuse(subject, date(2008, 3, 3))
    lock_form(case_form=infused, reason="data cut", by=actor(trial.data_manager, "data_manager"))
    died(trial, subject)
    assert not live("dose-after-death").exists()


def test_a_draft_is_not_asked_about(trial):
    subject = trial.treated_subject()
    died(trial, subject)
    record = {"infusion_date": "2008-03-03", "paclitaxel_given": "Y", "trastuzumab_given": "N"}
    form = trial.fill(subject, "infusion", record, complete=False)
    assert form.state == FormState.DRAFT
    assert not live("dose-after-death").exists()


def test_the_window_of_a_visit_is_told_with_the_days(trial):
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 1, 18), visit="C1D8")
    assert live("window").get().text == (
        "18 Jan 2008 is 2 days late: the window of Cycle 1, day 8 is 12 Jan 2008 to 16 Jan 2008."
        " Is it a protocol deviation?"
    )


def test_a_late_visit_is_asked_about_once_however_many_of_its_forms_are_late(trial):
    subject = trial.treated_subject()
    late = {"sample_date": "2008-01-18"}
    record, rows = EXAMPLES["haematology"]
    trial.fill(subject, "haematology", record | late, rows, visit="C1D8")
    assert not live("window").exists()
    infused = trial.infuse(subject, date(2008, 1, 18), visit="C1D8")
    assert live("window").get().case_form == infused


def test_a_measurable_baseline_asks_for_its_target_lesion_until_one_is_chosen(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", CONSENT, visit="SCR")
    record = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    bone = {"kind": "NON-TARGET", "location": "BONE", "method": "SCINTIGRAPHY", "state": "PRESENT"}
    form = trial.fill(subject, "tumour_baseline", record, [bone], visit="SCR")
    assert live("baseline-measurable").get().item == "disease_measurable"
    liver = {"kind": "TARGET", "location": "LIVER", "method": "SPIRAL CT SCAN", "diameters_mm": "60"}
    corrected(trial, form, record, rows=[bone | {"label": "NT01"}, liver])
    assert not live("baseline-measurable").exists()


def statements(call):
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def test_a_save_compares_in_as_many_statements_however_many_forms_there_are(trial):
    subject = trial.treated_subject()
    days = iter(date(2008, month, day) for month in (2, 3, 4, 5) for day in (1, 8, 15, 22))
    few = statements(lambda: trial.infuse(subject, next(days)))
    few = statements(lambda: trial.infuse(subject, next(days)))
    for _ in range(8):
        trial.infuse(subject, next(days))
    assert statements(lambda: trial.infuse(subject, next(days))) == few


def test_comparing_costs_a_save_three_statements_and_a_tumour_assessment_none(trial, monkeypatch):
    from assessments.checks import asking

    subject = trial.treated_subject()
    sizes = {"T01": "55", "T02": "35"}
    trial.infuse(subject, date(2008, 1, 14))
    trial.assess(subject, 50, sizes, "SD")
    with_checks = statements(lambda: trial.infuse(subject, date(2008, 1, 21)))
    assessed = statements(lambda: trial.assess(subject, 57, sizes, "SD"))
    monkeypatch.setattr(asking, "_concerned", lambda code: ())
    assert with_checks - statements(lambda: trial.infuse(subject, date(2008, 1, 28))) <= 3
    assert assessed == statements(lambda: trial.assess(subject, 64, sizes, "SD"))


def test_what_a_screened_and_treated_subject_usually_has_gives_no_cause_to_ask(trial):
    trial.infuse(trial.treated_subject(), FIRST_DOSE, visit="C1D1")
    assert list(Query.objects.values_list("check_id", "text")) == []


def test_a_dose_of_the_other_regimen_is_asked_about_in_the_subject_s_own_cohort(trial):
    weekly = {"dose_mg": "30", "frequency": "EVERY WEEK", "start_date": FIRST_DOSE.isoformat()}
    for cohort in ("P1-30W", "P1-10D"):
        trial.fill(trial.treated_subject(cohort), "everolimus", {"any_taken": "Y"}, [weekly])
    (query,) = live("everolimus-step")
    assert query.subject.enrolment.cohort.code == "P1-10D"
    assert query.text == "30 mg every 7 days is no step of the protocol for Everolimus 10 mg daily."
