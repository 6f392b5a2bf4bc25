"""An administrator takes a lost second factor away; its user is told and sets up another one."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.access import access_for
from accounts.actor import SYSTEM, acting
from accounts.factor_reset import reset_second_factor
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_token
from tests.accounts.staff import PASSWORD, Staff, give_password, signed_in

TYPED = {"identity": "called back by the switchboard", "reason": "telephone lost"}


@pytest.fixture
def monitor(staff: Staff) -> User:
    cache.clear()
    user = staff[Role.MONITOR]
    give_password(user)
    with acting(SYSTEM):
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
        User.objects.filter(pk=user.pk).update(email="mona@example.org")
    user.refresh_from_db()
    return user


def page_of(user: User) -> str:
    return reverse("person_reset_factor", args=[user.pk])


def test_the_person_page_says_which_factors_there_are(monitor: User, staff: Staff) -> None:
    shown = signed_in(staff[Role.ADMINISTRATOR]).get(monitor.get_absolute_url()).content.decode()
    assert "authenticator app since" in shown
    assert "recovery codes since" in shown
    assert page_of(monitor) in shown
    other = signed_in(staff[Role.ADMINISTRATOR]).get(staff[Role.SPONSOR].get_absolute_url()).content.decode()
    assert "reset-factor" not in other


@pytest.mark.parametrize("left_out", ["identity", "reason"])
def test_it_is_not_reset_without_a_reason_and_how_the_user_was_known(
    monitor: User, staff: Staff, left_out: str
) -> None:
    answer = signed_in(staff[Role.ADMINISTRATOR]).post(page_of(monitor), {**TYPED, left_out: ""})
    assert answer.context["form"].errors.keys() == {left_out}
    assert Authenticator.objects.filter(user=monitor).count() == 2


@pytest.mark.requirement("21 CFR 11.300")
def test_a_reset_takes_every_factor_session_and_token_and_stands_in_the_trail(
    monitor: User, staff: Staff, settings: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    settings.MAIL_IS_SENT = True
    browser, token = signed_in(monitor), create_token(user=monitor, by=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(staff[Role.ADMINISTRATOR]).post(page_of(monitor), TYPED).status_code == 302
    assert not Authenticator.objects.filter(user=monitor).exists()
    assert browser.get("/trail/").url.startswith("/accounts/login/")
    assert Client(headers={"authorization": f"Token {token}"}).get("/api/v1/roles/").status_code == 401
    [message] = mailoutbox
    assert (message.to, "the.administrator reset" in message.body) == (["mona@example.org"], True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_name, table_name, action FROM audit_event WHERE reason = %s ORDER BY id",
            ["second factor reset: telephone lost; identity: called back by the switchboard"],
        )
        recorded = cursor.fetchall()
    assert {row[0] for row in recorded} == {"the.administrator"}
    assert [row[1:] for row in recorded].count(("mfa_authenticator", "delete")) == 2
    assert ("accounts_user", "update") in [row[1:] for row in recorded]


def test_the_next_sign_in_tells_of_it_once_and_leads_to_a_new_factor(monitor: User, staff: Staff) -> None:
    """Also where the role needs none: whoever had one does not go on without."""
    reset_second_factor(user=monitor, **TYPED, by=access_for(staff[Role.ADMINISTRATOR]).actor())
    client, notice = Client(), "the.administrator reset your second factor on"
    client.post(reverse("account_login"), {"login": "the.monitor", "password": PASSWORD})
    opened = client.get("/trail/", follow=True)
    assert opened.redirect_chain[-1][0] == reverse("mfa_index")
    assert notice in opened.content.decode()
    with acting(SYSTEM):
        TOTP.activate(monitor, generate_totp_secret())
    assert client.get("/trail/").status_code == 200
    monitor.refresh_from_db()
    assert notice not in client.get("/account/").content.decode()


def test_nobody_resets_the_own_factor_and_none_that_is_not_there(monitor: User, staff: Staff) -> None:
    admin = staff[Role.ADMINISTRATOR]
    with acting(SYSTEM):
        TOTP.activate(admin, generate_totp_secret())
    with pytest.raises(ValidationError, match="another administrator"):
        reset_second_factor(user=admin, **TYPED, by=access_for(admin).actor())
    with pytest.raises(ValidationError, match="has no second factor"):
        reset_second_factor(user=staff[Role.SPONSOR], **TYPED, by=access_for(admin).actor())


def test_a_mail_that_fails_undoes_no_reset(
    monitor: User,
    staff: Staff,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MAIL_IS_SENT = True

    def refuse(*args: Any) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("accounts.mail.send_mail", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(user=monitor, **TYPED, by=access_for(staff[Role.ADMINISTRATOR]).actor())
    assert not Authenticator.objects.filter(user=monitor).exists()
