"""Safety in a real browser: terms by keyboard, the clock on the form, a signed decision; at both widths."""

from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.actor import acting
from assessments.models import AdverseEvent
from safety.alerts import give_notices
from safety.models import DoseLevelDecision, SeriousReport
from tests.browser.desk import NARROW, faults, open_form, picture, press, sign_in, violations
from tests.cast import PASSWORD, SETUP, Trial
from tests.safety.conftest import SERIOUS
from tests.safety.levels import at_level
from tests.unlimited import unlimited


def runs_off(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_term_is_chosen_by_keyboard_and_coded_by_the_save(desk: Any, trial: Trial) -> None:
    subject = trial.treated_subject()
    open_form(desk, subject, "adverse_event")
    desk.fill("#id_term", "running nose and loose stools")
    desk.focus("#id_dictionary_term")
    desk.keyboard.type("diarrh")
    desk.get_by_role("option", name="Diarrhea").wait_for()
    # The list of fewer letters is longer, and may end in the middle of the next box.
    desk.wait_for_load_state("networkidle")
    picture(desk, "terms")
    assert violations(desk) == []
    press(desk, "ArrowDown", "Enter")
    assert desk.input_value("#id_dictionary_term") == "Diarrhea"
    assert desk.get_by_role("listbox").count() == 0
    desk.keyboard.press("Control+s")
    desk.get_by_text("saved as a draft").wait_for()
    record = AdverseEvent.objects.get()
    assert (record.dictionary_term, record.dictionary) == ("Diarrhea", "CTCAE 3.0")


def test_words_that_are_no_term_are_refused_and_stay_where_they_were_typed(desk: Any, trial: Trial) -> None:
    open_form(desk, trial.treated_subject(), "adverse_event")
    desk.focus("#id_dictionary_term")
    desk.keyboard.type("xyzzy")
    desk.get_by_text("CTCAE 3.0 has no such term.").wait_for()
    press(desk, "Escape")
    desk.keyboard.press("Control+s")
    desk.get_by_text("has no term “xyzzy”").first.wait_for()
    assert desk.input_value("#id_dictionary_term") == "xyzzy"
    assert AdverseEvent.objects.get().dictionary_term == ""


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_the_pages_of_safety_stand_at_both_widths(desk: Any, trial: Trial, size: dict[str, int]) -> None:
    subject = at_level(trial, "P1-5D", 2, dlts=1)[0]
    form = trial.fill(subject, "adverse_event", SERIOUS)
    trial.fill(subject, "adverse_event", SERIOUS | {"grade": "4"}, case_form=form, reason="worse")
    give_notices()
    event = SeriousReport.objects.all()[0].event
    desk.set_viewport_size(size)
    desk.goto(f"{desk.address}/forms/{form.pk}/")
    desk.get_by_text("version 2 of the report").wait_for()
    picture(desk, f"event-form-{size['width']}")
    assert violations(desk) == []
    sign_in(desk, trial.data_manager)
    for name, address in {
        "serious": "/serious/",
        "serious-event": f"/serious/{event.pk}/",
        "notices": "/notices/",
        "levels": "/cohorts/levels/",
        "cohorts": "/cohorts/",
    }.items():
        desk.goto(f"{desk.address}{address}")
        picture(desk, f"{name}-{size['width']}")
        assert not runs_off(desk), name
        assert violations(desk) == [], name


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_the_guidance_stands_beside_a_dosing_form(desk: Any, trial: Trial, size: dict[str, int]) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "adverse_event", SERIOUS | {"serious": "N"})
    desk.set_viewport_size(size)
    desk.goto(f"{desk.address}/forms/{subject.forms.get(code='infusion').pk}/")
    desk.get_by_role("heading", name="Dose guidance: cannot be determined").wait_for()
    picture(desk, f"guidance-{size['width']}")
    assert violations(desk, ".guidance-slot") == []
    open_form(desk, subject, "everolimus")
    desk.get_by_text("until grade 1 or better").wait_for()
    picture(desk, f"guidance-everolimus-{size['width']}")
    assert violations(desk, ".guidance-slot") == []
    assert not runs_off(desk)


def test_the_committee_s_decision_is_signed_with_the_password(desk: Any, trial: Trial) -> None:
    at_level(trial, "P1-5D", 1)
    # As the site hashes passwords; the tests' own way is quicker, and the site does not know it.
    with acting(SETUP), unlimited():
        trial.data_manager.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt-of-a-test")
        trial.data_manager.save()
    sign_in(desk, trial.data_manager)
    desk.goto(f"{desk.address}/cohorts/levels/")
    desk.get_by_role("link", name="Record a decision on Everolimus 5 mg daily").click()
    desk.get_by_label("Expand this level: keep it open and treat more subjects").check()
    desk.get_by_label("Participants").fill("Dr A (investigator), Dr B (sponsor)")
    desk.locator("#id_rationale").fill("One of three so far.")
    picture(desk, "decide")
    assert violations(desk) == []
    desk.get_by_label("Your user name").fill("dora")
    desk.get_by_label("Your password").fill("not it")
    desk.get_by_role("button", name="Sign and record the decision").click()
    desk.get_by_text("are not those of the one who is signed in").first.wait_for()
    desk.get_by_label("Your password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign and record the decision").click()
    desk.get_by_role("heading", name="The figures as they were").wait_for()
    picture(desk, "decision")
    assert violations(desk) == []
    assert DoseLevelDecision.objects.get().printed_name == "Dora"
    assert faults(desk) == []
