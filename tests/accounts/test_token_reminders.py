"""The owner of a token is told by mail before it ends: once a token."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services import create_token
from accounts.token_reminders import remind_owners
from tests.accounts.staff import Staff
from tests.unlimited import unlimited

DAYS = 14


@pytest.fixture(autouse=True)
def mail_is_sent(settings: Any) -> None:
    settings.MAIL_IS_SENT, settings.API_TOKEN_REMINDER_DAYS = True, DAYS


def ending(user: User, after: timedelta) -> User:
    """A token of the user that ends so long from now."""
    create_token(user=user, by=SYSTEM)
    with acting(SYSTEM), unlimited():
        ApiToken.objects.filter(user=user).update(expires_at=timezone.now() + after)
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.org")
    return user


def test_the_owner_is_told_once_and_of_a_new_token_anew(staff: Staff) -> None:
    user = ending(staff[Role.MONITOR], timedelta(3))
    assert (remind_owners(by=SYSTEM), remind_owners(by=SYSTEM)) == (1, 0)
    (sent,) = mail.outbox
    assert sent.to == ["the.monitor@example.org"]
    assert f"{ApiToken.objects.get().expires_at:%-d %b %Y}" in sent.subject
    ending(user, timedelta(3))
    assert remind_owners(by=SYSTEM) == 1


@pytest.mark.parametrize(
    ("after", "reminders"),
    [(timedelta(DAYS, -60), 1), (timedelta(DAYS, 60), 0), (timedelta(minutes=1), 1), (-timedelta(minutes=1), 0)],
)
def test_only_in_the_days_before_the_end(staff: Staff, after: timedelta, reminders: int) -> None:
    ending(staff[Role.MONITOR], after)
    assert remind_owners(by=SYSTEM) == reminders


def test_nobody_is_told_where_no_mail_is_sent_or_there_is_no_address(staff: Staff, settings: Any) -> None:
    user = ending(staff[Role.MONITOR], timedelta(3))
    settings.MAIL_IS_SENT = False
    assert remind_owners(by=SYSTEM) == 0
    settings.MAIL_IS_SENT = True
    with acting(SYSTEM), unlimited():
        User.objects.filter(pk=user.pk).update(email="")
    assert remind_owners(by=SYSTEM) == 0
    assert ApiToken.objects.get().reminded_at is None


def test_a_mail_that_fails_holds_nobody_up_and_is_tried_again(staff: Staff, monkeypatch: Any) -> None:
    ending(staff[Role.MONITOR], timedelta(3))
    ending(staff[Role.AUDITOR], timedelta(3))
    sent: list[str] = []

    def send(subject: str, text: str, sender: None, to: list[str]) -> None:
        if to == ["the.monitor@example.org"] and not sent:
            sent.append("")
            raise OSError("no mail server")
        sent.extend(to)

    monkeypatch.setattr("accounts.token_reminders.send_mail", send)
    assert remind_owners(by=SYSTEM) == 1
    assert ApiToken.objects.get(user=staff[Role.MONITOR]).reminded_at is None
    assert remind_owners(by=SYSTEM) == 1
    assert sorted(sent) == ["", "the.auditor@example.org", "the.monitor@example.org"]
