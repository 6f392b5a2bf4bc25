from typing import Any

import pytest


def test_a_link_is_mailed_where_it_can_be_and_said_where_not(
    trial: Any, api: Any, settings: Any, mailoutbox: list[Any]
) -> None:
    # Each of the cast has an address; whether mail is sent is the installation's.
    address, client = f"/api/v1/users/{trial.monitor.pk}/password-link/", api(trial.administrator)
    settings.MAIL_IS_SENT = False
    assert client.post(address).json()["link"].startswith("http://testserver/accounts/password/new/")
    settings.MAIL_IS_SENT = True
    assert client.post(address).json() == {"mailed_to": "mona@example.org"}
    assert [mail.to for mail in mailoutbox] == [["mona@example.org"]]


def test_a_link_that_cannot_be_mailed_is_not_told_instead(
    trial: Any, api: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise ConnectionRefusedError("nobody there")

    settings.MAIL_IS_SENT = True
    monkeypatch.setattr("accounts.password_link.send_mail", refuse)
    answer = api(trial.administrator).post(f"/api/v1/users/{trial.monitor.pk}/password-link/")
    assert (answer.status_code, answer.json()["code"]) == (502, "not_mailed")
    assert "/accounts/password/" not in answer.content.decode()
