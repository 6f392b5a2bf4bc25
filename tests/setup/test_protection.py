"""docs/protection.md has every secret, table, log and way in that the code has, and no more."""

import json
import logging
import re
import sys
from fnmatch import fnmatchcase

import pytest
from django.conf import settings
from django.urls import URLPattern

from accounts import sign_in
from audit.rights import RIGHTS
from embedded.places import PROJECT
from tests.setup.test_deployment import names_of_example, names_that_settings_read
from trialsite.faults import JsonLine

GUIDE = (PROJECT / "docs/protection.md").read_text(encoding="utf-8")
SECRET = re.compile(r"(_|^)(KEY|KEYS|PASSWORD|SECRET|TOKEN)$|^EMAIL_URL$")


def lines(section: str) -> list[list[str]]:
    """The cells of the lines of a section's table."""
    text = GUIDE.split(f"## {section}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_every_secret_of_the_environment_is_listed_with_who_has_it_and_its_exchange() -> None:
    listed = {name for row in lines("Secrets and algorithms") for name in re.findall(r"`([A-Z_]+)`", row[0])}
    assert listed == {
        name for name in names_that_settings_read() | names_of_example() | {"EMAIL_URL"} if SECRET.search(name)
    }
    for row in lines("Secrets and algorithms"):
        assert len(row) == 5 and all(row), row


@pytest.mark.requirement("EMA 2023 security")
def test_every_table_is_of_one_class() -> None:
    classes = {row[0]: row[1].strip("`").split() for row in lines("Classes of data")}
    for table in RIGHTS:
        of = [name for name, patterns in classes.items() if any(fnmatchcase(table, pattern) for pattern in patterns)]
        assert len(of) == 1, (table, of)
    for row in lines("Classes of data"):
        assert len(row) == 4 and all(row), row


@pytest.mark.django_db
def test_what_a_class_promises_of_its_tables_is_so() -> None:
    from django.db import connection

    classes = {row[0]: row[1].strip("`").split() for row in lines("Classes of data")}

    def of(name: str) -> set[str]:
        return {table for table in RIGHTS if any(fnmatchcase(table, pattern) for pattern in classes[name])}

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail' AND tgenabled = 'A'")
        trails = {table for (table,) in cursor.fetchall()}
    # What is shut and passes beside the record: who has a form open, which saves arrived.
    assert of("record of subjects") - trails == {"assessments_openform", "assessments_savereceipt"}
    assert of("people") <= trails
    for table in of("figures"):
        assert not RIGHTS[table].of_the_site().updated(["figures", "row", "derivation"], synthetic=False)
    for table in of("catalogue"):
        assert not RIGHTS[table].of_the_site().held, table
    for table in of("trail and logs") - {"audit_stranger", "audit_wholeverified"}:
        assert not (RIGHTS[table].update or RIGHTS[table].update_but or RIGHTS[table].delete), table


@pytest.mark.requirement("EMA 2023 authentication")
def test_every_address_that_lets_in_belongs_to_a_way_that_is_written_down() -> None:
    ways = {
        "password and second factor": {"account_login", "mfa_authenticate"},
        "passkey": {"mfa_login_webauthn"},
        "password link": {"password_link", "account_reset_password_from_key", "account_reset_password_from_key_done"},
    }
    # What is opened to who is signed in, and what ends it, lets nobody in.
    within = {"account_logout", "account_reauthenticate", "account_change_password"}
    names = {str(pattern.name) for pattern in sign_in.urlpatterns if isinstance(pattern, URLPattern)}
    opening = {
        name for name in names - within if not name.startswith("mfa_") or "login" in name or "authenticate" in name
    }
    assert opening - {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"} == set().union(*ways.values())
    listed = {row[0] for row in lines("Ways in")}
    assert listed == {*ways, "password alone", "API token", "commands"}
    classes = settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]
    assert {name.split(".")[-1] for name in classes} == {"TokenAuthentication", "SessionAuthentication"}


def test_the_sessions_of_the_guide_are_those_of_the_settings() -> None:
    assert f"`MOST_SESSIONS` sessions ({settings.MOST_SESSIONS})" in GUIDE
    assert "password or second factor\nare asked for again first" in GUIDE


def test_each_log_that_the_application_writes_is_listed() -> None:
    listed = {re.sub("`", "", row[0]) for row in lines("Logs")}
    assert set(settings.LOGGING["handlers"]) == {"console", "mail"}
    assert set(settings.LOGGING["handlers"]) | {"audit trail", "log of access", "database", "proxy", "backup"} == listed
    for row in lines("Logs"):
        assert len(row) == 6 and all(row), row
    for logger in settings.LOGGING["loggers"].values():
        assert {*logger["handlers"]} <= {"console", "mail"}


def test_a_line_for_a_collector_is_one_object_of_json_whatever_stands_in_it() -> None:
    try:
        raise ValueError("broken\nover two lines")
    except ValueError:
        record = logging.LogRecord("edc", logging.ERROR, "", 1, 'a "quoted"\n%s', ("second line",), sys.exc_info())
    record.request_number = "abc123"
    line = JsonLine().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == 'a "quoted"\nsecond line'
    assert (entry["level"], entry["logger"], entry["request"]) == ("ERROR", "edc", "abc123")
    assert entry["at"].endswith("+00:00") and "broken" in entry["fault"]


def test_how_soon_components_are_exchanged_is_written_down() -> None:
    assert [row[1] for row in lines("How soon components are exchanged")][:3] == ["3 days", "14 days", "90 days"]
