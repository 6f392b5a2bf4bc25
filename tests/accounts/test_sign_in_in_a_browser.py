"""Sign-in as people see it: the real site under its content policy, in Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.actor import SYSTEM
from accounts.models import User
from accounts.roles import Role
from accounts.services import issue_password_link
from tests.accounts.staff import PASSWORD, Staff, give_password
from tests.accounts.test_second_factor import code_of


@pytest.fixture(autouse=True)
def these_pages_alone(settings: Any) -> None:
    """Not here: the real site is served, with its own addresses and its real hashing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@pytest.fixture
def administrator(site_server: str) -> User:
    user = Staff()[Role.ADMINISTRATOR]
    give_password(user)
    return user


@pytest.fixture
def problems(page: Any) -> Iterator[list[str]]:
    """What the browser complains of: a refused script, a missing file, an error."""
    messages: list[str] = []
    page.set_default_timeout(10_000)
    page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield messages
    assert messages == []


def by_name(site_server: str) -> str:
    """Passkeys belong to a name, never to a number."""
    return site_server.replace("127.0.0.1", "localhost")


def sign_in(page: Any, password: str = PASSWORD) -> None:
    page.get_by_label("Username").fill("the.administrator")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_page_asks_for_sign_in_and_then_opens(
    administrator: User, site_server: str, page: Any, problems: list[str]
) -> None:
    page.goto(f"{site_server}/people/?q=the.m")
    sign_in(page, "wrong")
    page.get_by_role("alert").filter(has_text="Sign-in failed").wait_for()
    sign_in(page)
    page.wait_for_url("**/people/?q=the.m")
    assert page.get_by_role("rowheader").all_inner_texts() == ["the.monitor"]


def test_an_app_is_set_up_and_asked_for(administrator: User, site_server: str, page: Any, problems: list[str]) -> None:
    page.goto(f"{site_server}/accounts/2fa/totp/activate/")
    sign_in(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    secret = page.locator("main .code").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    assert page.locator("main li").count() == 10
    page.context.clear_cookies()
    page.goto(f"{site_server}/people/")
    sign_in(page)
    page.locator("input[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/people/")


def test_a_passkey_is_added_and_signs_in_by_itself(
    administrator: User, site_server: str, page: Any, problems: list[str]
) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page.goto(f"{by_name(site_server)}/accounts/2fa/webauthn/add/")
    sign_in(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.context.clear_cookies()
    page.goto(f"{by_name(site_server)}/people/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/people/")


def test_sign_in_fits_a_telephone_and_explains_a_passkey_that_cannot_work(
    administrator: User, site_server: str, page: Any
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site_server}/accounts/login/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_selector("#passkey-problem:visible")
    assert "do not work at this address" in page.inner_text("#passkey-problem")


def test_a_password_link_opens_by_itself_and_its_key_goes_in_no_address(
    administrator: User, site_server: str, page: Any, problems: list[str]
) -> None:
    link = issue_password_link(user=administrator, by=SYSTEM)
    key = link.partition("-")[2]
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(f"{site_server}{link}")
    page.get_by_role("button", name="Set password").wait_for()
    for field in ("password1", "password2"):
        page.locator(f"input[name={field}]").fill("a cart before the horse")
    page.get_by_role("button", name="Set password").click()
    page.get_by_role("heading", name="Your password is set").wait_for()
    assert page.input_value("input[name=login]") == administrator.username
    page.locator("input[name=password]").fill("a cart before the horse")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Your password was set on").wait_for()
    # What the browser shows of its first address is not what it sends.
    assert not [url for url in asked_for if key in url.partition("#")[0]]
    assert key not in page.url
