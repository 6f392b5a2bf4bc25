"""Make docs/pictures anew: pages of the demonstration trial as `make run` shows them, 1280 wide.

`make pictures`, beside `make run`. Nothing that is typed for a picture is saved.
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import expect, sync_playwright

from tests.programs import chromium

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WIDTH = 1280
PASSWORD = "weekly-everolimus"  # of everybody in the demonstration
# An overdue assessment of six target lesions, and what is typed into it.
SUBJECT, DAY, SIZES = "101-014", "4 May 2009", ("9.1", "12", "6.5", "44", "28.2", "7")


def main(address: str) -> None:
    program = chromium()
    assert program is not None, "no Chromium on this machine"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program[0], args=program[1])
        for name, user, height, show in (
            ("endpoints", "sponsor", 1520, endpoints),
            ("subjects", "coordinator101", 900, subjects),
            ("assessment", "coordinator101", 1230, assessment),
        ):
            page = browser.new_context(viewport={"width": WIDTH, "height": height}).new_page()
            sign_in(page, address, user)
            show(page, address)
            page.screenshot(path=PICTURES / f"{name}.png")


def sign_in(page: Any, address: str, user: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def endpoints(page: Any, address: str) -> None:
    page.goto(f"{address}/endpoints/P2/measurable/")
    expect(page.locator("svg.marks").nth(1)).to_be_visible()


def subjects(page: Any, address: str) -> None:
    page.goto(f"{address}/subjects/")


def assessment(page: Any, address: str) -> None:
    page.goto(f"{address}/worklists/?list=overdue&q={SUBJECT}")
    page.get_by_role("link", name="Tumour assessment of").first.click()
    page.get_by_label("Date of assessment").fill(DAY)
    boxes = page.locator("input[name$='-diameters_mm']")
    expect(boxes).to_have_count(len(SIZES))
    for place, size in enumerate(SIZES):
        boxes.nth(place).fill(size)
    page.locator("input[name='non_target_response'][value='NON-CR/NON-PD']").check()
    expect(page.get_by_text("from nadir")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main(f"http://127.0.0.1:{sys.argv[1]}")
