"""Entering forms in a real browser: by keyboard, live, at both widths, without loss."""

import pytest

from assessments.models import CaseForm, LesionResult, PriorTherapy, TumourAssessment
from tests.browser.desk import NARROW, barriers, open_form, picture, press, sign_in, wait_until


def test_a_tumour_assessment_is_typed_by_keyboard_alone_with_the_response_beside_it(desk, trial):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    open_form(desk, subject, "tumour", "TA02")
    desk.get_by_role("heading", name="Derived from the lesions").wait_for()
    desk.focus("#id_assessment_date")
    desk.keyboard.type("20080428")
    press(desk, "Tab")
    desk.keyboard.type("30 + 3")
    desk.locator("#sum-now", has_text="33 mm").wait_for()
    press(desk, "Enter")
    desk.keyboard.type("24")
    desk.locator("#sum-now", has_text="57 mm").wait_for()
    desk.locator("#live-line", has_text="−43.0 % from baseline").wait_for()
    # finding of T02, finding of NT01, non-target response, new lesions, add, target response, overall response
    press(desk, "Tab", "Tab", "Space", "Tab", "2", "Tab", "1", "Tab", "Tab", "Tab", "2")
    desk.get_by_text("The investigator's response is the same.").wait_for()
    picture(desk, "tumour")
    desk.keyboard.press("Control+s")
    desk.get_by_text("Tumour assessment: saved as a draft.").wait_for()
    form = CaseForm.objects.get(code="tumour", visit__code="TA02")
    record = TumourAssessment.objects.get(case_form=form)
    assert str(record.assessment_date) == "2008-04-28"
    assert (record.non_target_response, record.new_lesions, record.overall_response) == ("NON-CR/NON-PD", "N", "PR")
    results = {result.lesion.label: result for result in LesionResult.objects.filter(case_form=form)}
    assert [int(size) for size in results["T01"].diameters_mm] == [30, 3]
    assert results["NT01"].state == "PRESENT"


def test_a_new_form_begins_in_its_first_field_and_a_saved_one_does_not(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "tumour", "TA01")
    wait_until(desk, "() => document.activeElement.id === 'id_assessment_date'")
    desk.goto(f"{desk.address}/forms/{subject.forms.get(code='consent').pk}/")
    desk.get_by_role("heading", name="Informed consent").wait_for()
    assert desk.evaluate("document.activeElement.tagName") == "BODY"


def test_letters_say_what_became_of_a_lesion(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "tumour", "TA01")
    desk.fill("#id_rows-0-diameters_mm", "12")
    desk.focus("#id_rows-0-diameters_mm")
    press(desk, "g")
    assert desk.input_value("#id_rows-0-diameters_mm") == ""
    press(desk, "s")
    desk.locator("#sum-now", has_text="5 mm").wait_for()
    assert desk.locator("#id_rows-0-state input:checked").get_attribute("value") == "ABSENT"
    assert desk.locator("#id_rows-1-state input:checked").get_attribute("value") == "TOO SMALL"


def test_a_difference_to_the_investigator_is_shown_at_once(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "tumour", "TA01")
    desk.fill("#id_rows-0-diameters_mm", "60")
    desk.fill("#id_rows-1-diameters_mm", "40")
    desk.get_by_role("radio", name="PD", exact=True).last.check()
    desk.get_by_text(
        "The investigator's response is PD, the one derived from the lesions is SD. Both are kept"
    ).wait_for()
    assert desk.get_by_text("The investigator's response is the same.").count() == 0
    picture(desk, "difference")
    desk.get_by_role("radio", name="SD", exact=True).last.check()
    desk.get_by_text("The investigator's response is the same.").wait_for()
    assert desk.get_by_text("Both are kept").count() == 0


def test_completing_too_early_leads_to_each_thing_that_is_missing(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "tumour", "TA01")
    desk.fill("#id_rows-1-diameters_mm", "31")
    desk.get_by_role("button", name="Complete", exact=True).click()
    desk.get_by_role("alert").wait_for()
    assert desk.input_value("#id_rows-1-diameters_mm") == "31"
    assert desk.evaluate("document.activeElement.id") == "id_assessment_date"
    picture(desk, "missing")
    desk.get_by_role(
        "link", name="T01 finding: A finding is required: a diameter, gone, or not assessed.", exact=True
    ).click()
    assert desk.evaluate("document.activeElement.name") == "rows-0-state"


def test_a_refused_save_is_sent_once_and_shown_where_it_was_typed(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "vital_signs", "C1D8")
    posts = []
    desk.on(
        "request",
        lambda request: posts.append(request) if request.method == "POST" and "/vital_signs/?" in request.url else None,
    )
    desk.fill("#id_vital_signs_date", "yesterday")
    desk.fill("#id_weight_kg", "6")
    others = {"temperature_c": "36.6", "systolic_mmhg": "128", "diastolic_mmhg": "78", "pulse_per_min": "72"}
    for name, value in others.items():
        desk.fill(f"#id_{name}", value)
    desk.locator("input[name=who_status]").nth(1).check()
    desk.get_by_role("button", name="Complete", exact=True).click()
    desk.get_by_role("alert").get_by_text("Not saved: 2 problems").wait_for()
    assert [request.response().status for request in posts] == [422]
    assert desk.evaluate("document.activeElement.id") == "id_vital_signs_date"
    assert desk.input_value("#id_weight_kg") == "6"
    assert "id_weight_kg_error" in desk.get_attribute("#id_weight_kg", "aria-describedby")
    picture(desk, "refused")
    assert barriers(desk) == []
    desk.fill("#id_vital_signs_date", "2008-01-14")
    desk.fill("#id_weight_kg", "64")
    desk.keyboard.press("Control+s")
    desk.get_by_text("Vital signs and performance status: saved as a draft.").wait_for()
    assert [request.response().status for request in posts] == [422, 200]


def test_a_change_asks_why_and_a_stale_one_keeps_both(desk, trial):
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_rows-0-diameters_mm", "44")
    desk.keyboard.press("Control+s")
    desk.locator("#reason-dialog").get_by_text("T01 diameter").wait_for()
    picture(desk, "reason", whole=False)
    trial.fill(
        subject,
        "tumour",
        {"assessment_date": "2008-03-04", "non_target_response": "NON-CR/NON-PD", "overall_response": "SD"},
        [{"label": "T01", "diameters_mm": "50"}],
        case_form=form,
        reason="source",
        complete=False,
    )
    desk.select_option("#reason", "Data entry error")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("This form was saved while you were typing.").wait_for()
    assert desk.input_value("#id_rows-0-diameters_mm") == "44"
    picture(desk, "stale")
    # The date was not typed here: it stands as the other saved it, and can be put back all the same.
    assert desk.input_value("#id_assessment_date") == "4 Mar 2008"
    compared = desk.get_by_role("radiogroup", name="T01 diameter")
    assert compared.get_by_role("radio", checked=True).get_attribute("value") == "mine"
    compared.get_by_role("radio").first.check()
    assert desk.input_value("#id_rows-0-diameters_mm") == "50"
    desk.get_by_role("button", name="All as I typed").click()
    assert desk.input_value("#id_rows-0-diameters_mm") == "44"
    assert desk.input_value("#id_assessment_date") == "3 Mar 2008"
    desk.get_by_role("radiogroup", name="Date of assessment").get_by_role("radio").first.check()
    desk.keyboard.press("Control+s")
    desk.select_option("#reason", "Data entry error")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("Version 3").wait_for()
    assert str(TumourAssessment.objects.get().assessment_date) == "2008-03-04"
    assert [int(size) for size in LesionResult.objects.get(case_form=form, lesion__label="T01").diameters_mm] == [44]


def test_going_back_to_a_draft_asks_why_although_no_value_changes(desk, trial):
    subject = trial.treated_subject()
    form = CaseForm.objects.get(subject=subject, code="history")
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.get_by_role("button", name="Back to draft").click()
    desk.select_option("#reason", "Source was corrected")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("saved as a draft").wait_for()
    form.refresh_from_db()
    assert form.state == "draft"


def test_rows_are_added_and_struck_out_with_a_reason(desk, trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    open_form(desk, subject, "history", "SCR")
    desk.get_by_role("button", name="Add a row").click()
    desk.select_option("#id_rows-0-kind", "TAXANE")
    desk.get_by_role("button", name="Save draft").click()
    desk.get_by_text("saved as a draft").wait_for()
    desk.locator("#id_rows-0-struck_out").check()
    desk.get_by_role("button", name="Save draft").click()
    desk.select_option("#reason", "Data entry error")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("Version 2").wait_for()
    assert PriorTherapy.objects.get().struck_out
    picture(desk, "history")


def test_an_answer_that_would_empty_others_is_asked_about_first(desk, trial):
    subject = trial.treated_subject()
    form = CaseForm.objects.get(subject=subject, code="infusion")
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.get_by_text("1.71 m²").wait_for()
    picture(desk, "infusion")
    given = desk.get_by_role("radiogroup", name="Paclitaxel given").get_by_label("No")
    given.check()
    desk.get_by_role("button", name="Keep the old answer").click()
    assert desk.input_value("#id_paclitaxel_dose_mg") == "137"
    given.check()
    desk.get_by_role("button", name="Change and remove values").click()
    assert not desk.locator("#id_paclitaxel_dose_mg").is_visible()
    assert desk.input_value("#id_paclitaxel_dose_mg") == ""


def test_lesions_are_chosen_at_baseline_under_the_rules_of_recist(desk, trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    open_form(desk, subject, "tumour_baseline", "SCR")
    for number, (organ, size) in enumerate([("LIVER", "35"), ("LUNG", "12")]):
        desk.get_by_role("button", name="Add a lesion").click()
        desk.select_option(f"#id_rows-{number}-kind", "TARGET")
        desk.select_option(f"#id_rows-{number}-location", organ)
        desk.select_option(f"#id_rows-{number}-method", "CT SCAN")
        desk.fill(f"#id_rows-{number}-diameters_mm", size)
    desk.locator("#sum-now", has_text="47 mm").wait_for()
    desk.locator("#note-rows-1", has_text="Not measurable").wait_for()
    assert desk.locator("#note-rows-0").inner_text() == ""
    picture(desk, "baseline")


def test_eligibility_shows_each_verdict_while_typing(desk, trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    open_form(desk, subject, "eligibility", "SCR")
    desk.fill("#id_neutrophils", "1.4")
    desk.locator(".verdict-not_met", has_text="I11").first.wait_for()
    desk.fill("#id_neutrophils", "1.5")
    desk.locator(".verdict-met", has_text="I11").first.wait_for()
    picture(desk, "eligibility")


def test_typing_lost_with_the_page_comes_back_with_its_rows(desk, trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    open_form(desk, subject, "history", "SCR")
    desk.get_by_role("button", name="Add a row").click()
    desk.fill("#id_rows-0-name", "docetaxel")
    desk.reload()
    desk.get_by_role("button", name="Restore").click()
    assert desk.input_value("#id_rows-0-name") == "docetaxel"


def test_nothing_is_wider_than_a_telephone(desk, trial):
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    desk.set_viewport_size(NARROW)
    for code in ("tumour_baseline", "eligibility", "infusion", "history"):
        other = CaseForm.objects.get(subject=subject, code=code)
        desk.goto(f"{desk.address}/forms/{other.pk}/")
        assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], code
        picture(desk, f"narrow-{code}")
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.locator("#live-line", has_text="70 mm").wait_for()
    assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    picture(desk, "narrow-tumour")
    desk.locator("#id_rows-0-diameters_mm").focus()
    picture(desk, "narrow-view", whole=False)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_forms_keep_to_the_rules_of_accessibility(desk, trial, width):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    desk.set_viewport_size({"width": width, "height": 900})
    for form in CaseForm.objects.filter(code__in=("tumour", "tumour_baseline", "history", "eligibility", "infusion")):
        desk.goto(f"{desk.address}/forms/{form.pk}/")
        desk.wait_for_load_state("networkidle")
        assert barriers(desk) == [], form.code


def test_a_reader_sees_the_values_and_no_way_to_change_them(desk, trial):
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    sign_in(desk, trial.monitor)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    assert desk.get_by_role("cell", name="42").is_visible()
    assert desk.locator("form#crf input:not([type=hidden])").count() == 0
    picture(desk, "read")


def test_a_draft_finds_its_lesion_again_though_another_came_before_it(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "tumour", "TA01")
    desk.locator("input[name='rows-2-state'][value='UNEQUIVOCAL PROGRESSION']").check(force=True)
    desk.goto(f"{desk.address}/subjects/{subject.pk}/")
    baseline = subject.forms.get(code="tumour_baseline")
    lesions = [{"label": "T01", "diameters_mm": "60"}, {"label": "T02", "diameters_mm": "40"}]
    lesions.append({"label": "NT01", "state": "PRESENT"})
    lesions.append({"kind": "TARGET", "location": "SKIN", "method": "PHYSICAL EXAMINATION", "diameters_mm": "30"})
    chosen = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    trial.fill(subject, "tumour_baseline", chosen, lesions, case_form=baseline, reason="Overlooked at first")
    open_form(desk, subject, "tumour", "TA01")
    desk.get_by_role("button", name="Restore").click()
    assert desk.locator("input[name='rows-3-state'][value='UNEQUIVOCAL PROGRESSION']").is_checked()
    assert desk.locator("input[name='rows-2-state']:checked").count() == 0
