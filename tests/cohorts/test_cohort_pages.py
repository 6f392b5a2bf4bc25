import pytest

from accounts.actor import acting
from audit.models import Event
from casebook.services import request_enrolment
from cohorts.models import Cohort
from cohorts.reading import CohortState
from review.services import raise_query
from signature.signing import sign_forms
from tests.cast import ELIGIBLE, SETUP, actor

pytestmark = pytest.mark.django_db


def test_slots_are_shown_against_the_plan_in_the_protocol_s_order(trial, client):
    trial.treated_subject("P1-10D")
    client.force_login(trial.data_manager)
    states = client.get("/cohorts/").context["states"]
    assert [(state.plan.code, state.slots) for state in states] == [
        ("P1-5D", "0 of 6"),
        ("P1-10D", "1 of 17"),
        ("P1-30W", "0 of 12"),
        ("P2-10D", "0 of 55"),
    ]


def test_a_cohort_closes_and_opens_with_a_reason_that_the_trail_keeps(trial, client):
    cohort = Cohort.objects.get(code="P1-30W")
    client.force_login(trial.data_manager)
    assert client.post(f"/cohorts/{cohort.pk}/close/", {"reason": ""}).status_code == 422
    assert client.post(f"/cohorts/{cohort.pk}/close/", {"reason": "A DLT is being looked at"}).status_code == 302
    cohort.refresh_from_db()
    assert not cohort.is_open
    event = Event.objects.filter(table_name="cohorts_cohort").latest("id")
    assert (event.actor_name, event.reason, event.new) == ("dora", "A DLT is being looked at", {"is_open": False})


def test_a_cohort_without_dose_levels_is_opened_by_hand_and_a_dose_level_is_not(trial, client):
    client.force_login(trial.data_manager)
    for code, status in (("P2-10D", 302), ("P1-30W", 422)):
        cohort = Cohort.objects.get(code=code)
        client.post(f"/cohorts/{cohort.pk}/close/", {"reason": "A DLT is being looked at"})
        answer = client.post(f"/cohorts/{cohort.pk}/open/", {"reason": "Judged unrelated"})
        cohort.refresh_from_db()
        assert (answer.status_code, cohort.is_open) == (status, status == 302)
    assert "the decision of the dose committee opens it" in answer.content.decode()


def test_a_request_that_was_decided_meanwhile_says_so(trial, client):
    subject = trial.treated_subject()
    client.force_login(trial.data_manager)
    answer = client.post(f"/enrolments/{subject.enrolment.pk}/refuse/", {"reason": "Late"})
    assert answer.status_code == 422
    assert "This request is already enrolled." in answer.content.decode()


def test_the_page_takes_as_many_statements_with_many_subjects_as_with_one(trial, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(trial.data_manager)
    trial.treated_subject()
    client.get("/cohorts/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/cohorts/")
    for _ in range(3):
        trial.treated_subject()
    with django_assert_num_queries(len(seen)):
        client.get("/cohorts/")


def test_who_opens_a_full_cohort_is_told_that_it_takes_nobody(trial, client):
    for _ in range(5):
        trial.treated_subject("P1-5D")
    cohort = Cohort.objects.get(code="P1-5D")
    client.force_login(trial.data_manager)
    address = f"/cohorts/{cohort.pk}/open/"
    assert "All slots are taken" not in client.get(address).content.decode()
    trial.treated_subject("P1-5D")
    assert "All slots are taken: 6 of 6 in use." in client.get(address).content.decode()
    assert "All slots are taken" not in client.get(f"/cohorts/{cohort.pk}/close/").content.decode()


@pytest.mark.parametrize("full", [False, True])
def test_a_closed_cohort_is_offered_for_opening_unless_it_is_full(trial, client, monkeypatch, full):
    cohort = Cohort.objects.get(code="P2-10D")
    with acting(SETUP):
        Cohort.objects.filter(pk=cohort.pk).update(is_open=False)
    monkeypatch.setattr(CohortState, "is_full", property(lambda state: full))
    client.force_login(trial.data_manager)
    assert (f"/cohorts/{cohort.pk}/open/" in client.get("/cohorts/").content.decode()) is not full


@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_the_decision_on_a_slot_shows_verdicts_open_queries_and_signatures(trial, client, step):
    subject = trial.subject()
    trial.screen(subject)
    request_enrolment(
        subject=subject, cohort=Cohort.objects.get(code="P1-10D"), by=actor(trial.investigator, "investigator")
    )
    demography, consent = (subject.forms.get(code=code) for code in ("demography", "consent"))
    raise_query(case_form=demography, item="age", text="54 or 45?", by=actor(trial.monitor, "monitor"))
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={consent.pk: consent.version}, signed_by=trial.investigator, by=by)
    client.force_login(trial.data_manager)
    page = client.get(f"/enrolments/{subject.enrolment.pk}/{step}/")
    shown = page.content.decode()
    assert page.status_code == 200
    assert f"all {len(page.context['verdicts'])} met" in shown
    assert page.context["verdicts"][0].criterion.text in shown
    assert "54 or 45?" in shown
    signed = {title: bool(signatures) for _, title, signatures in page.context["forms"]}
    assert (signed["Informed consent"], signed["Demography"]) == (True, False)
    assert shown.count("Not signed") == sum(not signatures for signatures in signed.values())


def test_the_decision_on_a_slot_says_which_criterion_is_not_met_any_more(trial, client):
    subject = trial.subject()
    trial.screen(subject)
    request_enrolment(
        subject=subject, cohort=Cohort.objects.get(code="P1-10D"), by=actor(trial.investigator, "investigator")
    )
    form = subject.forms.get(code="eligibility")
    trial.fill(subject, "eligibility", ELIGIBLE | {"who_status": 3}, case_form=form, reason="Data entry error")
    client.force_login(trial.data_manager)
    shown = client.get(f"/enrolments/{subject.enrolment.pk}/approve/").content.decode()
    assert "not met or not known" in shown
    assert "<strong>not met</strong>" in shown
