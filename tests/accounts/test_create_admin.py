import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.access import access_for
from accounts.models import User
from accounts.roles import Role
from tests.accounts.staff import PASSWORD, Staff


def create_admin(monkeypatch: pytest.MonkeyPatch, *arguments: Any, password: str = PASSWORD) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_admin", *arguments, "--password-stdin")


def test_the_first_administrator_is_made_at_the_console(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    create_admin(monkeypatch, "root.of.all", "--first-name", "Ada")
    user = User.objects.get()
    assert access_for(user).roles == {Role.ADMINISTRATOR}
    assert user.check_password(PASSWORD)


def test_there_is_no_default_password(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="too short"):
        create_admin(monkeypatch, "root.of.all", password="")
    assert not User.objects.exists()


def test_a_second_one_is_the_first_ones_business(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="There is an administrator"):
        create_admin(monkeypatch, "another")
    create_admin(monkeypatch, "another", "--another")
    assert access_for(User.objects.get(username="another")).roles == {Role.ADMINISTRATOR}


def test_passwords_that_differ_are_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([PASSWORD, "another password"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match="differ"):
        call_command("create_admin", "root.of.all")
