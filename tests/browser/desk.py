"""What tests do at a desk: sign in, open a form, press keys, take pictures."""

import os
import time
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Error

# Where to leave pictures of what the browser shows; none are taken without it.
PICTURES = os.environ.get("PICTURES", "")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 390, "height": 844}


def sign_in(page: Any, user: Any) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.address}])


def picture(page: Any, name: str, *, whole: bool = True) -> None:
    if PICTURES:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=whole)


def open_form(desk: Any, subject: Any, code: str, visit: str = "") -> None:
    parameters = f"?visit={subject.visits.get(code=visit).pk}" if visit else ""
    desk.goto(f"{desk.address}/subjects/{subject.pk}/forms/{code}/{parameters}")


def wait_until(page: Any, held: str, seconds: float = 8) -> None:
    """Wait until the JavaScript expression or function `held` is true.

    Playwright's `wait_for_function` evaluates a string inside the page when it looks again, which the site's content
    security policy refuses; this asks from outside.
    """
    end = time.monotonic() + seconds
    while not _holds(page, held):
        assert time.monotonic() < end, f"Not so after {seconds} seconds: {held}"
        page.wait_for_timeout(50)


def _holds(page: Any, held: str) -> bool:
    try:
        return bool(page.evaluate(held))
    except Error:
        # The page it was asked of has just been left.
        return False


def settle(page: Any, seconds: float = 8) -> None:
    """Wait until nothing was asked of the server for a moment; Playwright's `networkidle` waits half a second."""
    end, quiet = time.monotonic() + seconds, 0
    while quiet < 2:
        assert time.monotonic() < end, f"Still underway: {[request.url for request in page.underway]}"
        page.wait_for_timeout(30)
        quiet = 0 if page.underway else quiet + 1


def press(desk: Any, *keys: str) -> None:
    for key in keys:
        desk.keyboard.press(key)


def watched(page: Any, address: str) -> Any:
    """The page with what its console complains of collected in `complaints`."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.underway = set()
    page.on("request", lambda request: page.underway.add(request))
    page.on("requestfinished", lambda request: page.underway.discard(request))
    page.on("requestfailed", lambda request: page.underway.discard(request))
    page.address = address
    page.set_default_timeout(8000)
    return page


def barriers(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds against WCAG 2.2 AA in what the page shows now."""
    # At its end the page's foot covers nothing; a field half behind it would be taken for too small a target.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    return violations(page)


def violations(page: Any, part: str | None = None) -> list[tuple[str, str]]:
    """The rule and the first place of each of axe-core's complaints, of the page as it stands or of a part of it.

    axe describes at length what holds too, unless it is told to describe violations alone.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": WCAG, "resultTypes": ["violations"]}
    answer = page.evaluate("([part, options]) => axe.run(part || document, options)", [part, options])
    return [(broken["id"], broken["nodes"][0]["html"]) for broken in answer["violations"]]


def faults(page: Any) -> list[str]:
    """A refused save answers with its status, which the browser notes, and who leaves a page breaks off what it was
    asking; everything else is a fault."""
    noted = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort", "htmx:sendError")
    return [words for words in page.complaints if not words.startswith(noted)]
