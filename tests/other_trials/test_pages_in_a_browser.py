"""A stranger's trial in a browser, served by a site of its own: its pages speak of its disease and drugs alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.other_trials.conftest import LUNG, PHASE_ONE

ROWS = {"treatment": "osimertinib", "given": "Y", "start_date": "2008-01-07", "dose": "800", "frequency": "QD"}
WIDTHS = (1280, 390)


@pytest.fixture
def lung_site(site_of: Callable[[Path], str]) -> str:
    return site_of(LUNG)


@pytest.fixture
def phase_one_site(site_of: Callable[[Path], str]) -> str:
    return site_of(PHASE_ONE)


def test_each_form_of_the_trial_is_read_at_both_widths(lung_site: str, page: Any) -> None:
    from tests.browser.desk import faults, picture, sign_in, watched
    from tests.other_trials.course import OtherTrial
    from tests.other_trials.test_forms_of_the_disease import FOREIGN

    trial = OtherTrial()
    subject, new = trial.enrolled(), trial.subject()
    trial.fill(new, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    form = trial.fill(subject, "exposure", {"any_given": "Y"}, [ROWS])
    watched(page, lung_site)
    sign_in(page, trial.coordinator)
    at_screening = f"?visit={new.visits.get(code='SCR').pk}"
    pages = {
        "eligibility": f"/subjects/{new.pk}/forms/eligibility/{at_screening}",
        "history": f"/subjects/{new.pk}/forms/history/{at_screening}",
        "study drug": f"/forms/{form.pk}/",
        "tablets": f"/subjects/{subject.pk}/forms/dispensing/",
        "adverse event": f"/subjects/{subject.pk}/forms/adverse_event/",
        "end of treatment": f"/subjects/{subject.pk}/forms/end_of_treatment/",
        "casebook": f"/subjects/{subject.pk}/",
        "checks": "/checks/",
        "protocol": "/protocol/",
    }
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name, address in pages.items():
            page.goto(f"{lung_site}{address}")
            picture(page, f"{name.replace(' ', '-')}-{width}")
            words = page.locator("main").inner_text()
            assert not FOREIGN.search(words), (name, FOREIGN.search(words))
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (name, width)
    page.goto(f"{lung_site}/forms/{form.pk}/")
    assert "ten times the planned 80 mg" in page.content()
    assert faults(page) == []


def test_doses_and_levels_of_a_phase_one_are_read_at_both_widths(phase_one_site: str, page: Any) -> None:
    from tests.browser.desk import faults, picture, sign_in, watched
    from tests.other_trials.course import PhaseOne
    from tests.other_trials.test_a_course_of_doses import EVENT, ODD
    from tests.other_trials.test_forms_of_the_disease import FOREIGN

    trial = PhaseOne()
    subject, alone = trial.evaluated("L1"), trial.enrolled("EXP")
    odd = trial.dose(trial.enrolled("L1"), *ODD)
    event = trial.fill(alone, "adverse_event", EVENT)
    evaluation = subject.forms.get(code="dlt_evaluation")
    watched(page, phase_one_site)
    pages = {
        "odd doses": (trial.coordinator, f"/forms/{odd.pk}/"),
        "event of an arm": (trial.coordinator, f"/forms/{event.pk}/"),
        "evaluation": (trial.coordinator, f"/forms/{evaluation.pk}/"),
        "levels": (trial.data_manager, "/cohorts/levels/"),
        "cohorts": (trial.data_manager, "/cohorts/"),
        "protocol": (trial.monitor, "/protocol/"),
    }
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name, (person, address) in pages.items():
            sign_in(page, person)
            page.goto(f"{phase_one_site}{address}")
            picture(page, f"{name.replace(' ', '-')}-{width}")
            words = page.locator("main").inner_text()
            assert not FOREIGN.search(words), (name, FOREIGN.search(words))
            assert name != "event of an arm" or "to carboplatin" not in words
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (name, width)
    assert faults(page) == []
