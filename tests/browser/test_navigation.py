"""The main navigation stands in one line at 1280 px for every role, and in one list on a telephone."""

from typing import Any

import pytest

from tests.browser.desk import picture, sign_in, wait_until, watched
from tests.cast import Trial
from tests.review.test_who_may_open_what import PEOPLE

LINE_PX = 60


@pytest.mark.parametrize("role", PEOPLE)
def test_all_entries_stand_in_one_line_and_each_leads_somewhere(
    page: Any, site_server: str, trial: Trial, role: Any
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    watched(page, site_server)
    sign_in(page, getattr(trial, PEOPLE[role]))
    page.goto(site_server)
    nav = page.get_by_role("navigation", name="Main")
    assert nav.bounding_box()["height"] < LINE_PX
    picture(page, f"nav-{role}-1280")
    group = nav.get_by_role("button", name="Oversight")
    if group.count():
        group.click()
        nav.get_by_role("link", name="Staff", exact=True).wait_for()
        picture(page, f"nav-{role}-open-1280")
        nav.get_by_role("link", name="Staff", exact=True).click()
        page.wait_for_url("**/staff/")
        assert group.get_attribute("aria-current") == "true"
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Menu").click()
    last = nav.get_by_role("link").last
    last.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not group.is_visible()
    picture(page, f"nav-{role}-390")
    last.click()
    page.get_by_role("heading", level=1).wait_for()


def test_the_list_beside_a_form_folds_where_the_window_is_made_narrow(
    desk: Any, trial: Trial, site_server: str
) -> None:
    desk.set_viewport_size({"width": 1280, "height": 800})
    subject = trial.subject()
    desk.goto(f"{site_server}/subjects/{subject.pk}/forms/demography/")
    rail = desk.locator("[data-rail]")
    assert rail.get_attribute("open") is not None
    desk.set_viewport_size({"width": 390, "height": 844})
    wait_until(desk, "!document.querySelector('[data-rail]').open")
    picture(desk, "rail-390")
    desk.set_viewport_size({"width": 1280, "height": 800})
    wait_until(desk, "document.querySelector('[data-rail]').open")
