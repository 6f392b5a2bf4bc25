"""What a save of a form does, what it refuses, and that nothing typed is lost."""

import pytest

from assessments.models import CaseForm, Consent, EndOfTreatment, FollowUp
from audit.models import Event
from tests.assessments.posting import CONSENT, consent_of, new_form, on_screen, posted
from tests.cast import actor
from tests.signature.closed import lock_form, unlock_form

pytestmark = pytest.mark.django_db


def test_nothing_is_written_before_the_first_save(trial, desk):
    subject = trial.subject()
    assert desk.get(new_form(subject, "consent")).status_code == 200
    assert not CaseForm.objects.exists()


def test_the_first_save_makes_the_form_and_a_second_add_leads_to_it(trial, desk):
    subject = trial.subject()
    address = new_form(subject, "consent")
    answer = desk.post(address, posted({"consent_given": "Y"}, action="draft"))
    form = CaseForm.objects.get()
    assert (form.state, form.visit.code, answer.url) == ("draft", "SCR", f"/forms/{form.pk}/")
    assert desk.get(address).url == f"/forms/{form.pk}/"


def test_a_draft_may_leave_everything_open(trial, desk):
    desk.post(new_form(trial.subject(), "consent"), posted({}, action="draft"))
    assert CaseForm.objects.get().state == "draft"


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
def test_complete_is_refused_with_what_is_missing_at_each_field_and_keeps_what_was_typed(trial, desk):
    answer = desk.post(new_form(trial.subject(), "consent"), posted({"consent_version": "draft 7"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Date of consent: Required to complete the form." in page
    assert 'id="id_consent_date_error"' in page
    assert "draft 7" in page
    assert not CaseForm.objects.exists()


def test_a_value_that_cannot_be_is_refused_and_taken_by_no_draft(trial, desk):
    data = posted({"consent_given": "Y", "consent_date": "2199-01-01"})
    address = new_form(trial.subject(), "consent")
    answer = desk.post(address, data)
    assert answer.status_code == 422
    assert "is in the future" in answer.content.decode()
    assert desk.post(address, data | {"action": "draft"}).status_code == 302
    assert Consent.objects.get().consent_date is None


@pytest.mark.requirement("ICH E6(R3) 4.2.4")
def test_a_change_of_what_was_complete_needs_a_reason_that_the_trail_keeps(trial, desk):
    form = consent_of(trial)
    change = on_screen(form) | {"consent_version": "3.0"}
    refused = desk.post(f"/forms/{form.pk}/", change)
    assert refused.status_code == 422
    assert "Give the reason for the change" in refused.content.decode()
    assert 'value="3.0"' in refused.content.decode()
    given = change | {"change_reason": "Data entry error", "change_reason_text": "the chart says 3.0"}
    assert desk.post(f"/forms/{form.pk}/", given).status_code == 302
    assert Consent.objects.get().consent_version == "3.0"
    event = Event.objects.filter(table_name="assessments_consent").latest("id")
    assert (event.reason, event.actor_name) == ("Data entry error: the chart says 3.0", "carla")


def test_an_end_of_treatment_is_corrected_though_it_has_a_reason_of_its_own(trial, desk):
    subject = trial.treated_subject()
    form = trial.fill(subject, "end_of_treatment", {"end_date": "2008-03-03", "reason": "ADVERSE EVENT"})
    change = on_screen(form) | {"reason": "WITHDRAWAL BY SUBJECT", "change_reason": "Data entry error"}
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 302
    assert EndOfTreatment.objects.get(case_form=form).reason == "WITHDRAWAL BY SUBJECT"
    assert Event.objects.filter(table_name="assessments_endoftreatment").latest("id").reason == "Data entry error"


def test_other_without_words_is_no_reason(trial, desk):
    form = consent_of(trial)
    change = on_screen(form) | {"consent_version": "3.0", "change_reason": "Other"}
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 422


def test_a_save_that_changes_nothing_makes_no_new_version(trial, desk):
    form = consent_of(trial)
    assert desk.post(f"/forms/{form.pk}/", on_screen(form)).status_code == 302
    form.refresh_from_db()
    assert form.version == 1


def test_a_stale_save_shows_both_keeps_what_was_typed_and_may_be_saved_again(trial, desk):
    form = consent_of(trial)
    mine = on_screen(form) | {"consent_version": "mine", "change_reason": "Data entry error"}
    trial.fill(
        form.subject,
        "consent",
        CONSENT | {"consent_version": "theirs"},
        case_form=form,
        reason="source",
        by=actor(trial.investigator, "investigator"),
    )
    answer = desk.post(f"/forms/{form.pk}/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "theirs" in page
    assert 'value="mine"' in page
    assert "ines" in page
    assert Consent.objects.get().consent_version == "theirs"
    assert desk.post(f"/forms/{form.pk}/", mine | {"version": "2"}).status_code == 302
    assert Consent.objects.get().consent_version == "mine"


def test_of_two_who_begin_the_same_form_the_second_sees_what_the_first_saved(trial, desk):
    subject = trial.subject()
    address = new_form(subject, "consent")
    trial.fill(subject, "consent", CONSENT, visit="SCR", complete=False)
    answer = desk.post(address, posted(CONSENT | {"consent_version": "mine"}))
    assert answer.status_code == 409
    assert 'value="mine"' in answer.content.decode()
    assert Consent.objects.get().consent_version == "2.0"


def test_a_locked_form_says_who_locked_it_and_takes_no_entry(trial, desk):
    form = consent_of(trial)
    data = on_screen(form) | {"consent_version": "mine", "change_reason": "Data entry error"}
    dora = actor(trial.data_manager, "data_manager")
    lock_form(case_form=form, reason="clean", by=dora)
    page = desk.get(f"/forms/{form.pk}/").content.decode()
    assert "dora" in page
    assert 'name="action"' not in page
    answer = desk.post(f"/forms/{form.pk}/", data)
    assert answer.status_code == 423
    assert "locked by dora" in answer.content.decode()
    assert "mine" in answer.content.decode()
    assert Consent.objects.get().consent_version == "2.0"
    unlock_form(case_form=form, reason="correction", by=dora)
    assert 'name="action"' in desk.get(f"/forms/{form.pk}/").content.decode()


def test_an_item_that_no_longer_applies_is_emptied_by_the_server(trial, desk):
    subject = trial.treated_subject()
    record = {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "N"}
    desk.post(new_form(subject, "follow_up", "TA01"), posted(record | {"new_therapy_name": "lapatinib"}))
    assert FollowUp.objects.get().new_therapy_name == ""


def test_a_version_that_is_no_number_is_taken_as_stale(trial, desk):
    form = consent_of(trial)
    for version in ("one", "²", "9" * 5000):
        change = on_screen(form) | {"consent_version": "3.0", "change_reason": "Data entry error", "version": version}
        assert desk.post(f"/forms/{form.pk}/", change).status_code == 409


def test_a_form_that_may_not_be_begun_is_refused_when_posted_all_the_same(trial, desk):
    answer = desk.post(new_form(trial.subject(), "demography"), posted({"age": "54"}, action="draft"))
    assert answer.status_code == 422
    assert "Informed consent must be complete first." in answer.content.decode()
    assert 'value="54"' in answer.content.decode()


def test_a_withdrawal_that_turns_out_not_to_be_one_holds_nobody_back(trial, desk):
    subject = trial.treated_subject()
    end = trial.fill(subject, "end_of_treatment", {"end_date": "2008-03-03", "reason": "WITHDRAWAL OF CONSENT"})
    withdrawn = "Consent was withdrawn"
    assert withdrawn in desk.get(new_form(subject, "tumour", None)).content.decode()
    undone = {"action": "not_done", "not_done_reason": "Entered for the wrong subject", "version": end.version}
    assert desk.post(f"/forms/{end.pk}/", undone).status_code == 302
    subject.refresh_from_db()
    assert subject.status == "on_treatment"
    assert withdrawn not in desk.get(new_form(subject, "tumour", None)).content.decode()


def test_errors_and_conflicts_come_before_the_reason_is_asked_for(trial, desk):
    form = consent_of(trial)
    script = {"HTTP_ACCEPT": "application/json"}
    bad = desk.post(f"/forms/{form.pk}/", on_screen(form) | {"consent_date": "2199-01-01"}, **script)
    assert bad.status_code == 422
    assert "is in the future" in bad.content.decode()
    assert "Give the reason" not in bad.content.decode()
    good = on_screen(form) | {"consent_version": "3.0"}
    assert desk.post(f"/forms/{form.pk}/", good, **script).status_code == 428
    assert Consent.objects.get().consent_version == "2.0"
    assert desk.post(f"/forms/{form.pk}/", good | {"version": "9"}, **script).status_code == 409
    assert desk.post(f"/forms/{form.pk}/", good | {"change_reason": "Data entry error"}, **script).status_code == 200
    assert Consent.objects.get().consent_version == "3.0"
