"""A case form as a page: who sees it, and what stands around it."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from tests.assessments.posting import CONSENT, HISTORY, THERAPY, consent_of, new_form, on_screen, posted

pytestmark = pytest.mark.django_db


def test_every_form_of_the_catalogue_has_a_page(trial, desk):
    subject = trial.treated_subject()
    for code, form_type in CATALOGUE.items():
        answer = desk.get(new_form(subject, code, None), follow=True)
        assert answer.status_code == 200, code
        assert form_type.title in answer.content.decode()


def test_nobody_sees_a_form_without_signing_in(trial, client):
    form = consent_of(trial)
    assert "/accounts/login/" in client.get(f"/forms/{form.pk}/").url
    assert "/accounts/login/" in client.get(new_form(form.subject, "demography")).url


def test_a_stranger_finds_no_form(trial, sign_in):
    form = consent_of(trial)
    stranger = sign_in(trial.stranger)
    for address in (f"/forms/{form.pk}/", new_form(form.subject, "demography")):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, posted(CONSENT)).status_code == 404
    assert sign_in(trial.administrator).get(f"/forms/{form.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["monitor", "data_manager", "sponsor", "auditor"])
def test_a_reader_reads_and_may_not_write(trial, sign_in, who):
    form = consent_of(trial)
    reader = sign_in(getattr(trial, who))
    page = reader.get(f"/forms/{form.pk}/").content.decode()
    assert "20 Dec 2007" in page
    assert 'name="action"' not in page
    assert reader.post(f"/forms/{form.pk}/", posted(CONSENT, version="1")).status_code == 403
    assert reader.post(new_form(form.subject, "demography"), posted({})).status_code == 403


def test_what_stands_against_a_form_is_said_before_anybody_types(trial, desk):
    page = desk.get(new_form(trial.subject(), "infusion", None)).content.decode()
    assert "The subject must be enrolled into a cohort before any dose." in page
    assert 'name="action"' not in page


def test_a_form_of_a_visit_is_not_begun_without_one(trial, desk):
    subject = trial.treated_subject()
    address = new_form(subject, "follow_up", None)
    assert "belongs to a visit" in desk.get(address).content.decode()
    for action in ("draft", "not_done"):
        answer = desk.post(address, posted({"contact_date": "2008-06-01"}, action=action, not_done_reason="lost"))
        assert answer.status_code == 422
        assert "belongs to a visit" in answer.content.decode()
        assert 'value="1 Jun 2008"' in answer.content.decode()
    assert not subject.forms.filter(code="follow_up").exists()


def test_complete_and_next_leads_to_the_next_form_that_waits(trial, desk):
    subject = trial.subject()
    answer = desk.post(new_form(subject, "consent"), posted(CONSENT, action="next"))
    assert answer.url == new_form(subject, "demography")


def test_an_address_that_names_no_form_or_visit_is_not_found(trial, desk):
    subject = trial.subject()
    other = trial.subject()
    for address in (
        f"/subjects/{subject.pk}/forms/nothing/",
        f"/subjects/{subject.pk}/forms/consent/?visit=x",
        f"/subjects/{subject.pk}/forms/consent/?visit={other.visits.get(code='SCR').pk}",
        "/forms/999999/",
    ):
        assert desk.get(address).status_code == 404


def test_the_rail_leads_to_every_form_of_the_subject_and_marks_this_one(trial, desk):
    form = consent_of(trial)
    page = desk.get(f"/forms/{form.pk}/").content.decode()
    for code in ("demography", "eligibility", "history", "tumour_baseline"):
        assert new_form(form.subject, code) in page
    assert f'<a href="/forms/{form.pk}/" aria-current="page">' in page


def test_an_open_query_stands_above_the_form_and_at_its_item(trial, desk):
    subject = trial.treated_subject()
    form = CaseForm.objects.get(subject=subject, code="infusion")
    trial_weight = on_screen(form) | {"weight_kg": "160", "change_reason": "Data entry error"}
    desk.post(f"/forms/{form.pk}/", trial_weight)
    page = desk.get(f"/forms/{form.pk}/").content.decode()
    assert "Weight 160 kg is outside 35 to 150" in page
    assert "marker-query-open" in page


def test_statements_of_a_page_do_not_grow_with_its_rows(trial, desk, django_assert_num_queries):
    subject = consent_of(trial).subject
    few = trial.fill(subject, "history", HISTORY, [THERAPY], visit="SCR", complete=False)
    address = f"/forms/{few.pk}/"
    desk.get(address)
    with django_assert_num_queries(15):
        desk.get(address)
    trial.fill(subject, "history", HISTORY, [THERAPY] * 20, case_form=few, complete=False)
    with django_assert_num_queries(15):
        desk.get(address)
