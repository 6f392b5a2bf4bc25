from typing import Any


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
