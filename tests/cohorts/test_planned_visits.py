from datetime import date

import pytest

from cohorts.services import add_visit, begin_end_of_treatment
from tests.cast import Trial

pytestmark = pytest.mark.django_db


def test_the_window_of_screening_follows_consent_and_first_dose_though_its_forms_are_filled():
    trial = Trial()
    subject = trial.treated_subject()
    screening = subject.visits.get(code="SCR")
    assert (screening.window_from, screening.window_to) == (date(2007, 12, 20), date(2008, 1, 7))
    assert screening.visit_date == date(2007, 12, 20)
    assert screening.forms.count() == 12


def waiting(subject, kind):
    """The codes of the visits of a kind that nothing was recorded at."""
    return list(subject.visits.filter(kind=kind, visit_date=None, forms=None).values_list("code", flat=True))


def tumour_form(trial, subject, visit, on, overall, **more):
    rows = [{"label": "T01", "diameters_mm": "30"}, {"label": "T02", "diameters_mm": "20"}]
    rows.append({"label": "NT01", "state": "PRESENT"})
    record = {"assessment_date": on, "non_target_response": "NON-CR/NON-PD", "new_lesions": "N"}
    return trial.fill(subject, "tumour", record | {"overall_response": overall}, rows, visit=visit, **more)


def test_after_progression_no_further_tumour_assessment_waits():
    trial = Trial()
    subject = trial.treated_subject()
    assert waiting(subject, "tumour") == ["TA01", "TA02", "TA03"]
    tumour_form(trial, subject, "TA02", "2008-04-28", "PD")
    # The first one was missed: that it was must be said.
    assert waiting(subject, "tumour") == ["TA01"]


def test_a_progression_that_was_a_mistake_brings_them_back():
    trial = Trial()
    subject = trial.treated_subject()
    form = tumour_form(trial, subject, "TA02", "2008-04-28", "PD")
    tumour_form(trial, subject, "TA02", "2008-04-28", "SD", case_form=form, reason="read again")
    assert waiting(subject, "tumour") == ["TA01", "TA03", "TA04", "TA05"]


@pytest.mark.parametrize(
    ("end", "left"),
    [
        ({"reason": "PROGRESSIVE DISEASE"}, ["TA01"]),
        ({"reason": "ADVERSE EVENT", "clinical_progression_date": "2008-04"}, ["TA01"]),
        ({"reason": "WITHDRAWAL OF CONSENT"}, ["TA01"]),
        ({"reason": "ADVERSE EVENT"}, ["TA01", "TA02", "TA03"]),
    ],
)
def test_tumour_assessments_go_on_after_treatment_only_where_the_disease_did_not_progress(end, left):
    trial = Trial()
    subject = trial.treated_subject()
    visit = begin_end_of_treatment(subject=subject, on=date(2008, 4, 21), by=trial.by)
    trial.fill(subject, "end_of_treatment", {"end_date": "2008-04-21"} | end, visit=visit.code)
    assert waiting(subject, "tumour") == left


def test_a_late_cycle_shifts_the_cycles_that_follow():
    trial = Trial()
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 2, 11), visit="C2D1")
    targets = dict(subject.visits.filter(cycle__in=(2, 3)).values_list("code", "target_date"))
    assert targets["C2D1"] == date(2008, 2, 4)
    assert (targets["C2D8"], targets["C3D1"]) == (date(2008, 2, 18), date(2008, 3, 10))


def test_visits_stand_by_the_day_on_which_they_took_place():
    trial = Trial()
    subject = trial.treated_subject()
    later = add_visit(subject=subject, on=date(2008, 1, 20), by=trial.by)
    earlier = add_visit(subject=subject, on=date(2008, 1, 9), by=trial.by)
    codes = [visit.code for visit in subject.visits.all()][:6]
    assert codes == ["SCR", "C1D1", earlier.code, "C1D8", later.code, "C1D15"]
