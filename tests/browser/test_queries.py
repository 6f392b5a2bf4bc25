"""The list of queries in a real browser: chosen with the keyboard, many closed at once, at both widths."""

import pytest

from review.models import Query
from review.services import raise_query
from tests.browser.desk import faults, picture, sign_in, watched
from tests.browser.test_every_page import is_sound
from tests.cast import actor


@pytest.fixture
def desk(page, site_server):
    watched(page, site_server)
    yield page
    assert faults(page) == []


@pytest.fixture
def queries(trial):
    subject = trial.subject()
    trial.screen(subject)
    form, by = subject.forms.get(code="demography"), actor(trial.monitor, "monitor")
    return [raise_query(case_form=form, item="age", text=f"54 or 45? ({number})", by=by) for number in range(5)]


def test_many_are_chosen_and_closed_with_the_keyboard(desk, trial, queries):
    sign_in(desk, trial.monitor)
    desk.goto(f"{desk.address}/queries/")
    desk.get_by_label("All on this page").focus()
    desk.keyboard.press("Space")
    assert desk.locator("[data-chosen-count]").inner_text() == "5 chosen"
    desk.get_by_label(f"Choose query {queries[0].pk}", exact=True).focus()
    desk.keyboard.press("Space")
    assert desk.locator("[data-chosen-count]").inner_text() == "4 chosen"
    picture(desk, "queries-chosen")
    desk.get_by_role("button", name="Close chosen…").focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("heading", name="Close 4 queries").wait_for()
    is_sound(desk, "queries_at_once")
    desk.get_by_label("Comment").fill("Seen at the visit.")
    desk.get_by_role("button", name="Close 4", exact=True).focus()
    desk.keyboard.press("Enter")
    desk.get_by_text("4 queries closed.").wait_for()
    assert Query.objects.filter(state="closed").count() == 4


def test_a_question_about_many_forms_and_a_file_of_questions(desk, trial, queries):
    sign_in(desk, trial.monitor)
    desk.goto(f"{desk.address}/queries/raise/?form=demography&item=age")
    desk.get_by_label("Choose Demography of").check()
    desk.get_by_role("button", name="Raise queries on the chosen…").click()
    desk.get_by_role("heading", name="Raise queries on 1 form").wait_for()
    is_sound(desk, "queries_raise_chosen")
    desk.get_by_label("Query text").fill("At consent?")
    desk.get_by_role("button", name="Raise 1 query").click()
    desk.get_by_text("1 query raised.").wait_for()
    desk.goto(f"{desk.address}/queries/import/")
    wrong = b"subject,form,item,text\n101-001,demography,age,Sure?\n101-001,demography,shoe,Sure?\n"
    desk.get_by_label("File").set_input_files({"name": "q.csv", "mimeType": "text/csv", "buffer": wrong})
    desk.get_by_role("button", name="Check file").click()
    desk.get_by_text("1 of 2 lines cannot be raised").wait_for()
    is_sound(desk, "queries_import_wrong")
    right = wrong.replace(b"shoe", b"sex")
    desk.get_by_label("File").set_input_files({"name": "q.csv", "mimeType": "text/csv", "buffer": right})
    desk.get_by_role("button", name="Check file").click()
    desk.get_by_role("button", name="Raise 2 queries").wait_for()
    is_sound(desk, "queries_import_right")
    desk.get_by_role("button", name="Raise 2 queries").click()
    desk.get_by_text("2 queries raised.").wait_for()
    assert Query.objects.count() == 8


def test_a_filter_is_kept_and_a_refused_one_can_be_corrected(desk, trial, queries):
    sign_in(desk, trial.monitor)
    desk.goto(f"{desk.address}/queries/?form=demography&item=age")
    desk.get_by_text("Save this filter").first.click()
    desk.get_by_role("button", name="Keep", exact=True).click()
    desk.get_by_role("heading", name="Save a filter").wait_for()
    is_sound(desk, "query_filter")
    desk.get_by_label("Save this filter as").fill("Ages")
    desk.get_by_role("button", name="Keep", exact=True).click()
    desk.get_by_role("link", name="Ages", exact=True).wait_for()
    is_sound(desk, "query_list_kept")
