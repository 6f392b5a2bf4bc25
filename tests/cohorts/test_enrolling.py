"""Who gets a slot, and when the first dose may be."""

from datetime import date

import pytest

from casebook.services import approve_enrolment, request_enrolment
from cohorts.models import Cohort, Enrolment
from cohorts.services import Refused, add_subject, begin_treatment, reserve_slot
from tests.cast import ELIGIBLE, Trial, actor


def requested(trial, subject):
    by = actor(trial.investigator, "investigator")
    return request_enrolment(subject=subject, cohort=Cohort.objects.get(code="P2-10D"), by=by)


@pytest.mark.django_db
def test_a_number_that_a_subject_brought_along_is_not_given_out_again():
    trial = Trial()
    trial.subject()
    add_subject(site=trial.site, by=trial.by, source_id="elsewhere-3", label="101-003")
    assert [trial.subject().label for _ in range(2)] == ["101-004", "101-005"]
    assert trial.subject(trial.other_site).label == "102-001"


@pytest.mark.django_db
def test_a_subject_who_withdrew_meanwhile_is_not_enrolled():
    trial = Trial()
    subject = trial.subject()
    trial.screen(subject)
    enrolment = requested(trial, subject)
    trial.fill(subject, "end_of_treatment", {"end_date": "2008-01-05", "reason": "WITHDRAWAL OF CONSENT"})
    with pytest.raises(Refused, match="no longer in screening: withdrawn"):
        approve_enrolment(enrolment=enrolment, on=date(2008, 1, 6), by=actor(trial.data_manager, "data_manager"))
    subject.refresh_from_db()
    assert subject.status == "withdrawn"


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "complete"), [({"measurable_disease": "N"}, True), ({"neutrophils": "2"}, False)])
def test_a_subject_whose_eligibility_form_changed_since_the_request_is_not_enrolled(change, complete):
    trial = Trial()
    subject = trial.subject()
    trial.screen(subject)
    enrolment = requested(trial, subject)
    form = subject.forms.get(code="eligibility")
    trial.fill(subject, "eligibility", ELIGIBLE | change, case_form=form, complete=complete, reason="Read again")
    with pytest.raises(Refused):
        approve_enrolment(enrolment=enrolment, on=date(2008, 1, 6), by=actor(trial.data_manager, "data_manager"))
    enrolment.refresh_from_db()
    assert enrolment.status == "requested"


@pytest.mark.requirement("21 CFR 11.10(f)")
@pytest.mark.django_db
@pytest.mark.parametrize("on", [date(2007, 12, 19), date.max])
def test_nobody_is_enrolled_before_consent_or_in_the_future(on):
    trial = Trial()
    subject = trial.subject()
    trial.screen(subject)
    enrolment = requested(trial, subject)
    with pytest.raises(Refused) as refusal:
        approve_enrolment(enrolment=enrolment, on=on, by=actor(trial.data_manager, "data_manager"))
    assert "on" in refusal.value.errors
    enrolment.refresh_from_db()
    assert enrolment.status == "requested"


@pytest.mark.django_db
def test_no_unscheduled_visit_is_added_before_consent(client):
    trial = Trial()
    subject = trial.subject()
    trial.screen(subject)
    client.force_login(trial.coordinator)
    visit = {"label": "", "form": "follow_up"}
    page = f"/subjects/{subject.pk}/visits/add/"
    assert "gave consent later: on 20 Dec 2007" in client.post(page, visit | {"on": "2007-12-19"}).content.decode()
    assert not subject.visits.filter(kind="unscheduled").exists()
    assert client.post(page, visit | {"on": "2007-12-20"}).status_code == 302
    assert subject.visits.filter(kind="unscheduled").count() == 1


@pytest.mark.django_db
def test_no_first_dose_before_the_day_of_enrolment():
    trial = Trial()
    subject = trial.subject()
    trial.screen(subject)
    with pytest.raises(Refused, match="must be enrolled"):
        begin_treatment(subject=subject, on=date(2008, 1, 7), by=trial.by)
    trial.enrol(subject)
    with pytest.raises(Refused, match="enrolled later: on 4 Jan 2008"):
        begin_treatment(subject=subject, on=date(2008, 1, 3), by=trial.by)
    assert begin_treatment(subject=subject, on=date(2008, 1, 4), by=trial.by).code == "C1D1"


def test_of_two_requests_for_one_subject_made_at_once_one_stands(committed_db):
    from tests.assessments.test_saves_at_the_same_time import at_once

    trial = Trial()
    subject = trial.subject()
    cohorts = [Cohort.objects.get(code=code) for code in ("P1-5D", "P2-10D")]
    by = actor(trial.investigator, "investigator")
    raised = at_once(*(lambda cohort=cohort: reserve_slot(subject=subject, cohort=cohort, by=by) for cohort in cohorts))
    assert [type(error) for error in raised] == [Refused]
    assert "has a slot already" in str(raised[0])
    assert Enrolment.objects.get().status == "requested"
