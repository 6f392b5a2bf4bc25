"""A page that is open when its session ends holds nothing any more that could be read."""

from typing import Any

import pytest

from accounts.models import Session
from tests.browser.desk import open_form, sign_in, wait_until, watched

pytestmark = pytest.mark.requirement("EMA 2023 security")


@pytest.fixture
def subject(trial: Any) -> Any:
    consented = trial.subject()
    trial.fill(consented, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return consented


def is_covered(page: Any) -> None:
    page.get_by_text("You are signed out.").wait_for()
    assert page.title() == "Signed out"
    assert "101-001" not in page.content()
    assert page.locator("main, form, table, input").count() == 0


def test_signing_out_in_one_window_empties_the_others_and_keeps_what_was_typed(
    desk: Any, trial: Any, subject: Any
) -> None:
    other = watched(desk.context.new_page(), desk.address)
    open_form(other, subject, "deviation")
    other.fill("#id_description", "Visit on the wrong day")
    wait_until(other, "Object.keys(localStorage).some((key) => key.startsWith('edc-draft:'))")
    desk.goto(f"{desk.address}/subjects/")
    desk.get_by_role("button", name="Carla").click()
    desk.get_by_role("button", name="Log out").click()
    is_covered(other)
    desk.get_by_label("Username").wait_for()
    other.get_by_role("link", name="Sign in to continue where you were").click()
    other.get_by_role("heading", name="Sign in").wait_for()
    sign_in(other, trial.coordinator)
    open_form(other, subject, "deviation")
    other.get_by_role("button", name="Restore").click()
    assert other.input_value("#id_description") == "Visit on the wrong day"
    assert other.complaints == []


def test_a_page_whose_session_ended_elsewhere_is_emptied_within_a_minute(desk: Any, subject: Any) -> None:
    desk.clock.install()
    desk.goto(f"{desk.address}/subjects/")
    desk.get_by_text("101-001").first.wait_for()
    with desk.expect_response(lambda answer: answer.url.endswith("/account/")) as looked:
        desk.clock.run_for(61_000)
    assert looked.value.request.headers["x-background"] == "1"
    assert desk.get_by_text("101-001").count() > 0
    Session.objects.all().delete()
    desk.clock.run_for(61_000)
    is_covered(desk)


def test_where_nothing_answers_a_page_is_emptied_when_the_session_would_have_ended(desk: Any, subject: Any) -> None:
    desk.clock.install()
    desk.route("**/account/", lambda route: route.abort())
    desk.goto(f"{desk.address}/subjects/")
    desk.get_by_text("101-001").first.wait_for()
    idle = int(desk.locator("body").get_attribute("data-idle"))
    desk.clock.fast_forward((idle - 120) * 1000)
    desk.wait_for_timeout(500)
    assert desk.get_by_text("101-001").count() > 0
    desk.clock.fast_forward(240 * 1000)
    is_covered(desk)
