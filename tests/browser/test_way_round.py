"""Finding one's way in a real browser: wide and narrow, with data and without, by keyboard, without complaints."""

import pytest

from tests.browser.desk import violations
from tests.cast import actor

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def visit(page, site_server, trial):
    """Opens a page as a user; at the end nothing has complained, of the strict content policy or else."""
    from django.test import Client

    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    def open_as(user, path):
        client = Client()
        client.force_login(user)
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site_server}]
        )
        page.goto(f"{site_server}{path}")
        return page

    yield open_as
    assert complaints == []


def assert_sound(page, path):
    """Nothing sticks out at either width, and nothing breaks the accessibility rules."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{path} sticks out by {over} pixels at {size['width']}"
        assert (path, size["width"], violations(page)) == (path, size["width"], [])


def test_pages_without_data_are_sound_and_say_so(trial, visit):
    for path, words in (
        ("/subjects/", "No subjects yet"),
        ("/queries/", "No open queries"),
        ("/cohorts/", "nobody yet"),
    ):
        page = visit(trial.coordinator, path)
        assert words in page.inner_text("main")
        assert_sound(page, path)


def test_pages_with_data_are_sound_at_both_widths(trial, visit):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "40", "T02": "30"}, "PR")
    form = subject.forms.get(code="infusion")
    query = _ask(trial, form)
    for path in (
        "/subjects/",
        f"/subjects/{subject.pk}/",
        f"/subjects/{subject.pk}/visits/add/",
        "/queries/",
        f"/queries/{query.pk}/",
        "/cohorts/",
        f"/trail/?subject={subject.label}",
    ):
        assert_sound(visit(trial.coordinator, path), path)
    assert_sound(visit(trial.administrator, "/access-log/"), "/access-log/")


def test_from_the_matrix_to_the_field_that_a_query_asks_about(trial, visit):
    subject = trial.treated_subject()
    _ask(trial, subject.forms.get(code="infusion"))
    page = visit(trial.coordinator, "/subjects/")
    page.get_by_role("link", name=subject.label, exact=True).first.click()
    page.get_by_role("link", name="Trastuzumab and paclitaxel: Weight").click()
    page.wait_for_url("**/forms/*/#id_weight_kg")
    assert page.locator("#id_weight_kg").input_value() == "64"


def test_the_matrix_keeps_its_heads_in_sight_and_folds_by_keyboard(trial, visit):
    trial.treated_subject()
    page = visit(trial.coordinator, "/subjects/")
    assert page.locator("thead th", has_text="D22").count() == 1
    page.get_by_role("link", name="Cycle 1", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**open=*")
    assert page.locator("thead th", has_text="D22").count() == 0
    head = page.locator("tbody th").first
    before = head.bounding_box()["x"]
    page.locator(".table-region").evaluate("region => { region.scrollLeft = 400 }")
    assert head.bounding_box()["x"] == before


def test_a_telephone_shows_subjects_with_what_is_due_and_no_matrix(trial, visit):
    trial.subject()
    page = visit(trial.coordinator, "/subjects/")
    page.set_viewport_size(NARROW)
    assert page.locator(".matrix").is_hidden()
    assert "Due" in page.locator(".subject-cards").inner_text()


def test_from_the_request_for_a_slot_to_the_enrolment(trial, visit):
    subject = trial.subject()
    trial.screen(subject)
    page = visit(trial.investigator, f"/subjects/{subject.pk}/")
    page.get_by_role("link", name="Request a slot").click()
    page.get_by_label("Phase II: everolimus 10 mg daily (P2-10D)").check()
    page.get_by_role("button", name="Request the slot").click()
    page.get_by_text("The data manager decides on it.").wait_for()
    page = visit(trial.data_manager, "/cohorts/")
    page.get_by_role("link", name=f"Enrol {subject.label}").click()
    page.fill("#id_on", "2008-01-04")
    page.get_by_role("button", name="Enrol").click()
    page.get_by_text(f"{subject.label} is enrolled").wait_for()
    subject.refresh_from_db()
    assert subject.status == "enrolled"


def _ask(trial, form):
    from review.services import raise_query

    return raise_query(case_form=form, item="weight_kg", text="64 or 46 kg?", by=actor(trial.monitor, "monitor"))
