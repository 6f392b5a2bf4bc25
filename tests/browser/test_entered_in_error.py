"""What was entered in error is withdrawn, found again and restored by page, at both widths."""

from typing import Any

import pytest

from assessments.models import CaseForm
from tests.browser.desk import NARROW, picture
from tests.browser.test_safety_pages import runs_off, violations
from tests.cast import Trial
from tests.examples import EXAMPLES


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_an_entry_is_withdrawn_shown_struck_through_and_restored(desk: Any, trial: Trial, size: dict[str, int]) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])
    trial.fill(subject, "adverse_event", EXAMPLES["adverse_event"][0] | {"term": "Cough"})
    desk.set_viewport_size(size)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    picture(desk, f"before-withdrawal-{size['width']}")
    desk.get_by_role("link", name="Entered in error…").click()
    desk.get_by_label("Reason").fill("It is another subject's.")
    picture(desk, f"withdraw-{size['width']}")
    assert violations(desk) == []
    desk.get_by_role("button", name="Withdraw as entered in error").click()
    desk.get_by_text("Withdrawn by carla on").wait_for()
    picture(desk, f"withdrawn-{size['width']}")
    assert violations(desk) == [] and not runs_off(desk)
    desk.goto(f"{desk.address}/subjects/{subject.pk}/")
    assert desk.get_by_text("Mouth ulcers").count() == 0
    desk.get_by_role("link", name="Show entries entered in error").click()
    desk.get_by_text("Mouth ulcers").first.wait_for()
    desk.locator("#log-adverse_event").scroll_into_view_if_needed()
    picture(desk, f"withdrawn-in-the-log-{size['width']}")
    assert violations(desk, "#log-adverse_event") == [] and not runs_off(desk)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.get_by_role("link", name="Restore…").click()
    desk.get_by_label("Reason").fill("It was hers after all.")
    desk.get_by_role("button", name="Restore").click()
    desk.get_by_text("restored: it counts again").wait_for()
    assert CaseForm.objects.get(pk=form.pk).state == "complete"


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_paclitaxel_is_folded_up_on_day_22(desk: Any, trial: Trial, size: dict[str, int]) -> None:
    subject = trial.treated_subject()
    visit = subject.visits.get(code="C1D22")
    desk.set_viewport_size(size)
    desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/infusion/?visit={visit.pk}")
    folded = desk.locator("details.not-asked")
    folded.get_by_text("Paclitaxel is not planned on day 22").wait_for()
    assert not desk.locator("#row_id_paclitaxel_given").is_visible()
    picture(desk, f"day-22-{size['width']}")
    assert violations(desk, "details.not-asked") == [] and not runs_off(desk)
    folded.locator("summary").first.click()
    assert desk.locator("#row_id_paclitaxel_given").is_visible()
