"""A page that breaks: its user has a number, the log has all of it under that, the mail has nothing of the record."""

import logging
import re

import pytest
from django.test import Client

from tests.cast import person
from trialsite.faults import MailAdmins, WithRequestNumber

SECRET = "born 1953-05 in Nantes"


@pytest.fixture
def broken(db, monkeypatch, settings):
    """A client of somebody whose first page breaks."""

    def breaks(access):
        raise ValueError(SECRET)

    settings.ADMINS = [("olga@example.org", "olga@example.org")]
    monkeypatch.setattr("trialsite.views.landing", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(person("dora", "data_manager"))
    for handler in logging.getLogger("django.request").handlers:
        handler.quiet_until = 0.0
    return client


def test_the_page_the_answer_and_the_log_have_the_same_number(broken, caplog):
    caplog.handler.addFilter(WithRequestNumber())
    answer = broken.get("/")
    number = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert re.fullmatch("[0-9a-f]{12}", number)
    assert number in answer.content.decode()
    (line,) = (record for record in caplog.records if record.levelno == logging.ERROR)
    assert line.request_number == number
    assert SECRET in caplog.text


def test_every_request_has_a_number_of_its_own(client, db):
    assert client.get("/accounts/login/")["X-Request-ID"] != client.get("/accounts/login/")["X-Request-ID"]


def test_the_mail_says_where_to_look_and_nothing_of_the_record(broken, mailoutbox):
    answer = broken.get(f"/?q={SECRET}")
    (mail,) = mailoutbox
    assert mail.to == ["olga@example.org"]
    assert "ValueError at GET /." in mail.body
    assert answer.headers["X-Request-ID"] in mail.body
    assert "1953" not in str(mail.message())


def test_a_storm_is_one_mail_a_minute(broken, mailoutbox, monkeypatch):
    for _ in range(3):
        broken.get("/")
    assert len(mailoutbox) == 1
    monkeypatch.setattr("trialsite.faults.A_MAIL_EVERY_S", 0)
    handler = MailAdmins()
    for _ in range(2):
        handler.handle(logging.makeLogRecord({"levelno": logging.ERROR, "levelname": "ERROR", "name": "celery"}))
    assert len(mailoutbox) == 3


def test_what_is_merely_refused_is_not_mailed(broken, mailoutbox):
    assert broken.get("/nowhere/").status_code == 404
    assert mailoutbox == []
