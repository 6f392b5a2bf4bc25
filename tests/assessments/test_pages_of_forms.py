"""A case form as a page: who sees it, what it saves, and that nothing typed is lost."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, Consent, EndOfTreatment, EverolimusInterval, FollowUp, Lesion, PriorTherapy
from audit.models import Event
from review.services import lock_form, unlock_form
from tests.assessments.posting import on_screen, posted
from tests.cast import ELIGIBLE, actor

pytestmark = pytest.mark.django_db
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20", "consent_version": "2.0"}
HISTORY = {
    "diagnosis_date": "2004",
    "metastatic_date": "2006-03",
    "histology": "INVASIVE DUCTAL CARCINOMA",
    "her2_ihc": "3+",
    "her2_fish": "POSITIVE",
}
THERAPY = {"kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD"}


def new_form(subject, code: str, visit: str | None = "SCR") -> str:
    asked = f"?visit={subject.visits.get(code=visit).pk}" if visit else ""
    return f"/subjects/{subject.pk}/forms/{code}/{asked}"


def consent_of(trial):
    subject = trial.subject()
    return trial.fill(subject, "consent", CONSENT, visit="SCR")


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
    assert "20 Dec 2007" in page or "2007-12-20" in page
    assert 'name="action"' not in page
    assert reader.post(f"/forms/{form.pk}/", posted(CONSENT, version="1")).status_code == 403
    assert reader.post(new_form(form.subject, "demography"), posted({})).status_code == 403


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


def test_complete_is_refused_with_what_is_missing_at_each_field_and_keeps_what_was_typed(trial, desk):
    answer = desk.post(new_form(trial.subject(), "consent"), posted({"consent_version": "draft 7"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Date of consent: Needed to complete the form." in page
    assert 'id="id_consent_date_error"' in page
    assert "draft 7" in page
    assert not CaseForm.objects.exists()


def test_a_value_that_cannot_be_is_refused_in_a_draft_too(trial, desk):
    data = posted({"consent_given": "Y", "consent_date": "2999-01-01"}, action="draft")
    answer = desk.post(new_form(trial.subject(), "consent"), data)
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()


def test_a_change_of_what_was_complete_needs_a_reason_that_the_trail_keeps(trial, desk):
    form = consent_of(trial)
    change = on_screen(form) | {"consent_version": "3.0"}
    refused = desk.post(f"/forms/{form.pk}/", change)
    assert refused.status_code == 422
    assert "Give the reason for the change" in refused.content.decode()
    assert 'value="3.0"' in refused.content.decode()
    given = change | {"change_reason": "Typed wrongly", "change_reason_text": "the chart says 3.0"}
    assert desk.post(f"/forms/{form.pk}/", given).status_code == 302
    assert Consent.objects.get().consent_version == "3.0"
    event = Event.objects.filter(table_name="assessments_consent").latest("id")
    assert (event.reason, event.actor_name) == ("Typed wrongly: the chart says 3.0", "carla")


def test_an_end_of_treatment_is_corrected_though_it_has_a_reason_of_its_own(trial, desk):
    subject = trial.treated_subject()
    form = trial.fill(subject, "end_of_treatment", {"end_date": "2008-03-03", "reason": "ADVERSE EVENT"})
    change = on_screen(form) | {"reason": "WITHDRAWAL BY SUBJECT", "change_reason": "Typed wrongly"}
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 302
    assert EndOfTreatment.objects.get(case_form=form).reason == "WITHDRAWAL BY SUBJECT"
    assert Event.objects.filter(table_name="assessments_endoftreatment").latest("id").reason == "Typed wrongly"


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
    mine = on_screen(form) | {"consent_version": "mine", "change_reason": "Typed wrongly"}
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
    data = on_screen(form) | {"consent_version": "mine", "change_reason": "Typed wrongly"}
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


def test_what_stands_against_a_form_is_said_before_anybody_types(trial, desk):
    page = desk.get(new_form(trial.subject(), "infusion", None)).content.decode()
    assert "The subject must be enrolled into a cohort before any dose." in page
    assert 'name="action"' not in page


def test_a_form_that_may_not_be_begun_is_refused_when_posted_all_the_same(trial, desk):
    answer = desk.post(new_form(trial.subject(), "demography"), posted({"age": "54"}, action="draft"))
    assert answer.status_code == 422
    assert "Informed consent must be complete first." in answer.content.decode()
    assert 'value="54"' in answer.content.decode()


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
    assert "200 characters at most why the form was not done: these are 250." in page
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


def test_a_form_of_a_visit_is_not_begun_without_one(trial, desk):
    subject = trial.treated_subject()
    address = new_form(subject, "follow_up", None)
    assert "belongs to a visit" in desk.get(address).content.decode()
    for action in ("draft", "not_done"):
        answer = desk.post(address, posted({"contact_date": "2008-06-01"}, action=action, not_done_reason="lost"))
        assert answer.status_code == 422
        assert "belongs to a visit" in answer.content.decode()
        assert 'value="2008-06-01"' in answer.content.decode()
    assert not subject.forms.filter(code="follow_up").exists()


def test_an_item_that_no_longer_applies_is_emptied_by_the_server(trial, desk):
    subject = trial.treated_subject()
    record = {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "N"}
    desk.post(new_form(subject, "follow_up", "TA01"), posted(record | {"new_therapy_name": "lapatinib"}))
    assert FollowUp.objects.get().new_therapy_name == ""


def test_rows_are_added_struck_out_with_a_reason_and_restored(trial, desk):
    subject = consent_of(trial).subject
    form = trial.fill(subject, "history", HISTORY, [THERAPY], visit="SCR", complete=False)
    second = {"rows-1-kind": "TAXANE", "rows-1-setting": "ADJUVANT", "rows-TOTAL_FORMS": "2"}
    desk.post(f"/forms/{form.pk}/", on_screen(form) | second)
    assert list(PriorTherapy.objects.values_list("row", "kind")) == [(1, "TRASTUZUMAB"), (2, "TAXANE")]

    form.refresh_from_db()
    struck = on_screen(form) | {"rows-0-struck_out": "on"}
    assert desk.post(f"/forms/{form.pk}/", struck).status_code == 422
    desk.post(f"/forms/{form.pk}/", struck | {"change_reason": "Typed wrongly"})
    assert list(PriorTherapy.objects.values_list("row", "struck_out")) == [(1, True), (2, False)]

    form.refresh_from_db()
    restored = on_screen(form) | {"change_reason": "Source was corrected"}
    del restored["rows-0-struck_out"]
    desk.post(f"/forms/{form.pk}/", restored)
    assert list(PriorTherapy.objects.values_list("row", "struck_out")) == [(1, False), (2, False)]


def test_a_struck_row_needs_a_reason_in_a_draft_too(trial, desk):
    subject = consent_of(trial).subject
    form = trial.fill(subject, "history", HISTORY, [THERAPY], visit="SCR", complete=False)
    struck = on_screen(form) | {"rows-0-struck_out": "on", "action": "draft"}
    answer = desk.post(f"/forms/{form.pk}/", struck)
    assert answer.status_code == 422
    assert "Say why the row is struck out" in answer.content.decode()


def test_an_interval_that_ends_before_it_starts_is_refused_at_its_end(trial, desk):
    subject = trial.treated_subject()
    row = {"start_date": "2008-02-01", "end_date": "2008-01-31", "dose_mg": "10", "frequency": "QD"}
    answer = desk.post(new_form(subject, "everolimus", None), posted({}, [row], action="draft"))
    assert answer.status_code == 422
    assert "lies before the start" in answer.content.decode()
    assert not EverolimusInterval.objects.exists()


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


def test_a_version_that_is_no_number_is_taken_as_stale(trial, desk):
    form = consent_of(trial)
    for version in ("one", "²", "9" * 5000):
        change = on_screen(form) | {"consent_version": "3.0", "change_reason": "Typed wrongly", "version": version}
        assert desk.post(f"/forms/{form.pk}/", change).status_code == 409


def test_the_rail_leads_to_every_form_of_the_subject_and_marks_this_one(trial, desk):
    form = consent_of(trial)
    page = desk.get(f"/forms/{form.pk}/").content.decode()
    for code in ("demography", "eligibility", "history", "tumour_baseline"):
        assert new_form(form.subject, code) in page
    assert f'<a href="/forms/{form.pk}/" aria-current="page">' in page


def test_an_open_query_stands_above_the_form_and_at_its_item(trial, desk):
    subject = trial.treated_subject()
    form = CaseForm.objects.get(subject=subject, code="infusion")
    trial_weight = on_screen(form) | {"weight_kg": "160", "change_reason": "Typed wrongly"}
    desk.post(f"/forms/{form.pk}/", trial_weight)
    page = desk.get(f"/forms/{form.pk}/").content.decode()
    assert "Weight 160 kg lies outside 35 to 150" in page
    assert "marker-query-open" in page


def test_statements_of_a_page_do_not_grow_with_its_rows(trial, desk, django_assert_num_queries):
    subject = consent_of(trial).subject
    few = trial.fill(subject, "history", HISTORY, [THERAPY], visit="SCR", complete=False)
    address = f"/forms/{few.pk}/"
    desk.get(address)
    with django_assert_num_queries(13):
        desk.get(address)
    trial.fill(subject, "history", HISTORY, [THERAPY] * 20, case_form=few, complete=False)
    with django_assert_num_queries(13):
        desk.get(address)


def test_eligibility_is_judged_while_it_is_typed(trial, desk):
    subject = consent_of(trial).subject
    address = f"/subjects/{subject.pk}/eligibility/verdicts/"
    assert "may enter" in desk.post(address, posted(ELIGIBLE)).content.decode()
    low = desk.post(address, posted(ELIGIBLE | {"neutrophils": "1.4"})).content.decode()
    assert "1 not met" in low
    half = desk.post(address, posted(ELIGIBLE | {"neutrophils": "1."})).content.decode()
    assert "Phase II" in half
    assert not CaseForm.objects.filter(code="eligibility").exists()


def test_planned_doses_follow_from_weight_and_height_while_they_are_typed(trial, desk):
    subject = trial.subject()
    record = {"weight_kg": "64", "height_cm": "165", "paclitaxel_given": "Y", "paclitaxel_level_mg_m2": "80"}
    page = desk.post(f"/subjects/{subject.pk}/infusion/doses/", posted(record | {"paclitaxel_dose_mg": "120"}))
    assert "1.71 m²" in page.content.decode()
    assert "137 mg" in page.content.decode()
    assert "-12.4 % off the plan" in page.content.decode()


@pytest.mark.parametrize("address", ["eligibility/verdicts", "infusion/doses"])
def test_live_answers_are_for_those_who_enter(trial, sign_in, address):
    subject = trial.subject()
    for who, status in ((trial.stranger, 404), (trial.monitor, 403)):
        assert sign_in(who).post(f"/subjects/{subject.pk}/{address}/", {}).status_code == status


def test_a_new_lesion_stays_one_whatever_kind_is_posted_for_it(trial, desk):
    subject = trial.treated_subject()
    seen = {"assessment_date": "2008-03-03", "new_lesions": "Y", "overall_response": "PD"}
    form = trial.fill(subject, "tumour", seen, [{"location": "BRAIN", "method": "MRI"}], complete=False)
    number = next(name for name, value in on_screen(form).items() if value == "NEW01").removesuffix("-label")
    change = on_screen(form) | {f"{number}-kind": "TARGET", f"{number}-location": "SKIN", "action": "draft"}
    assert desk.post(f"/forms/{form.pk}/", change).status_code == 302
    assert Lesion.objects.values_list("kind", "location").get(subject=subject, label="NEW01") == ("NEW", "SKIN")


@pytest.mark.parametrize("count", ["999999999", "9" * 5000, "²"])
def test_a_number_of_rows_that_cannot_be_is_refused_at_once(trial, desk, count):
    subject = trial.subject()
    trial.screen(subject)
    form = subject.forms.get(code="history")
    sent = on_screen(form) | {"rows-TOTAL_FORMS": count, "change_reason": "Typed wrongly"}
    answer = desk.post(f"/forms/{form.pk}/", sent)
    assert answer.status_code == 422


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
