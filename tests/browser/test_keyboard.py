"""A form from beginning to end without a mouse: where the focus goes, that it is seen, and what the keys do."""

import pytest
from playwright.sync_api import expect

from assessments.models import CaseForm, Demography, FollowUp, InfusionVisit
from tests.browser.desk import NARROW, open_form, picture, press

# The focused control: its name, whether a ring is drawn round it, and whether head or foot of the page hide it.
FOCUS = """() => {
    const one = document.activeElement, seen = one.closest('.choice') ?? one, style = getComputedStyle(seen);
    const drawn = (found) => found.outlineStyle !== 'none' || found.boxShadow !== 'none';
    const ring = [style, getComputedStyle(one)].some(drawn);
    const at = seen.getBoundingClientRect(), foot = document.querySelector('.form-foot').getBoundingClientRect();
    const inFoot = Boolean(one.closest('.form-foot'));
    const hidden = !inFoot && at.bottom > foot.top + 1 && at.top < foot.bottom;
    return {name: one.name || one.id || one.tagName, value: one.value, ring, hidden};
}"""


def tab_to(desk, name: str, value: str = "", most: int = 12) -> None:
    """Go on by Tab as far as the control; every stop on the way shows its focus and is not hidden."""
    for _ in range(most):
        desk.keyboard.press("Tab")
        focus = desk.evaluate(FOCUS)
        assert focus["ring"], focus
        assert not focus["hidden"], focus
        if focus["name"] == name and value in ("", focus["value"]):
            return
    raise AssertionError(f"{name} is not reached by Tab")


@pytest.fixture
def subject(trial):
    consented = trial.subject()
    trial.fill(consented, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return consented


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_a_whole_form_is_entered_mended_and_completed_by_keyboard_alone(desk, subject, size):
    desk.set_viewport_size(size)
    open_form(desk, subject, "demography", "SCR")
    desk.locator("#id_birth_date:focus").wait_for()
    desk.keyboard.type("May 1953")
    tab_to(desk, "age")
    desk.keyboard.type("54")
    tab_to(desk, "sex")
    press(desk, "1")
    tab_to(desk, "race")
    tab_to(desk, "menopausal_status")
    press(desk, "2")
    tab_to(desk, "action", "complete")
    press(desk, "Enter")
    # What is missing has the focus, and the summary says it once.
    desk.locator("#id_race:focus").wait_for()
    assert desk.get_by_role("link", name="Race: Required to complete the form.", exact=True).count() == 1
    picture(desk, f"keyboard-{size['width']}", whole=False)
    desk.keyboard.type("White")
    tab_to(desk, "action", "complete")
    press(desk, "Enter")
    desk.get_by_text("Demography: complete.").wait_for()
    record = Demography.objects.get()
    assert (record.birth_date, record.age, record.sex, record.race) == ("1953-05", 54, "F", "WHITE")
    assert CaseForm.objects.get(code="demography").state == "complete"


def test_a_saved_draft_leaves_the_focus_where_it_was(desk, subject):
    open_form(desk, subject, "demography", "SCR")
    desk.focus("#id_age")
    desk.keyboard.type("54")
    press(desk, "Control+s")
    desk.get_by_text("Demography: saved as a draft.").wait_for()
    desk.locator("#id_age:focus").wait_for()


def test_the_reason_is_given_by_keyboard_alone(desk, trial, subject):
    record = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}
    form = trial.fill(subject, "demography", record, visit="SCR")
    desk.set_viewport_size(NARROW)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.focus("#id_age")
    press(desk, "Control+a")
    desk.keyboard.type("55")
    press(desk, "Control+s")
    desk.locator("#reason:focus").wait_for()
    assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    picture(desk, "reason-narrow", whole=False)
    desk.keyboard.type("Other")
    press(desk, "Enter")
    # "Other" alone says nothing: the words are asked for before anything is sent.
    desk.locator("#reason-text:focus").wait_for()
    desk.keyboard.type("read from the passport")
    press(desk, "Tab", "Tab", "Enter")
    desk.get_by_text("Version 2").wait_for()
    assert Demography.objects.get().age == 55


def test_what_hangs_on_an_answer_is_hidden_in_a_chain_and_asked_about_once(desk, trial):
    subject = trial.treated_subject()
    record = {"contact_date": "2008-06-01", "vital_status": "ALIVE", "new_therapy_given": "Y"}
    record |= {"new_therapy_name": "lapatinib", "new_therapy_date": "2008-05-20"}
    form = trial.fill(subject, "follow_up", record, visit="TA01", complete=False)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    group = desk.get_by_role("radiogroup", name="New anticancer therapy")
    group.get_by_label("Yes").focus()
    press(desk, "2")
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text(["New therapy", "Started on"])
    desk.set_viewport_size(NARROW)
    picture(desk, "empties-narrow", whole=False)
    press(desk, "Escape")
    expect(dialog).to_be_hidden()
    expect(group.get_by_label("Yes")).to_be_checked()
    expect(desk.locator("#id_new_therapy_name")).to_have_value("lapatinib")
    # The answer was put back, and the focus with it: keys go there once the dialog has given it up.
    group.get_by_label("Yes").focus()
    press(desk, "2")
    dialog.get_by_role("button", name="Change and remove values").press("Enter")
    expect(desk.locator("#id_new_therapy_name")).to_be_hidden()
    press(desk, "Control+s")
    desk.get_by_text("Version 2").wait_for()
    follow_up = FollowUp.objects.get()
    assert (follow_up.new_therapy_given, follow_up.new_therapy_name, follow_up.new_therapy_date) == ("N", "", "")


def test_the_day_of_a_visit_is_asked_once(desk, trial):
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    sign = f"{desk.address}/subjects/{subject.pk}/treatment/begin/"
    desk.goto(sign)
    desk.fill("#id_on", "2008-01-07")
    desk.get_by_role("button", name="Go to the form").click()
    desk.get_by_role("heading", name="Trastuzumab and paclitaxel").wait_for()
    assert desk.input_value("#id_infusion_date") == "7 Jan 2008"
    assert not InfusionVisit.objects.exists()


def test_of_target_lesions_only_what_they_can_respond_with_is_offered(desk, trial):
    subject = trial.treated_subject()
    open_form(desk, subject, "tumour", "TA01")
    offered = desk.locator("#id_target_response input")
    assert [option.get_attribute("value") for option in offered.all()] == ["CR", "PR", "SD", "PD", "NE"]
    assert desk.locator("#id_overall_response input[value='NON-CR/NON-PD']").count() == 1
    desk.set_viewport_size(NARROW)
    desk.fill("#id_rows-0-diameters_mm", "12")
    desk.locator("[data-draft-state]", has_text="kept").wait_for()
    assert desk.locator(".form-foot").bounding_box()["height"] <= 110
    picture(desk, "narrow-foot", whole=False)
