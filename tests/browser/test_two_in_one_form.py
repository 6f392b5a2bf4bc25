"""Two people in one form: each sees the other, and what both save stands."""

import pytest

from assessments.models import PriorTherapy
from tests.browser.desk import NARROW, barriers, faults, picture, sign_in, watched


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
    assert desk.input_value("#id_metastatic_date") == "2006-03"
    picture(desk, "stale-rows")
    assert barriers(desk) == []
    desk.set_viewport_size(NARROW)
    assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    picture(desk, "stale-narrow")
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.keyboard.press("Control+s")
    desk.get_by_text("Version 3").wait_for()
    assert desk.input_value("#id_diagnosis_date") == "2004-05"
    assert desk.input_value("#id_metastatic_date") == "2006-03"
    assert list(PriorTherapy.objects.values_list("row", "kind")) == [(1, "TRASTUZUMAB"), (2, "TAXANE")]
