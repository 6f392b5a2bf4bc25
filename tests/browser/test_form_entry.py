"""Entering forms in a real browser: by keyboard, live, without loss."""

import os
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import Trial

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def trial(site_server) -> Trial:
    return Trial()


@pytest.fixture
def desk(page, site_server, trial):
    """The coordinator's browser; every complaint of the console is collected and must be none."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.address = site_server
    sign_in(page, trial.coordinator)
    yield page
    assert page.complaints == []


def sign_in(page, user) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.address}])


def shot(page, name: str, full: bool = True) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=full)


def test_a_tumour_assessment_is_typed_by_keyboard_alone_with_the_sum_beside_it(desk, trial):
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    trial.assess(subject, 113, {"T01": "38", "T02": "20"}, "PR")
    visit = subject.visits.get(code="TA03")
    desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/tumour/?visit={visit.pk}")
    desk.get_by_role("heading", name="By the lesions").wait_for(timeout=5000)
    desk.focus("#id_assessment_date")
    desk.keyboard.type("2008-06-23")
    desk.keyboard.press("Tab")
    desk.keyboard.type("50 + 3")
    desk.keyboard.press("Enter")
    desk.keyboard.type("24")
    desk.locator("#sum-now", has_text="77 mm").wait_for(timeout=5000)
    desk.locator("#response", has_text="PD").wait_for(timeout=5000)
    shot(desk, "tumour")
    for name in ("eligibility", "infusion", "history", "everolimus", "consent", "follow_up", "death"):
        desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/{name}/")
        desk.wait_for_timeout(700)
        shot(desk, name)
    desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/tumour_baseline/")
    desk.wait_for_timeout(700)
    shot(desk, "tumour_baseline")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/tumour/?visit={visit.pk}")
    desk.wait_for_timeout(700)
    shot(desk, "tumour390")
    shot(desk, "tumour390view", False)
