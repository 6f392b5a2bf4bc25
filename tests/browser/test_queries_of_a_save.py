"""The page that answers a save names the queries that it raised and closed: nobody loads it again to see them."""

import pytest

from review.models import Query
from tests.browser.desk import NARROW, barriers, open_form, picture
from tests.cast import FIRST_DOSE


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["1280", "390"])
def test_queries_here_and_at_another_form_stand_on_the_answering_page(desk, trial, size):
    desk.set_viewport_size(size)
    subject = trial.treated_subject()
    open_form(desk, subject, "death")
    desk.fill("#id_death_date", FIRST_DOSE.replace(day=2).isoformat())
    desk.locator("input[name=cause][value='DISEASE UNDER STUDY']").check()
    desk.get_by_role("button", name="Complete", exact=True).click()
    notice = desk.get_by_role("status").filter(has_text="Death: complete.")
    notice.wait_for()
    raised = Query.objects.filter(state="open", origin="system")
    assert f"{raised.count()} quer" in notice.inner_text()
    elsewhere = raised.filter(case_form__code="infusion").first()
    link = notice.get_by_role("link", name="Trastuzumab and paclitaxel").first
    picture(desk, f"queries-of-a-save-{size['width']}")
    assert barriers(desk) == []
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    link.click()
    desk.wait_for_url(f"**/forms/{elsewhere.case_form_id}/**")
    assert desk.get_by_text(elsewhere.text).first.is_visible()


def test_what_the_derivation_asks_appears_without_a_reload(desk, trial):
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.get_by_role("radio", name="PD", exact=True).last.check()
    desk.get_by_role("button", name="Save changes").click()
    desk.select_option("#reason", "Data entry error")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("Tumour assessment: complete.").wait_for()
    assert not Query.objects.filter(check_id="response-differs").exists()
    from endpoints.refresh import refresh_marked

    refresh_marked()
    query = Query.objects.get(check_id="response-differs")
    desk.locator("[data-queries]").get_by_text(query.text).first.wait_for(timeout=15000)
    assert desk.locator("#row_id_overall_response .marker-query").count() == 1
