"""The monitor's work list where list and form stand one below the other."""

from tests.browser.desk import NARROW, barriers, picture, sign_in, wait_until

TOP = "one => one.getBoundingClientRect().top"
FOCUSED = "() => document.activeElement.id"


def test_a_chosen_form_comes_into_view_and_the_list_is_one_press_away(desk, trial):
    for _ in range(3):
        trial.screen(trial.subject())
    sign_in(desk, trial.monitor)
    desk.set_viewport_size(NARROW)
    desk.goto(f"{desk.address}/sdv/?scope=all")
    assert desk.locator("#pane-title").evaluate(TOP) > NARROW["height"], "else the test shows nothing"
    desk.locator(".work-list a").nth(2).click()
    desk.wait_for_url("**form=*")
    wait_until(desk, "() => document.activeElement.id === 'pane-title'")
    assert 0 <= desk.locator("#pane-title").evaluate(TOP) < 120
    picture(desk, "sdv-narrow-chosen", whole=False)
    assert barriers(desk) == []
    desk.get_by_role("link", name="Back to the list").click()
    assert desk.evaluate(FOCUSED) == "work-list"
    assert 0 <= desk.locator("#work-list").evaluate(TOP) < 120
    picture(desk, "sdv-narrow-list", whole=False)


def test_beside_the_list_the_page_stays_where_it_is(desk, trial):
    trial.screen(trial.subject())
    sign_in(desk, trial.monitor)
    desk.goto(f"{desk.address}/sdv/?scope=all")
    desk.locator(".work-list a").nth(1).click()
    wait_until(desk, "() => document.activeElement.id === 'pane-title'")
    assert desk.evaluate("() => scrollY") == 0
    assert desk.get_by_role("link", name="Back to the list").count() == 0
