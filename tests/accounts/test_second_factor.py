import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import access_for
from accounts.actor import SYSTEM, acting
from accounts.adapter import SIGN_IN_FAILED
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_token
from tests.accounts.staff import PASSWORD, Staff, give_password, signed_in


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_app(user: User) -> str:
    secret = generate_totp_secret()
    with acting(SYSTEM):
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
    return secret


@pytest.fixture
def monitor(staff: Staff) -> User:
    cache.clear()
    give_password(staff[Role.MONITOR])
    return staff[Role.MONITOR]


@pytest.fixture
def required(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["monitor"]


def with_token(user: User) -> Client:
    return Client(headers={"authorization": f"Token {create_token(user=user, by=SYSTEM)}"})


@pytest.mark.requirement("EMA 2023 authentication")
def test_a_role_that_needs_a_factor_sees_the_set_up_page_and_nothing_else(monitor: User, required: None) -> None:
    client = signed_in(monitor)
    for url in ("/trail/", "/account/", "/", "/people/", "/accounts/password/change/"):
        assert client.get(url).url == reverse("mfa_index")
    assert "Your role needs a second factor" in client.get(reverse("mfa_index")).content.decode()
    assert client.get(reverse("account_logout")).status_code == 200


@pytest.mark.parametrize("way", [signed_in, with_token], ids=["session", "token"])
def test_the_api_refuses_it_too(monitor: User, required: None, way: Any) -> None:
    response = way(monitor).get("/api/v1/roles/")
    assert response.status_code == 403
    assert response.json()["detail"].startswith("Set up a second factor")
    give_app(monitor)
    assert way(monitor).get("/api/v1/roles/").json() == {"user": "the.monitor", "roles": ["monitor"]}


def test_other_roles_are_left_alone(monitor: User, required: None, staff: Staff) -> None:
    assert signed_in(staff[Role.SPONSOR]).get("/trail/").status_code == 200


def test_a_star_is_everyone_even_without_a_role(staff: Staff, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["*"]
    assert signed_in(staff.nobody).get("/account/").url == reverse("mfa_index")


def test_with_a_factor_everything_opens(monitor: User, required: None) -> None:
    give_app(monitor)
    assert signed_in(monitor).get("/trail/").status_code == 200


def test_recovery_codes_alone_are_no_factor(monitor: User, required: None) -> None:
    with acting(SYSTEM):
        RecoveryCodes.activate(monitor)
    assert signed_in(monitor).get("/trail/").url == reverse("mfa_index")


def test_while_no_role_needs_one_nothing_is_asked(monitor: User) -> None:
    client = signed_in(monitor)
    client.get("/trail/")
    with CaptureQueriesContext(connection) as statements:
        client.get("/trail/")
    assert not [statement for statement in statements.captured_queries if "mfa" in statement["sql"]]


def test_setting_one_up_asks_who_is_there_shows_a_secret_and_takes_its_code(monitor: User, required: None) -> None:
    client = signed_in(monitor)
    activate = reverse("mfa_activate_totp")
    confirm = client.get(activate).url
    assert confirm.startswith(reverse("account_reauthenticate"))
    assert client.post(confirm, {"password": PASSWORD, "next": activate}).url == activate
    secret = client.get(activate).context["form"].secret
    assert client.post(activate, {"code": "000000"}).status_code == 200
    codes = client.post(activate, {"code": code_of(secret)}).url
    assert client.get(codes).context["unused_codes"]
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 200
    assert client.get("/trail/").status_code == 200
    types = Authenticator.objects.filter(user=monitor).values_list("type", flat=True)
    assert set(types) == {"totp", "recovery_codes"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_name, role, new FROM audit_event WHERE table_name = 'mfa_authenticator'")
        entries = cursor.fetchall()
    assert {entry[:2] for entry in entries} == {("the.monitor", "monitor")}
    assert secret not in str(entries)


def test_the_only_factor_of_who_needs_one_cannot_be_turned_off(monitor: User, required: None, settings: Any) -> None:
    settings.MFA_REAUTHENTICATION_REQUIRED = False
    give_app(monitor)
    client = signed_in(monitor)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 200
    assert Authenticator.objects.filter(user=monitor, type="totp").exists()
    settings.MFA_REQUIRED_ROLES = []
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=monitor).exists()


def test_signing_in_asks_for_the_code_after_the_password(monitor: User) -> None:
    secret = give_app(monitor)
    client = Client()
    second = client.post(reverse("account_login"), {"login": "the.monitor", "password": PASSWORD}).url
    assert second == reverse("mfa_authenticate")
    assert client.get("/trail/").status_code == 302
    assert client.get(second).status_code == 200
    client.post(second, {"code": code_of(secret)})
    assert client.get("/trail/").status_code == 200


def test_a_recovery_code_signs_in_once(monitor: User) -> None:
    give_app(monitor)
    code = Authenticator.objects.get(user=monitor, type="recovery_codes").wrap().get_unused_codes()[0]
    signed = []
    for _ in range(2):
        client = Client()
        client.post(reverse("account_login"), {"login": "the.monitor", "password": PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": code})
        signed.append(client.get("/trail/").status_code == 200)
    assert signed == [True, False]


@pytest.mark.requirement("EMA 2023 authentication")
def test_guessing_codes_runs_into_the_same_pause(monitor: User) -> None:
    secret = give_app(monitor)
    client = Client()
    client.post(reverse("account_login"), {"login": "the.monitor", "password": PASSWORD})
    for _ in range(6):
        response = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert SIGN_IN_FAILED in response.content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get("/trail/").status_code == 302


@pytest.mark.parametrize(
    "page",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
    ],
)
def test_every_page_of_the_second_factor_fits_the_frame_and_the_content_policy(
    monitor: User, settings: Any, page: str
) -> None:
    settings.MFA_REAUTHENTICATION_REQUIRED = False
    if page != "mfa_activate_totp":
        give_app(monitor)
    response = signed_in(monitor).get(reverse(page))
    content = response.content.decode()
    assert response.status_code == 200
    assert '<main id="main"' in content
    assert " style=" not in content
    assert all('src="' in tag or "json" in tag for tag in content.split("<script")[1:])


def test_the_access_of_a_request_is_the_api_users_own(monitor: User, staff: Staff) -> None:
    assert with_token(staff[Role.SPONSOR]).get("/api/v1/roles/").json()["roles"] == ["sponsor"]
    assert access_for(monitor).roles == {Role.MONITOR}


def test_a_role_misspelt_in_the_setting_is_an_error_at_start(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = ["monitor", "*", "moniter"]
    assert [error.id for error in run_checks() if error.id.startswith("accounts")] == ["accounts.E001"]
