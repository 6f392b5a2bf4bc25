"""What a save would refuse or ask is said at the field while one types, and holds up nobody."""

import pytest

from assessments.models import CaseForm
from tests.browser.desk import NARROW, barriers, open_form, picture

WIDE = {"width": 1280, "height": 900}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_a_check_answers_while_one_types(desk, trial, size):
    desk.set_viewport_size(size)
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    open_form(desk, subject, "demography", "SCR")
    assert desk.locator(".answer").count() == 0
    desk.fill("#id_birth_date", "1960")
    desk.fill("#id_age", "5")
    answer = desk.locator("#answer-age")
    answer.get_by_text("Will raise a query: Age at consent 5 years is outside 18 to 90").wait_for()
    assert answer.get_by_text("from birth in 1960").is_visible()
    assert "answer-age" in desk.get_attribute("#id_age", "aria-describedby")
    assert "Age at consent: Will raise a query" in desk.locator("[data-answer-said]").inner_text()
    # What is empty and was not touched says nothing.
    assert desk.locator(".answer").count() == 1
    desk.fill("#id_age", "500")
    desk.locator("#answer-age .answer-error").wait_for()
    assert desk.get_attribute("#id_age", "aria-invalid") == "true"
    picture(desk, f"answers-{size['width']}", whole=False)
    # What it says does not stand behind the foot of the page.
    note, foot = desk.locator("#answer-age").bounding_box(), desk.locator(".form-foot").bounding_box()
    assert note["y"] + note["height"] <= foot["y"]
    assert barriers(desk) == []
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    desk.fill("#id_age", "47")
    desk.locator("#answer-age").wait_for(state="detached")
    assert desk.get_attribute("#id_age", "aria-invalid") is None
    assert not CaseForm.objects.filter(code="demography").exists()


def test_errors_across_fields_and_in_rows_answer_too(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "vital_signs", "C1D8")
    desk.fill("#id_systolic_mmhg", "70")
    desk.fill("#id_diastolic_mmhg", "120")
    desk.locator("#answer-diastolic_mmhg").get_by_text("is not below the systolic pressure").wait_for()
    desk.fill("#id_systolic_mmhg", "180")
    desk.locator("#answer-diastolic_mmhg .answer-error").wait_for(state="detached")
    open_form(desk, subject, "everolimus")
    desk.get_by_role("button", name="Add a row").click()
    desk.fill("#id_rows-0-start_date", "2008-01-20")
    desk.fill("#id_rows-0-end_date", "2008-01-08")
    desk.locator("[id='answer-rows-0-end_date']").get_by_text("is before the start").wait_for()
    picture(desk, "answers-in-rows")


def test_what_the_last_save_refused_goes_once_it_is_mended(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "vital_signs", "C1D8")
    desk.fill("#id_pulse_per_min", "7200")
    desk.get_by_role("button", name="Complete", exact=True).click()
    desk.locator("#id_pulse_per_min_error").wait_for()
    desk.fill("#id_pulse_per_min", "72")
    desk.locator("#id_pulse_per_min_error").wait_for(state="detached")
    # What nobody touched is needed still.
    assert desk.locator("#id_vital_signs_date_error").is_visible()
