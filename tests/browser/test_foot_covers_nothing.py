"""What has the focus never lies behind the foot of a form, also once what is said above has pushed it down."""

import pytest

from tests.browser.desk import NARROW, open_form, picture

LOW = {"width": 740, "height": 360}
# Of the focused control: its name, its place, and by how many pixels the foot covers it or the window ends above it.
STOP = """() => {
    const one = document.activeElement, seen = one.closest('.choice') ?? one, at = seen.getBoundingClientRect();
    const foot = document.querySelector('.form-foot'), top = Math.min(foot.getBoundingClientRect().top, innerHeight);
    return {name: one.name ?? '', tag: one.tagName, kind: one.type ?? '', in_foot: foot.contains(one),
            covered: Math.round(at.bottom - top), above: Math.round(at.top),
            notes: document.querySelectorAll('.answer').length};
}"""
# No number, and no day.
WRONG = "31 Feb 2099"


def stops(desk, most: int = 400):
    """Each stop of the keyboard up to the foot of the form; something wrong is typed into each box on the way."""
    desk.locator("h1").wait_for()
    seen = []
    for _ in range(most):
        desk.keyboard.press("Tab")
        stop = desk.evaluate(STOP)
        if stop["in_foot"]:
            return seen
        if not seen and not (stop["name"] or stop["tag"] == "SUMMARY"):
            continue
        in_view(stop)
        seen.append(stop)
        if stop["tag"] in ("INPUT", "TEXTAREA") and stop["kind"] in ("text", "textarea"):
            desk.keyboard.insert_text(WRONG)
            # It answers about the field that was left before, above the one that has the focus now.
            desk.keyboard.press("Tab")
            in_view(desk.evaluate(STOP))
            desk.wait_for_timeout(800)
            in_view(desk.evaluate(STOP))
            desk.keyboard.press("Shift+Tab")
            in_view(desk.evaluate(STOP))
    raise AssertionError("the foot is not reached")


def in_view(stop) -> None:
    assert stop["in_foot"] or (stop["covered"] <= 0 and stop["above"] >= 0), stop


@pytest.mark.parametrize("code", ["adverse_event", "vital_signs", "haematology"])
def test_the_focus_is_never_under_the_foot_while_messages_show(desk, trial, code):
    desk.set_viewport_size(NARROW)
    subject = trial.treated_subject()
    open_form(desk, subject, code, "" if code == "adverse_event" else "C1D8")
    seen = stops(desk)
    assert len({stop["name"] for stop in seen}) > 5
    assert max(stop["notes"] for stop in seen) >= 2
    picture(desk, f"foot-{code}", whole=True)


def test_the_foot_of_a_low_window_does_not_stay(desk, trial):
    subject = trial.treated_subject()
    desk.set_viewport_size(LOW)
    open_form(desk, subject, "vital_signs", "C1D8")
    desk.evaluate("window.scrollTo(0, 0)")
    assert desk.locator(".form-foot").bounding_box()["y"] > LOW["height"]
    assert len(stops(desk)) > 5
