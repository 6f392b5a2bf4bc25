"""A form that will not be filled says why."""

import pytest

from assessments.models import CaseForm, FollowUp
from tests.assessments.posting import consent_of, new_form, posted

pytestmark = pytest.mark.django_db


def test_not_done_needs_a_reason(trial, desk):
    subject = consent_of(trial).subject
    address = new_form(subject, "demography")
    assert desk.post(address, posted({}, action="not_done")).status_code == 422
    assert desk.post(address, posted({}, action="not_done", not_done_reason="never asked")).status_code == 302
    form = CaseForm.objects.get(code="demography")
    assert (form.state, form.not_done_reason) == ("not_done", "never asked")
    assert "never asked" in desk.get(f"/forms/{form.pk}/").content.decode()


def test_a_reason_that_is_too_long_is_refused_and_kept_for_shortening(trial, desk):
    subject = consent_of(trial).subject
    address, why = new_form(subject, "demography"), "not asked " * 25
    answer = desk.post(address, posted({"age": "54"}, action="not_done", not_done_reason=why))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "At most 200 characters: the reason has 250." in page
    assert f'value="{why}"' in page
    assert 'value="54"' in page
    assert not CaseForm.objects.filter(code="demography").exists()


def test_a_form_that_was_not_done_can_be_filled_later(trial, desk):
    subject = trial.treated_subject()
    address = new_form(subject, "follow_up", "TA01")
    desk.post(address, posted({}, action="not_done", not_done_reason="not reached"))
    form = CaseForm.objects.get(code="follow_up")
    record = {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "N"}
    assert desk.post(f"/forms/{form.pk}/", posted(record, version="1")).status_code == 302
    assert FollowUp.objects.get().vital_status == "ALIVE"
