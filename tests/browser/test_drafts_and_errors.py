"""A draft is saved whatever one field says; what is wrong is shown before a reason is asked for, and in view."""

import pytest

from assessments.models import CaseForm, UntakenText, VitalSigns
from tests.browser.desk import NARROW, barriers, faults, open_form, picture, sign_in, watched

WIDE = {"width": 1280, "height": 900}
IN_VIEW = """() => {
    const at = document.activeElement.getBoundingClientRect();
    const head = document.querySelector('.form-head');
    const above = getComputedStyle(head).position === 'sticky' ? head.getBoundingClientRect().bottom : 0;
    const below = document.querySelector('.form-foot').getBoundingClientRect().top;
    return at.height > 0 && at.top >= above && at.bottom <= below;
}"""


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_a_draft_with_one_bad_field_is_saved_shown_again_and_mended(desk, browser, trial, size):
    desk.set_viewport_size(size)
    subject = trial.treated_subject()
    open_form(desk, subject, "vital_signs", "C1D8")
    desk.fill("#id_vital_signs_date", "2008-01-14")
    desk.fill("#id_weight_kg", "64")
    desk.fill("#id_pulse_per_min", "7200")
    desk.keyboard.press("Control+s")
    desk.get_by_text("saved as a draft; what was not accepted").wait_for()
    form = CaseForm.objects.get(code="vital_signs", visit__code="C1D8")
    assert VitalSigns.objects.get(pk=form.pk).weight_kg == 64
    for _ in range(2):
        assert desk.input_value("#id_pulse_per_min") == "7200"
        assert desk.evaluate("document.activeElement.id") == "id_pulse_per_min"
        assert desk.evaluate(IN_VIEW)
        assert "id_pulse_per_min_error" in desk.get_attribute("#id_pulse_per_min", "aria-describedby")
        desk.reload()
    picture(desk, f"draft-with-a-bad-field-{size['width']}")
    assert barriers(desk) == []
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    # Another user at another computer meets it too, and mends it.
    context = browser.new_context(viewport=size)
    other = watched(context.new_page(), desk.address)
    sign_in(other, trial.investigator)
    other.goto(f"{desk.address}/forms/{form.pk}/")
    assert other.input_value("#id_pulse_per_min") == "7200"
    other.fill("#id_pulse_per_min", "72")
    other.keyboard.press("Control+s")
    other.get_by_text("performance status: saved as a draft.").wait_for()
    assert other.locator(".error").count() == 0
    assert faults(other) == []
    context.close()
    assert not UntakenText.objects.exists()
    assert VitalSigns.objects.get(pk=form.pk).pulse_per_min == 72


def test_complete_with_an_error_loses_nothing_typed(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "vital_signs", "C1D8")
    desk.fill("#id_vital_signs_date", "yesterday")
    desk.fill("#id_height_cm", "165")
    desk.get_by_role("button", name="Complete", exact=True).click()
    desk.get_by_role("alert").get_by_text("Not saved: ").wait_for()
    assert (desk.input_value("#id_vital_signs_date"), desk.input_value("#id_height_cm")) == ("yesterday", "165")
    desk.keyboard.press("Control+s")
    desk.get_by_text("saved as a draft; what was not accepted").wait_for()
    assert (desk.input_value("#id_vital_signs_date"), desk.input_value("#id_height_cm")) == ("yesterday", "165")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_an_error_comes_before_the_reason_and_stands_in_view(desk, trial, size):
    desk.set_viewport_size(size)
    subject = trial.treated_subject()
    form = CaseForm.objects.get(subject=subject, code="vital_signs", visit__code="SCR")
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_diastolic_mmhg", "190")
    desk.evaluate("window.scrollTo(0, 0)")
    desk.get_by_role("button", name="Save").first.click()
    desk.get_by_role("alert").get_by_text("Not saved: 1 problem").wait_for()
    assert not desk.locator("#reason-dialog").is_visible()
    assert desk.evaluate("document.activeElement.id") == "id_diastolic_mmhg"
    assert desk.evaluate(IN_VIEW)
    picture(desk, f"error-before-reason-{size['width']}", whole=False)
    desk.fill("#id_diastolic_mmhg", "79")
    desk.get_by_role("button", name="Save").first.click()
    dialog = desk.get_by_role("dialog", name="Why does it change?")
    dialog.wait_for()
    assert "Diastolic" in dialog.inner_text()
    # Back to the form, and once more: nothing was saved meanwhile.
    dialog.get_by_role("button", name="Back to the form").click()
    assert CaseForm.objects.get(pk=form.pk).version == form.version
    desk.get_by_role("button", name="Save").first.click()
    desk.select_option("#reason", "Data entry error")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("performance status: complete.").wait_for()
    assert VitalSigns.objects.get(pk=form.pk).diastolic_mmhg == 79
