from cohorts.models import Cohort
from cohorts.services import close_cohort
from tests.assessments.posting import posted
from tests.cast import ELIGIBLE, actor


def test_criteria_are_judged_for_every_phase_while_no_cohort_is_open(trial, desk):
    by = actor(trial.data_manager, "data_manager")
    for cohort in Cohort.objects.all():
        close_cohort(cohort=cohort, reason="level is full", by=by)
    page = desk.post(f"/subjects/{trial.subject().pk}/eligibility/verdicts/", posted(ELIGIBLE)).content.decode()
    answer = " ".join(page.split())
    assert "No cohort is open to enrolment now." in answer
    assert "Phase I: may enter" in answer
    assert "Phase II: may enter" in answer
