"""What was typed and not saved stays offered until it is brought back or thrown away, whatever else is saved."""

import pytest

from assessments.models import CaseForm, Demography
from tests.browser.desk import NARROW, barriers, faults, open_form, picture, wait_until, watched
from tests.cast import actor
from tests.signature.closed import lock_form

EMPTY = "() => Object.keys(localStorage).length === 0"


@pytest.fixture
def subject(trial):
    consented = trial.subject()
    trial.fill(consented, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return consented


@pytest.fixture
def form(trial, subject):
    return trial.fill(subject, "demography", {"birth_date": "1953-05"}, visit="SCR", complete=False)


@pytest.fixture
def tab(desk):
    """Another tab of the same browser."""
    page = watched(desk.context.new_page(), desk.address)
    yield page
    assert faults(page) == []


def wait_until_kept(page) -> None:
    page.locator("[data-draft-state]", has_text="kept in this browser").wait_for()


def offered(page):
    return page.get_by_role("button", name="Discard")


def test_it_survives_the_save_of_something_else_until_it_is_thrown_away(desk, form):
    address = f"{desk.address}/forms/{form.pk}/"
    desk.goto(address)
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    desk.reload()
    offered(desk).wait_for()
    desk.get_by_role("radio", name="Female").check()
    desk.keyboard.press("Control+s")
    desk.get_by_text("Demography: saved as a draft.").wait_for()
    offered(desk).wait_for()
    assert Demography.objects.get().sex == "F"
    assert desk.input_value("#id_age") == ""
    assert desk.locator(".notice tbody tr").inner_text().split("\t")[:3] == ["Age at consent", "empty", "54"]
    desk.reload()
    offered(desk).click()
    wait_until(desk, EMPTY)
    desk.reload()
    desk.locator("#id_age").wait_for()
    assert offered(desk).count() == 0


def test_brought_back_and_saved_it_is_offered_no_more(desk, form):
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    desk.reload()
    desk.get_by_role("button", name="Restore").click()
    desk.keyboard.press("Control+s")
    desk.get_by_text("Demography: saved as a draft.").wait_for()
    wait_until(desk, EMPTY)
    assert Demography.objects.get().age == 54


def test_it_waits_as_long_as_nobody_decides(desk, form):
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    desk.goto(f"{desk.address}/subjects/")
    desk.evaluate(
        "for (const [key, kept] of Object.entries(localStorage))"
        " localStorage.setItem(key, JSON.stringify({ ...JSON.parse(kept), at: Date.now() - 40 * 86400000 }))"
    )
    desk.reload()
    desk.get_by_text("did not reach the server").wait_for()
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    offered(desk).wait_for()


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["1280", "390"])
def test_the_first_page_names_subject_visit_and_form_and_throws_it_away(desk, subject, size):
    desk.set_viewport_size(size)
    open_form(desk, subject, "demography", "SCR")
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    open_form(desk, subject, "deviation")
    desk.fill("#id_description", "Visit on the wrong day")
    wait_until_kept(desk)
    desk.goto(f"{desk.address}/subjects/")
    desk.get_by_text("did not reach the server").wait_for()
    lines = desk.locator(".unsaved li a").all_inner_texts()
    assert len(lines) == 2
    assert lines[0].startswith(f"{subject.label}, ")
    visit = subject.visits.get(code="SCR").label
    assert f"{subject.label}, {visit}, Demography" in lines
    picture(desk, f"unsaved-{size['width']}", whole=False)
    assert barriers(desk) == []
    assert desk.evaluate("document.documentElement.scrollWidth") <= size["width"]
    desk.get_by_role("button", name=f"Discard what was typed: {subject.label}, {visit}, Demography").click()
    assert desk.locator(".unsaved li").count() == 1
    desk.reload()
    desk.get_by_role("button", name="Discard what was typed").click()
    wait_until(desk, EMPTY)
    assert desk.get_by_text("did not reach the server").count() == 0


def test_two_tabs_of_one_form_keep_each_its_own(desk, tab, form):
    address = f"{desk.address}/forms/{form.pk}/"
    desk.goto(address)
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    tab.goto(address)
    tab.get_by_text("Another tab of this browser holds unsaved entries in this form").wait_for()
    assert offered(tab).count() == 0
    tab.get_by_role("radio", name="Female").check()
    tab.keyboard.press("Control+s")
    tab.get_by_text("Demography: saved as a draft.").wait_for()
    # The first tab's typing is still there, in its tab and after a crash of it.
    assert desk.input_value("#id_age") == "54"
    wait_until(tab, "() => Object.keys(localStorage).length === 1")
    desk.goto("about:blank")
    tab.reload()
    offered(tab).wait_for()
    assert "Somebody has saved the form since" in tab.locator(".notice", has_text="What you typed").inner_text()
    tab.get_by_role("button", name="Restore").click()
    assert tab.input_value("#id_age") == "54"
    assert tab.get_by_role("radio", name="Female").is_checked()


def test_a_form_that_was_locked_since_shows_it_to_be_thrown_away(desk, trial, form):
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    desk.reload()
    desk.get_by_text("The form is closed for data entry").wait_for()
    assert desk.locator(".notice tbody tr").inner_text().split("\t")[:3] == ["Age at consent", "–", "54"]
    assert desk.get_by_role("button", name="Restore").count() == 0
    picture(desk, "kept-and-locked")
    assert barriers(desk) == []
    offered(desk).click()
    wait_until(desk, EMPTY)


def test_a_form_that_another_made_meanwhile_offers_what_was_typed_before(desk, trial, subject):
    open_form(desk, subject, "demography", "SCR")
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    trial.fill(subject, "demography", {"birth_date": "1953-05"}, visit="SCR", complete=False)
    desk.reload()
    offered(desk).wait_for()
    assert desk.url.endswith(f"/forms/{CaseForm.objects.get(code='demography').pk}/")
    desk.get_by_role("button", name="Restore").click()
    assert (desk.input_value("#id_birth_date"), desk.input_value("#id_age")) == ("May 1953", "54")


def test_the_way_back_shows_what_was_typed_or_offers_it(desk, form):
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_age", "54")
    wait_until_kept(desk)
    desk.goto(f"{desk.address}/subjects/")
    desk.go_back()
    desk.locator("#id_age").wait_for()
    if desk.input_value("#id_age") != "54":
        desk.get_by_role("button", name="Restore").click()
    assert desk.input_value("#id_age") == "54"
