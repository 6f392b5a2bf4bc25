"""A long text pasted into a short box: it stays whole, and a counter says by how much it is too long."""

from typing import Any

from assessments.models import AdverseEvent
from tests.browser.desk import open_form, picture


def test_a_pasted_text_stays_whole_and_says_that_it_is_too_long(desk: Any, trial: Any) -> None:
    subject = trial.treated_subject()
    open_form(desk, subject, "adverse_event")
    text = "Long " * 600
    desk.focus("#id_term")
    desk.keyboard.insert_text(text)
    counter = desk.locator("#id_term ~ .text-length")
    counter.wait_for()
    assert desk.input_value("#id_term") == text
    assert counter.inner_text() == "2,999 of 200 characters: 2,799 too many. Nothing is cut."
    picture(desk, "long-text")
    desk.keyboard.press("Control+s")
    desk.locator("#id_term_error", has_text="At most 200 characters: this has 2999.").wait_for()
    assert desk.input_value("#id_term") == text
    assert AdverseEvent.objects.get().term == ""
    desk.fill("#id_term", "Mouth ulcers")
    assert desk.locator("#id_term ~ .text-length:visible").count() == 0
    desk.fill("#id_term", "w" * 190)
    assert desk.locator("#id_term ~ .text-length").inner_text() == "190 of 200 characters"


def test_the_dialog_of_a_form_that_is_not_done_counts_too(desk: Any, trial: Any) -> None:
    open_form(desk, trial.subject(), "consent", "SCR")
    desk.get_by_role("button", name="Not done…").click()
    desk.fill("#not-done-reason", "w" * 300)
    assert desk.locator("#not-done-dialog .text-length").inner_text().startswith("300 of 200 characters: 100 too many")
    desk.get_by_role("button", name="Mark as not done").click()
    desk.get_by_text("the reason has 300").first.wait_for()
    picture(desk, "long-not-done")
    assert desk.input_value("#not-done-reason") == "w" * 300
