"""The page that describes the API, in a real browser under the strict policy."""

from typing import Any

from django.test import Client

from protocol import current


def test_the_page_of_the_api_lists_every_form_of_the_trial_and_breaks_no_policy(site_server: str, page: Any) -> None:
    from tests.cast import Trial

    client = Client()
    client.force_login(Trial().coordinator)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site_server}])
    page.goto(f"{site_server}/api/v1/docs/")
    page.locator("[data-tag='forms: Tumour assessment']").click()
    page.wait_for_selector("text=Tumour assessment: first save")
    assert page.locator(".opblock-tag", has_text="forms: ").count() == len(current().forms())
    page.locator("text=Tumour assessment: first save").click()
    page.wait_for_selector("text=overall_response")
    assert messages == []
