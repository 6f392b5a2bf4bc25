"""On which day a visit took place, where its forms are dated differently: one of them says so, whichever came last."""

from datetime import date

import pytest

from cohorts.services import add_visit
from tests.cast import FIRST_DOSE
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db


def weigh(trial, subject, visit, on, **more):
    record, rows = EXAMPLES["vital_signs"]
    return trial.fill(subject, "vital_signs", record | {"vital_signs_date": on}, rows, visit=visit, **more)


def bleed(trial, subject, visit, on, **more):
    record, rows = EXAMPLES["haematology"]
    return trial.fill(subject, "haematology", record | {"sample_date": on}, rows, visit=visit, **more)


def day_of(subject, visit):
    return subject.visits.get(code=visit).visit_date


def test_the_infusion_says_when_a_day_of_a_cycle_was_whatever_was_measured_before_or_after(trial, subject):
    bleed(trial, subject, "C1D8", "2008-01-11")
    assert day_of(subject, "C1D8") == date(2008, 1, 11)
    trial.infuse(subject, date(2008, 1, 14), visit="C1D8")
    weigh(trial, subject, "C1D8", "2008-01-13")
    assert day_of(subject, "C1D8") == date(2008, 1, 14)


def test_the_form_that_dated_a_visit_dates_it_anew_when_it_is_corrected(trial, subject):
    form = bleed(trial, subject, "C1D8", "2008-01-11")
    weigh(trial, subject, "C1D8", "2008-01-13")
    form.refresh_from_db()
    bleed(trial, subject, "C1D8", "2008-01-12", case_form=form, reason="Data entry error")
    assert day_of(subject, "C1D8") == date(2008, 1, 12)


def test_an_unscheduled_visit_keeps_the_day_of_the_form_that_was_begun_first(trial, subject):
    code = add_visit(subject=subject, on=date(2008, 2, 1), by=trial.by).code
    form = bleed(trial, subject, code, "2008-02-01")
    weigh(trial, subject, code, "2008-02-03")
    assert day_of(subject, code) == date(2008, 2, 1)
    form.refresh_from_db()
    bleed(trial, subject, code, "2008-02-02", case_form=form, reason="Data entry error")
    assert day_of(subject, code) == date(2008, 2, 2)


def test_the_first_dose_stays_on_its_day_when_a_sample_of_that_visit_is_older(trial, subject):
    bleed(trial, subject, "C1D1", "2008-01-05")
    subject.refresh_from_db()
    assert subject.first_dose_date == FIRST_DOSE


def scan(trial, subject, visit, on):
    return trial.fill(subject, "tumour", {"assessment_date": on}, visit=visit, complete=False)


def test_a_scan_on_the_way_to_a_day_of_a_cycle_does_not_say_when_that_was(trial, subject):
    scan(trial, subject, "C2D1", "2008-02-01")
    assert day_of(subject, "C2D1") is None
    trial.infuse(subject, date(2008, 2, 4), visit="C2D1")
    assert day_of(subject, "C2D1") == date(2008, 2, 4)


def test_a_scan_says_when_its_own_visit_and_an_unscheduled_one_were(trial, subject):
    planned = subject.visits.filter(kind="tumour").first().code
    scan(trial, subject, planned, "2008-03-03")
    assert day_of(subject, planned) == date(2008, 3, 3)
    code = add_visit(subject=subject, on=date(2008, 3, 20), by=trial.by).code
    scan(trial, subject, code, "2008-03-21")
    assert day_of(subject, code) == date(2008, 3, 21)
