"""Two people in one form: each sees the other, and what both save stands."""

import pytest

from assessments.models import PriorTherapy
from tests.browser.desk import NARROW, barriers, faults, picture, sign_in, watched
from tests.laboratory.samples import BLOOD, rows

BLOOD_ROWS = rows(BLOOD)


@pytest.fixture
def beside(browser, desk, trial):
    """The investigator's browser, at a machine of their own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = watched(context.new_page(), desk.address)
    sign_in(page, trial.investigator)
    yield page
    assert faults(page) == []
    context.close()


@pytest.fixture
def form(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return trial.fill(subject, "history", {"diagnosis_date": "2004"}, visit="SCR", complete=False)


def test_each_is_told_of_the_other(desk, beside, form):
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.wait_for_load_state("networkidle")
    beside.goto(f"{desk.address}/forms/{form.pk}/")
    beside.get_by_text("Carla (carla) has it open since").wait_for()
    beside.wait_for_load_state("networkidle")
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.get_by_text("Ines (ines) has it open since").wait_for()
    picture(desk, "two-in-one-form", whole=False)


def test_rows_and_items_of_both_stand(desk, beside, form):
    for page, kind in ((desk, "TAXANE"), (beside, "TRASTUZUMAB")):
        page.goto(f"{page.address}/forms/{form.pk}/")
        page.get_by_role("button", name="Add a row").click()
        page.select_option("#id_rows-0-kind", kind)
    beside.fill("#id_metastatic_date", "2006-03")
    beside.keyboard.press("Control+s")
    beside.get_by_text("saved as a draft").wait_for()
    desk.fill("#id_diagnosis_date", "2004-05")
    desk.keyboard.press("Control+s")
    desk.get_by_text("This form was saved while you were typing.").wait_for()
    assert desk.get_by_text("Rows that were added in the meantime (1)").is_visible()
    assert desk.input_value("#id_metastatic_date") == "Mar 2006"
    picture(desk, "stale-rows")
    assert barriers(desk) == []
    desk.set_viewport_size(NARROW)
    assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    picture(desk, "stale-narrow")
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.keyboard.press("Control+s")
    desk.get_by_text("Version 3").wait_for()
    assert desk.input_value("#id_diagnosis_date") == "May 2004"
    assert desk.input_value("#id_metastatic_date") == "Mar 2006"
    assert list(PriorTherapy.objects.values_list("row", "kind")) == [(1, "TRASTUZUMAB"), (2, "TAXANE")]


def test_a_result_and_its_unit_are_one_choice(desk, beside, trial):
    subject = trial.treated_subject()
    form = trial.fill(subject, "haematology", {"sample_date": "2008-01-07"}, BLOOD_ROWS, visit="C1D1", complete=False)
    for page in (desk, beside):
        page.goto(f"{page.address}/forms/{form.pk}/")
    beside.fill("#id_rows-0-value", "12.4")
    beside.select_option("#id_rows-0-unit", "g/dL")
    beside.keyboard.press("Control+s")
    beside.get_by_text("saved as a draft").wait_for()
    desk.fill("#id_rows-0-value", "119")
    desk.keyboard.press("Control+s")
    desk.get_by_text("This form was saved while you were typing.").wait_for()
    choice = desk.get_by_role("radiogroup", name="Haemoglobin result")
    assert choice.get_by_text("119 · g/L").is_visible()
    picture(desk, "stale-result")
    choice.get_by_text("12.4 · g/dL").check()
    assert (desk.input_value("#id_rows-0-value"), desk.input_value("#id_rows-0-unit")) == ("12.4", "g/dL")
    choice.get_by_text("119 · g/L").check()
    assert (desk.input_value("#id_rows-0-value"), desk.input_value("#id_rows-0-unit")) == ("119", "g/L")
    desk.set_viewport_size(NARROW)
    assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    picture(desk, "stale-result-narrow")
