"""Nothing typed is lost: the server killed in the middle of a save, answers that never come, a session that ends."""

import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection, transaction

from accounts.models import Session
from assessments.models import CaseForm, Consent, Demography, SaveReceipt
from audit.models import Event
from cohorts.models import Subject
from tests.browser.desk import NARROW, barriers, faults, open_form, picture, sign_in, wait_until, watched
from tests.programs import killable_site

pytestmark = pytest.mark.usefixtures("committed_db", "broker")

CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20"}


@pytest.fixture
def site_process(committed_db, broker, static_files, tmp_path) -> Iterator[Any]:
    yield from killable_site(tmp_path / "web.log", static_files)


@pytest.fixture
def desk(page, site_process, trial) -> Iterator[Any]:
    watched(page, site_process.address)
    sign_in(page, trial.coordinator)
    yield page
    assert faults(page) == []


@pytest.fixture
def subject(trial):
    consented = trial.subject()
    trial.fill(consented, "consent", CONSENT, visit="SCR")
    return consented


def type_demography(desk, subject) -> None:
    open_form(desk, subject, "demography", "SCR")
    desk.fill("#id_birth_date", "1953-05")
    desk.fill("#id_age", "54")


def lose_the_answer(route) -> None:
    """A save reaches the server, and its answer does not come back."""
    if route.request.method == "POST" and "/answers/" not in route.request.url:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")
    else:
        route.fallback()


def in_storage(desk) -> str:
    return desk.evaluate("JSON.stringify(localStorage)")


def wait_until_kept(desk) -> None:
    desk.locator("[data-draft-state]", has_text="kept in this browser").wait_for()


@pytest.mark.requirement("EMA 2023 loss of data")
def test_a_save_whose_server_is_killed_in_the_middle_comes_through_once_it_is_back(desk, site_process, subject):
    type_demography(desk, subject)
    with transaction.atomic():
        # The save stands in its transaction, waiting for the subject, when the server dies.
        Subject.objects.select_for_update().get(pk=subject.pk)
        desk.keyboard.press("Control+s")
        wait_until(desk, "() => document.querySelector('[data-saving]')")
        desk.wait_for_timeout(300)
        site_process.kill()
    desk.get_by_text("Not saved: the server cannot be reached.").wait_for()
    picture(desk, "outage", whole=False)
    assert barriers(desk) == []
    assert desk.input_value("#id_age") == "54"
    assert not Demography.objects.exists()
    site_process.start()
    desk.get_by_text("Demography: saved as a draft.").first.wait_for(timeout=20000)
    assert Demography.objects.get().age == 54
    assert CaseForm.objects.get(code="demography").version == 1


def test_a_save_whose_answer_was_lost_counts_once(desk, subject):
    lost = []

    def lose_the_first(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.fallback()

    desk.route("**/forms/**", lose_the_first)
    type_demography(desk, subject)
    desk.keyboard.press("Control+s")
    desk.get_by_text("Demography: saved as a draft.").first.wait_for(timeout=20000)
    assert lost == [200]
    assert CaseForm.objects.get(code="demography").version == 1
    assert Event.objects.filter(table_name="assessments_demography").count() == 1
    assert SaveReceipt.objects.count() == 1
    assert desk.get_by_role("button", name="Restore").count() == 0


def test_typing_goes_on_during_an_outage_and_what_was_typed_since_is_offered_after_the_lost_answer(desk, subject):
    desk.route("**/forms/**", lose_the_answer)
    type_demography(desk, subject)
    desk.keyboard.press("Control+s")
    desk.get_by_role("button", name="Keep typing").click()
    desk.fill("#id_age", "55")
    desk.unroute("**/forms/**")
    desk.keyboard.press("Control+s")
    desk.get_by_role("button", name="Restore").wait_for(timeout=30000)
    form = CaseForm.objects.get(code="demography")
    assert desk.url.endswith(f"/forms/{form.pk}/")
    assert [row.inner_text().split("\t")[:3] for row in desk.locator(".notice tbody tr").all()] == [
        ["Age at consent", "54", "55"]
    ]
    picture(desk, "offered")
    assert barriers(desk) == []
    desk.set_viewport_size(NARROW)
    assert desk.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    desk.get_by_role("button", name="Restore").click()
    desk.keyboard.press("Control+s")
    desk.get_by_text("Version 2").wait_for()
    assert Demography.objects.get().age == 55


def test_an_entry_of_a_log_that_comes_through_late_is_not_saved_twice(desk, trial):
    """The first try is still on its way when somebody goes on typing: nobody has heard of it, and then it arrives."""
    subject = trial.treated_subject()
    sent = []
    typing_on = []

    def delay_the_first(route):
        # The check while typing posts too, and is no save.
        if route.request.method != "POST" or "/answers/" in route.request.url or len(sent) == 2:
            route.fallback()
        elif not typing_on:  # The page tries again by itself, on a slow machine before the button is pressed.
            sent[:] = [route.request.post_data]
            route.abort("connectionreset")
        else:
            sent.append(route.fetch(post_data=sent[0], max_redirects=0).status)
            route.fallback()

    # Before the page opens: a page that stands already may still send past it.
    desk.route("**/forms/**", delay_the_first)
    open_form(desk, subject, "medication")
    desk.fill("#id_medication", "Paracetamol")
    desk.keyboard.press("Control+s")
    desk.get_by_role("button", name="Keep typing").click()
    typing_on.append(True)
    desk.fill("#id_medication", "Paracetamol 500 mg")
    desk.keyboard.press("Control+s")
    desk.get_by_role("button", name="Restore").wait_for(timeout=30000)
    assert sent[1:] == [200]
    assert CaseForm.objects.filter(code="medication").count() == 1
    assert desk.locator(".notice tbody td").nth(1).inner_text() == "Paracetamol 500 mg"


def test_a_browser_that_crashed_in_a_save_that_arrived_offers_nothing_twice(desk, trial, subject):
    form = trial.fill(subject, "demography", {"age": "53"}, visit="SCR", complete=False)

    desk.route("**/forms/**", lose_the_answer)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.fill("#id_age", "54")
    desk.keyboard.press("Control+s")
    desk.get_by_text("Not saved: the server cannot be reached.").wait_for()
    other = watched(desk.context.new_page(), desk.address)
    desk.close()
    other.goto(f"{desk.address}/forms/{form.pk}/")
    wait_until(other, "() => Object.keys(localStorage).length === 0")
    assert other.input_value("#id_age") == "54"
    assert other.get_by_role("button", name="Restore").count() == 0


def test_an_entry_of_a_log_whose_answer_was_lost_is_not_offered_for_a_second_one(desk, subject):
    desk.route("**/forms/**", lose_the_answer)
    open_form(desk, subject, "deviation")
    desk.fill("#id_description", "Visit on the wrong day")
    desk.keyboard.press("Control+s")
    desk.get_by_text("Not saved: the server cannot be reached.").wait_for()
    # The lost answer's cookie was lost with it.
    desk.context.clear_cookies(name="messages")
    other = watched(desk.context.new_page(), desk.address)
    desk.close()
    open_form(other, subject, "deviation")
    other.get_by_text("Your last save of this form did arrive").wait_for()
    assert other.get_by_role("button", name="Restore").count() == 0
    other.get_by_role("link", name="Open it").click()
    assert other.input_value("#id_description") == "Visit on the wrong day"
    assert CaseForm.objects.filter(code="deviation").count() == 1


def test_a_session_that_ended_loses_nothing_and_what_is_kept_cannot_be_read_by_the_next(desk, trial, subject):
    type_demography(desk, subject)
    wait_until_kept(desk)
    address = desk.url
    Session.objects.all().delete()
    desk.keyboard.press("Control+s")
    desk.get_by_text("Not saved: you are signed out.").wait_for()
    picture(desk, "signed-out", whole=False)
    assert "1953" not in in_storage(desk)
    desk.get_by_role("link", name="Sign in and continue here").click()
    desk.get_by_role("heading", name="Sign in").wait_for()
    assert "next=/subjects/" in unquote(desk.url)
    sign_in(desk, trial.coordinator)
    desk.goto(address)
    desk.get_by_role("button", name="Restore").click()
    assert desk.input_value("#id_birth_date") == "1953-05"
    desk.keyboard.press("Control+s")
    desk.get_by_text("Demography: saved as a draft.").wait_for()
    assert Demography.objects.get().birth_date == "1953-05"


def test_a_log_out_keeps_the_typing_for_the_same_user_alone(desk, trial, subject):
    type_demography(desk, subject)
    wait_until_kept(desk)
    address = desk.url
    desk.get_by_role("button", name="Carla").click()
    desk.get_by_role("button", name="Log out").click()
    desk.get_by_label("Username").wait_for()
    assert "1953" not in in_storage(desk)
    sign_in(desk, trial.investigator)
    desk.goto(address)
    desk.locator("#id_age").wait_for()
    assert desk.get_by_role("button", name="Restore").count() == 0
    assert all("1953" not in str(value) for value in json.loads(in_storage(desk)).values())
    desk.goto(f"{desk.address}/subjects/")
    desk.get_by_role("heading", name="Subjects").wait_for()
    assert desk.get_by_text("did not reach the server").count() == 0
    sign_in(desk, trial.coordinator)
    # Nobody remembers after a crash which form it was.
    desk.goto(f"{desk.address}/subjects/")
    desk.get_by_text("did not reach the server").wait_for()
    picture(desk, "unsaved", whole=False)
    desk.get_by_role("link", name="Demography").click()
    desk.get_by_role("button", name="Restore").wait_for(timeout=30000)
    assert desk.url == address


def test_who_signed_in_meanwhile_does_not_save_what_another_typed(desk, trial, subject):
    type_demography(desk, subject)
    sign_in(desk, trial.investigator)
    desk.keyboard.press("Control+s")
    desk.get_by_text("This form was opened and edited by somebody else; you are signed in as ines").wait_for()
    assert desk.input_value("#id_age") == "54"
    assert not Demography.objects.exists()


def test_two_sends_of_one_save_at_the_same_time_make_one_form(trial, subject):
    from django.test import Client

    from tests.assessments.posting import posted

    address = f"/subjects/{subject.pk}/forms/demography/?visit={subject.visits.get(code='SCR').pk}"
    data = posted({"age": "54"}, action="draft", save_key="6f1f5c0e-6a0d-4d52-9a3e-0d7c5e1b2a11")
    statuses: list[int] = []

    def send() -> None:
        client = Client()
        client.force_login(trial.coordinator)
        statuses.append(client.post(address, data).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 4
    assert CaseForm.objects.filter(code="demography").count() == 1
    assert Consent.objects.count() == 1
