"""The endpoints page as the sponsor's browser shows it: figures drawn under the strict policy, wide and narrow."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from endpoints.models import Mark
from tests.browser.desk import violations
from tests.cast import Trial
from tests.endpoints.population import populate
from tests.randomisation.two_arms import two_arms

pytestmark = pytest.mark.usefixtures("committed_db")

CURVES = ("pfs", "os", "dor", "follow_up")
FIGURES = (*CURVES, "waterfall", "spider", "swimmer")


@pytest.fixture
def sponsor(trial: Trial, page: Any, site_server: str) -> Any:
    """The sponsor's browser, signed in; what it complains of fails the test."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    client = Client()
    client.force_login(trial.sponsor)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site_server}])
    page.site = site_server
    yield page
    assert complaints == []


def draw_all(page: Any) -> None:
    for code in FIGURES:
        figure = page.locator(f".vega-{code}")
        figure.scroll_into_view_if_needed()
        page.wait_for_selector(f".vega-{code}[data-drawn] svg")


def keep(page: Any, name: str) -> None:
    """A picture for whoever looks at it: SHOTS names the folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


def test_curves_of_randomised_groups_are_drawn_in_one_picture(
    committed_db: None, settings: Any, tmp_path: Path, page: Any, site_server: str
) -> None:
    settings.PROTOCOL_FILE = tmp_path / "two-arms.toml"
    settings.PROTOCOL_FILE.write_text(two_arms('primary_endpoint = "pfs"'))
    trial = Trial()
    strata = ("measurable_disease=yes, who_status=below 1", "measurable_disease=no, who_status=1 or more")
    populate(trial.site, 14, "WITH", strata=strata)
    populate(trial.other_site, 11, "WITHOUT", strata=strata)
    client = Client()
    client.force_login(trial.sponsor)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site_server}])
    # Both in one test: the running site keeps what it knows of a protocol when the database is put back.
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site_server}/endpoints/BOTH/all_randomised/")
        for code in ("pfs_arms", "os_arms", "dor_arms"):
            page.locator(f".vega-{code}").scroll_into_view_if_needed()
            expect(page.locator(f".vega-{code}[data-drawn] svg")).to_contain_text("Without everolimus")
        drawn = page.locator(".vega-pfs_arms svg")
        for text in ("Number at risk", "ratio 1.00 (95 % CI 0.43 to 2.33)", "log-rank p", "primary endpoint"):
            expect(drawn).to_contain_text(text)
        keep(page, f"arms-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("#title-hazards").scroll_into_view_if_needed()
        page.get_by_role("row", name="Progression-free survival (primary endpoint) stratified").get_by_role(
            "link"
        ).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "With everolimus against Without everolimus: Progression-free survival: all"
        )
        expect(page.get_by_text("Measurable disease: yes, Performance status: below 1").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_figure_is_drawn_and_nothing_runs_off_the_page(trial: Trial, sponsor: Any, width: int) -> None:
    populate(trial.site, 55)
    sponsor.set_viewport_size({"width": width, "height": 900})
    sponsor.goto(f"{sponsor.site}/endpoints/P2/all_treated/")
    draw_all(sponsor)
    keep(sponsor, f"endpoints-{width}")
    assert sponsor.evaluate("document.documentElement.scrollWidth") <= width
    for code in CURVES:
        assert "Number at risk" in sponsor.locator(f".vega-{code} svg").text_content()


def test_new_figures_appear_by_themselves_and_what_was_unfolded_stays_so(trial: Trial, sponsor: Any) -> None:
    subjects = populate(trial.site, 10)
    sponsor.goto(f"{sponsor.site}/endpoints/P2/all_treated/")
    draw_all(sponsor)
    sponsor.locator("#settings summary").click()
    sponsor.locator("#table-of-waterfall summary").click()
    sponsor.locator("#table-of-waterfall").get_by_role("row", name="101-001").wait_for(timeout=6000)
    Mark.objects.create(subject=subjects[0])
    sponsor.get_by_text("1 change pending").wait_for(timeout=6000)
    Mark.objects.all().delete()
    populate(trial.other_site, 5)
    sponsor.get_by_role("row", name="Objective response rate").get_by_text("4 of 15").first.wait_for(timeout=6000)
    sponsor.get_by_text("up to date").wait_for(timeout=6000)
    assert sponsor.locator("#settings").get_attribute("open") is not None
    sponsor.locator("#table-of-waterfall").get_by_role("row", name="102-001").wait_for(timeout=6000)
    draw_all(sponsor)
    assert sponsor.url.endswith("/endpoints/P2/all_treated/")


def test_a_number_leads_to_its_subjects_and_a_subject_to_the_reason(trial: Trial, sponsor: Any) -> None:
    populate(trial.site, 14)
    sponsor.goto(f"{sponsor.site}/endpoints/P2/all_treated/")
    sponsor.get_by_role("row", name="Partial response").get_by_role("link").first.click()
    sponsor.get_by_role("heading", name="Best response, confirmed: PR").wait_for()
    keep(sponsor, "behind")
    sponsor.get_by_role("link", name="101-001").click()
    sponsor.get_by_text("Partial response on 3 Mar 2008, confirmed on 28 Apr 2008.").first.wait_for()
    sponsor.locator(".vega-spider").scroll_into_view_if_needed()
    sponsor.wait_for_selector(".vega-spider[data-drawn] svg")
    keep(sponsor, "subject-1280")
    sponsor.set_viewport_size({"width": 390, "height": 844})
    keep(sponsor, "subject-390")
    assert sponsor.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_bar_leads_to_its_subject(trial: Trial, sponsor: Any) -> None:
    populate(trial.site, 7)
    sponsor.goto(f"{sponsor.site}/endpoints/P2/all_treated/")
    draw_all(sponsor)
    sponsor.locator(".vega-waterfall svg .mark-rect path").first.click()
    sponsor.wait_for_url("**/endpoints/subjects/*/")


def test_the_page_has_no_accessibility_fault_that_a_machine_can_find(trial: Trial, sponsor: Any) -> None:
    populate(trial.site, 14)
    sponsor.goto(f"{sponsor.site}/endpoints/P2/all_treated/")
    draw_all(sponsor)
    assert violations(sponsor) == []


def test_on_paper_every_row_keeps_its_name_and_nothing_runs_off(trial: Trial, sponsor: Any) -> None:
    populate(trial.site, 14)
    sponsor.set_viewport_size({"width": 720, "height": 1000})
    sponsor.goto(f"{sponsor.site}/endpoints/P2/all_treated/")
    draw_all(sponsor)
    sponsor.emulate_media(media="print")
    heads = sponsor.locator(".endpoint-table th:first-child")
    assert {heads.nth(n).evaluate("th => getComputedStyle(th).position") for n in range(heads.count())} == {"static"}
    assert sponsor.evaluate("document.documentElement.scrollWidth") <= 720
