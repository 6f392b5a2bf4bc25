import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import attempts
from accounts.actor import SYSTEM
from accounts.adapter import SIGN_IN_FAILED
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_user, reinstate_user, suspend_user
from audit.models import Event
from tests.accounts.staff import (
    LOGIN,
    PASSWORD,
    Staff,
    admitted,
    give_password,
    is_signed_in,
    sign_in,
)


class StoppedClock:
    """The clock of the pauses, which stands until a test moves it on."""

    seconds = 1_000_000.0

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    made = StoppedClock()
    monkeypatch.setattr(attempts, "time", made)
    return made


def without_tokens(content: bytes) -> str:
    """The page, less what differs in every answer: the tokens against forgery and what was typed."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"x-csrftoken": "\w+"', "", content.decode())
    return re.sub(r'name="login" value="[^"]*"', "", page)


def test_the_right_password_leads_to_where_the_work_begins(monitor: User) -> None:
    client = Client()
    response = sign_in(client, "the.monitor")
    assert is_signed_in(client)
    assert client.get(response.url).url == reverse("query_list")


def test_the_user_name_may_be_typed_in_any_case(monitor: User) -> None:
    client = Client()
    sign_in(client, " The.MONITOR ")
    assert is_signed_in(client)


def test_next_leads_on_but_never_off_this_site(monitor: User) -> None:
    assert sign_in(Client(), "the.monitor", next="/trail/").url == "/trail/"
    assert "evil" not in sign_in(Client(), "the.monitor", next="https://evil.example/").url


def test_wrong_unknown_suspended_and_paused_are_told_the_same(monitor: User, staff: Staff) -> None:
    give_password(staff[Role.SPONSOR])
    suspend_user(user=staff[Role.SPONSOR], by=SYSTEM, reason="left")
    answers = [
        sign_in(Client(), "the.monitor", "wrong"),
        sign_in(Client(), "no.such.user"),
        sign_in(Client(), "the.sponsor"),
        sign_in(Client(), "the.sponsor", "wrong"),
        sign_in(Client(), "nobody"),
    ]
    for _ in range(6):
        answers.append(sign_in(Client(REMOTE_ADDR="10.0.0.1"), "the.coordinator", "wrong"))
    assert {answer.status_code for answer in answers} == {200}
    assert {without_tokens(answer.content) for answer in answers} == {without_tokens(answers[0].content)}
    assert SIGN_IN_FAILED in answers[0].content.decode()


@pytest.mark.requirement("21 CFR 11.300", "EMA 2023 authentication")
def test_after_five_failures_at_an_address_even_the_right_password_waits_there(
    monitor: User, clock: StoppedClock
) -> None:
    for _ in range(5):
        sign_in(Client(REMOTE_ADDR="10.0.1.1"), "the.monitor", "wrong")
    client = Client(REMOTE_ADDR="10.0.1.1")
    assert SIGN_IN_FAILED in sign_in(client, "the.monitor").content.decode()
    assert not is_signed_in(client)
    clock.seconds += 16
    sign_in(client, "the.monitor")
    assert is_signed_in(client)


def test_who_guesses_at_a_name_holds_up_its_owner_nowhere_else(monitor: User) -> None:
    for number in range(60):
        sign_in(Client(REMOTE_ADDR=f"10.0.1.{number % 6}"), "the.monitor", "wrong")
    client = Client(REMOTE_ADDR="10.0.2.1")
    sign_in(client, "the.monitor")
    assert is_signed_in(client)


def test_the_pause_doubles_with_each_failure_up_to_five_minutes_and_ends_with_a_success(
    monitor: User, clock: StoppedClock
) -> None:
    pauses = [attempts.pause_after(failures) for failures in (0, 4, 5, 6, 7, 9, 10, 60)]
    assert pauses == [0, 0, 15, 30, 60, 240, 300, 300]
    attempt = attempts.Attempts("attempts:one")
    assert [attempt.begin() for _ in range(6)] == [0, 0, 0, 0, 0, 15]
    clock.seconds += 15
    assert [attempt.begin(), attempt.begin()] == [0, 30]
    clock.seconds += 30
    assert attempt.begin() == 0
    attempt.succeeded()
    assert [attempt.begin() for _ in range(6)] == [0, 0, 0, 0, 0, 15]


def test_what_was_typed_as_a_name_is_not_kept_with_the_count(monitor: User) -> None:
    """It may be a password."""
    sign_in(Client(), PASSWORD, "x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM trialsite_cache")
        kept = " ".join(key for (key,) in cursor.fetchall())
    assert "attempts:sign-in:" in kept
    assert "horse" not in kept


def test_many_at_once_do_not_pass_the_limit(monitor: User) -> None:
    """Each counts as failed before its password is looked at."""
    attempt = attempts.Attempts("attempts:two")
    begun = [attempt.begin() for _ in range(8)]
    assert begun.count(0) == 5


HOSPITAL = "192.0.2.7"


def test_one_address_does_not_stop_its_hospital(monitor: User, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty people of one address mistype once each, and one of them guesses at made-up names without end."""
    monkeypatch.setattr(attempts, "STRANGERS", 80)
    people = [admitted(create_user(username=f"nurse{number}", by=SYSTEM)) for number in range(30)]
    for person in people:
        give_password(person)
        sign_in(Client(REMOTE_ADDR=HOSPITAL), person.username, "wrong")
    for number in range(40):
        sign_in(Client(REMOTE_ADDR=HOSPITAL), f"made-up{number}")
    for person in people:
        client = Client(REMOTE_ADDR=HOSPITAL)
        sign_in(client, person.username)
        assert is_signed_in(client), person


def test_a_flood_of_names_is_not_looked_at_and_who_signed_in_from_there_before_goes_on(
    monitor: User, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "STRANGERS", 20)
    sign_in(Client(REMOTE_ADDR=HOSPITAL), "the.monitor")
    looked_at: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda self, raw_password: looked_at.append(self.username))
    for number in range(50):
        answer = sign_in(Client(REMOTE_ADDR=HOSPITAL), f"made-up{number}")
        assert (answer.status_code, SIGN_IN_FAILED in answer.content.decode()) == (200, True)
    assert len(looked_at) == 20
    client, elsewhere = Client(REMOTE_ADDR=HOSPITAL), Client(REMOTE_ADDR="198.51.100.1")
    for browser in (client, elsewhere):
        sign_in(browser, "the.monitor")
        assert is_signed_in(browser)


def test_every_failure_is_heard_the_paused_ones_too_and_never_with_a_password(monitor: User) -> None:
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
        heard.append(credentials)

    user_login_failed.connect(listen)
    try:
        for number in range(7):
            sign_in(Client(REMOTE_ADDR=f"10.0.5.{number}"), "the.monitor", "wr0ng")
    finally:
        user_login_failed.disconnect(listen)
    assert [credentials["username"] for credentials in heard] == ["the.monitor"] * 7
    assert "wr0ng" not in str(heard)


def test_the_pause_of_one_user_holds_up_nobody_else(monitor: User, staff: Staff) -> None:
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"10.0.3.{number}"), "the.sponsor", "wrong")
    client = Client(REMOTE_ADDR="10.0.4.1")
    sign_in(client, "the.monitor")
    assert is_signed_in(client)


@pytest.mark.parametrize("username", ["the.monitor", "no.such.user", "the.sponsor", "nobody"])
def test_an_unknown_user_costs_as_much_hashing_as_a_known_one(
    monitor: User, staff: Staff, settings: Any, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    for user in (monitor, staff[Role.SPONSOR]):
        give_password(user)
    suspend_user(user=staff[Role.SPONSOR], by=SYSTEM, reason="left")
    spent: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        spent.append(iterations or self.iterations)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    sign_in(Client(), username, "wrong")
    assert sum(spent) == PBKDF2PasswordHasher.iterations


def test_an_older_hash_is_renewed_at_sign_in(monitor: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    client = Client()
    sign_in(client, "the.monitor")
    assert is_signed_in(client)
    monitor.refresh_from_db()
    assert monitor.password.startswith("scrypt$")


def test_signing_in_writes_the_time_and_nothing_on_the_trail(monitor: User) -> None:
    before = Event.objects.count()
    sign_in(Client(), "the.monitor")
    assert Event.objects.count() == before
    monitor.refresh_from_db()
    assert monitor.last_login is not None


def test_a_session_ends_with_the_browser(monitor: User) -> None:
    client = Client()
    sign_in(client, "the.monitor")
    assert client.session.get_expire_at_browser_close()


@pytest.mark.requirement("EMA 2023 user management")
def test_a_suspended_users_session_ends_at_once_and_stays_ended(monitor: User, staff: Staff) -> None:
    client, unused_meanwhile = Client(), Client()
    for browser in (client, unused_meanwhile):
        sign_in(browser, "the.monitor")
        assert browser.get("/trail/").status_code == 200
    suspend_user(user=monitor, by=SYSTEM, reason="left")
    assert client.get("/trail/").url.startswith(LOGIN)
    reinstate_user(user=monitor, by=SYSTEM, reason="back")
    assert client.get("/trail/").url.startswith(LOGIN)
    assert unused_meanwhile.get("/trail/").url.startswith(LOGIN)


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "account_set_password"])
def test_nobody_signs_up_or_asks_for_a_password_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_cookies_behind_tls_are_this_hosts_alone() -> None:
    """In a program of its own: the names are settled when the settings are read."""
    shown = (
        "import django; django.setup(); from django.conf import settings; from django.test import Client;"
        " from trialsite.messages import MessageCookie as m;"
        " print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, m.cookie_name);"
        " print(settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN);"
        " print(settings.CSRF_COOKIE_SECURE, settings.CSRF_COOKIE_PATH, settings.CSRF_COOKIE_DOMAIN)"
    )
    names = {True: "__Host-sessionid __Host-csrftoken __Host-messages", False: "sessionid csrftoken messages"}
    for behind_tls, named in names.items():
        environment = os.environ | {"BEHIND_TLS": str(behind_tls)}
        program = [sys.executable, "-c", shown]
        printed = subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout
        assert printed.splitlines() == [named, f"{behind_tls} / None", f"{behind_tls} / None"]
