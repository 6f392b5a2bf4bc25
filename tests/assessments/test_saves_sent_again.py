"""A save whose answer was lost is sent again, and counts once; who may ask for what became of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import CaseForm, Demography, SaveReceipt
from assessments.tasks import forget_receipts
from tests.assessments.posting import on_screen, posted
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db
KEY = "6f1f5c0e-6a0d-4d52-9a3e-0d7c5e1b2a11"
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20"}


@pytest.fixture
def subject(trial):
    consented = trial.subject()
    trial.fill(consented, "consent", CONSENT, visit="SCR")
    return consented


@pytest.fixture
def address(subject):
    return f"/subjects/{subject.pk}/forms/demography/?visit={subject.visits.get(code='SCR').pk}"


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_first_save_sent_twice_makes_one_form_at_one_version(desk, address):
    data = posted({"age": "54"}, action="draft", save_key=KEY)
    answers = [desk.post(address, data) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert CaseForm.objects.get(code="demography").version == 1


def test_a_change_sent_twice_is_no_conflict_and_changes_once(desk, trial, subject):
    form = trial.fill(subject, "demography", {"age": "53"}, visit="SCR", complete=False)
    data = on_screen(form) | {"age": "54", "action": "draft", "save_key": KEY}
    assert [desk.post(f"/forms/{form.pk}/", data).status_code for _ in range(2)] == [302, 302]
    form.refresh_from_db()
    assert (form.version, Demography.objects.get().age) == (2, 54)


def test_not_done_sent_twice_is_no_conflict(desk, address):
    data = posted({}, action="not_done", not_done_reason="never asked", save_key=KEY)
    assert [desk.post(address, data).status_code for _ in range(2)] == [302, 302]


def test_what_is_refused_leaves_no_receipt(desk, address):
    assert desk.post(address, posted({"age": "54"}, action="complete", save_key=KEY)).status_code == 422
    assert not SaveReceipt.objects.exists()


def test_a_key_that_is_none_does_not_stand_in_the_way(desk, address):
    assert desk.post(address, posted({"age": "54"}, action="draft", save_key="x")).status_code == 302
    assert not SaveReceipt.objects.exists()


def test_a_script_is_told_where_to_go_on_and_of_a_refusal_what_is_wrong_where(desk, address):
    headers = {"Accept": "application/json"}
    refused = desk.post(address, posted({}, action="complete"), headers=headers)
    assert refused.status_code == 422
    assert 'id="id_age_error"' in refused.content.decode()
    answer = desk.post(address, posted({"age": "54"}, action="draft"), headers=headers)
    assert answer.json() == {"url": f"/forms/{CaseForm.objects.get(code='demography').pk}/", "arrived": ""}


def test_what_was_typed_after_a_save_that_came_through_late_is_not_said_to_be_saved(desk, address):
    first = posted({"age": "54"}, action="draft", save_key=KEY)
    desk.post(address, first)
    form = CaseForm.objects.get(code="demography")
    assert "saved as a draft" in desk.get(f"/forms/{form.pk}/").content.decode()
    headers = {"Accept": "application/json"}
    answer = desk.post(address, first | {"age": "55", "typed_since": "yes"}, headers=headers)
    assert answer.json() == {"url": f"/forms/{form.pk}/", "arrived": f"form-{form.pk}"}
    assert Demography.objects.get().age == 54
    assert "saved as a draft" not in desk.get(f"/forms/{form.pk}/").content.decode()


def test_only_who_sent_a_save_learns_whether_it_arrived(desk, trial, sign_in, address, client):
    assert desk.get(f"/saves/{KEY}/").status_code == 404
    desk.post(address, posted({"age": "54"}, action="draft", save_key=KEY))
    form = CaseForm.objects.get(code="demography")
    assert desk.get(f"/saves/{KEY}/").json() == {"url": f"/forms/{form.pk}/", "key": f"form-{form.pk}"}
    for other in (trial.investigator, trial.stranger, trial.data_manager, trial.administrator):
        assert sign_in(other).get(f"/saves/{KEY}/").status_code == 404
    assert "/accounts/login/" in client.get(f"/saves/{KEY}/").url


def test_a_key_of_another_user_does_not_answer_for_a_save(desk, trial, sign_in, subject, address):
    desk.post(address, posted({"age": "54"}, action="draft", save_key=KEY))
    answer = sign_in(trial.investigator).post(address, posted({"age": "55"}, action="draft", save_key=KEY))
    assert answer.status_code == 409


def test_a_page_of_another_user_is_refused_with_what_was_typed(desk, trial, address):
    answer = desk.post(address, posted({"age": "54"}, action="draft", opened_by=str(trial.investigator.pk)))
    assert answer.status_code == 422
    assert "This form was opened and edited by somebody else" in answer.content.decode()
    assert 'value="54"' in answer.content.decode()
    assert not Demography.objects.exists()


def test_a_refused_save_still_meets_what_others_saved_since(desk, trial, subject):
    form = trial.fill(subject, "demography", {"age": "53"}, visit="SCR", complete=False)
    mine = on_screen(form) | {"sex": "F", "action": "draft"}
    trial.fill(subject, "demography", {"age": "60"}, case_form=form, complete=False)
    refused = desk.post(f"/forms/{form.pk}/", mine | {"age": "fifty", "action": "complete"})
    assert refused.status_code == 422
    assert 'name="version" value="1"' in refused.content.decode()
    assert desk.post(f"/forms/{form.pk}/", mine | {"version": "1"}).status_code == 409


def test_receipts_go_when_no_browser_can_ask_any_more(desk, address):
    desk.post(address, posted({"age": "54"}, action="draft", save_key=KEY))
    with unlimited():
        SaveReceipt.objects.update(at=timezone.now() - timedelta(days=7, hours=23))
    assert forget_receipts() == 0
    with unlimited():
        SaveReceipt.objects.update(at=timezone.now() - timedelta(days=8, minutes=1))
    assert forget_receipts() == 1
