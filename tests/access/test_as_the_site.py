"""A working day by the site's own role for the database, in the process of the test: what comes in comes in by a key.

The rest of the suite runs as the worker, whose role may be anybody; browser tests run a whole site as its role.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import ProgrammingError, connection
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

from accounts.actor import SYSTEM, acting
from accounts.models import User
from accounts.services import create_token, issue_password_link
from assessments.models import CaseForm
from audit.models import AccessEvent, Event
from cohorts.models import Subject
from database.scope import EVERYWHERE, NOWHERE, showing
from signature.models import Signature
from tests.access.test_matrix import EVERY_PAGE, keys
from tests.accounts.test_new_passwords import opened
from tests.accounts.test_second_factor import code_of, give_app
from tests.cast import PASSWORD, Trial
from tests.review.test_who_may_open_what import PEOPLE, expected, things
from tests.servers import as_the_site

__all__ = ["keys", "things"]
The = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def trial(committed_db: None) -> Trial:
    cache.clear()
    return Trial()


@pytest.fixture
def the_site(trial: Trial, settings: Any) -> Iterator[The]:
    """Within it this process is what the site is: by its role, with nobody signed in and nothing shown."""
    connection_info = conninfo_to_dict(as_the_site())

    @contextmanager
    def site() -> Iterator[None]:
        before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
        _become(connection_info["user"], connection_info["password"])
        settings.IS_THE_SYSTEM = False
        try:
            with showing(NOWHERE):
                yield
        finally:
            _become(before["USER"], before["PASSWORD"])
            settings.IS_THE_SYSTEM = True

    yield site


def _become(user: Any, password: Any) -> None:
    connection.close()
    connection.settings_dict |= {"USER": user, "PASSWORD": password}


def sign_in(name: str, password: str = PASSWORD) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": name, "password": password})
    assert answer.status_code == 302, answer.content
    return client


@pytest.mark.requirement("21 CFR 11.10(d)")
@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_opens_each_page_as_the_table_says(
    role: Any, trial: Trial, keys: dict[str, int], the_site: The
) -> None:
    with the_site():
        client = sign_in(getattr(trial, PEOPLE[role]).username)
        for address, right, of_a_site, method in EVERY_PAGE:
            if method == "get":
                status = client.get(address.format(**keys)).status_code
                right_answer = expected(role, right, of_a_site)
                refused = status in (401, 403) or (status == 404 and of_a_site and right_answer != "opens")
                assert status < 500 and refused == (right_answer != "opens"), (address, status)


def test_a_subject_is_added_recorded_and_signed_by_those_who_signed_in(trial: Trial, the_site: The) -> None:
    with the_site():
        coordinator = sign_in("carla")
        assert coordinator.post("/subjects/add/", {"site": trial.site.pk}).status_code == 302
    subject = Subject.objects.get()
    trial.screen(screened := trial.subject())
    whole = screened.forms.get(code="demography")
    token = create_token(user=trial.coordinator, by=SYSTEM)
    visit = subject.visits.get(code="SCR")
    sent = {"subject": subject.pk, "visit": visit.pk, "record": {"consent_given": "Y", "consent_date": "2007-12-20"}}
    with the_site():
        by_token = Client(headers={"authorization": f"Token {token}"})
        answer = by_token.post("/api/v1/forms/consent/", sent, content_type="application/json")
        assert answer.status_code == 201, answer.content
        assert Client(headers={"authorization": "Token x"}).get("/api/v1/subjects/").status_code == 401
        assert by_token.get("/api/v1/subjects/").json()["count"] == 2
        hand = {"form": [f"{whole.pk}-{whole.version}"], "username": "ines", "password": PASSWORD}
        assert sign_in("ines").post("/sign/", hand).status_code == 302
        assert coordinator.post("/accounts/logout/").status_code == 302
        assert coordinator.get("/subjects/").status_code == 302
    assert Signature.objects.get().username == "ines"
    entries = Event.objects.exclude(subject_id=screened.pk, table_name__startswith="assessments").order_by("id")
    by_name = {table: name for table, name in entries.values_list("table_name", "actor_name") if name != "setup"}
    assert (by_name["cohorts_subject"], by_name["assessments_consent"]) == ("carla", "carla")
    assert by_name["signature_signature"] == "ines"
    assert CaseForm.objects.get(code="consent", subject=subject).version == 1


@pytest.mark.requirement("EMA 2023 authentication")
def test_a_password_is_set_by_its_link_a_second_factor_used_and_the_time_of_the_sign_in_kept(
    trial: Trial, the_site: The
) -> None:
    link, new = issue_password_link(user=trial.monitor, by=SYSTEM), "a cart before the horse"
    with the_site():
        client = Client()
        sent = {"password1": new, "password2": new}
        assert client.post(opened(client, link).url, sent).status_code == 302
    secret = give_app(trial.monitor)
    with the_site():
        client = sign_in("mona", new)
        assert client.get("/queries/").status_code == 302
        answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        assert answer.status_code == 302, answer.content
        assert client.get("/queries/").status_code == 200
    entries = Event.objects.filter(table_name="accounts_user", row_id=trial.monitor.pk).order_by("-id")
    assert entries.values_list("actor_name", flat=True)[0] == "password link"
    assert User.objects.get(pk=trial.monitor.pk).last_login is not None
    assert Authenticator.objects.get(user=trial.monitor, type="totp").last_used_at is not None


def test_an_administrator_appoints_and_puts_a_clock_right_without_being_shown_a_subject(
    trial: Trial, the_site: The
) -> None:
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    with the_site():
        client = sign_in("adam")
        sent = {"role": "coordinator", "site": trial.other_site.pk, "reason": "new task"}
        assert client.post(f"/people/{trial.coordinator.pk}/grant/", sent).status_code == 302
        zone = {"time_zone": "Europe/Paris", "reason": "it is in Paris"}
        assert client.post(f"/people/sites/{trial.site.pk}/time-zone/", zone).status_code == 302
        assert client.get("/staff/").status_code == 200
        assert client.get("/subjects/").status_code == 403
    trial.site.refresh_from_db()
    assert trial.site.time_zone == "Europe/Paris"
    assert trial.coordinator.memberships.count() == 2


def test_another_site_s_row_is_a_stranger_s_refusal_in_the_log(trial: Trial, the_site: The) -> None:
    other = trial.subject(trial.other_site)
    with the_site():
        client = sign_in("carla")
        assert client.get(f"/subjects/{other.pk}/").status_code == 404
        assert client.get("/subjects/987654/").status_code == 404
    kinds = list(AccessEvent.objects.order_by("id").values_list("kind", "detail"))[-2:]
    assert kinds == [("stranger", "view subjects at site 102"), ("not_found", "")]


@pytest.mark.requirement("EMA 2023 back-end changes")
def test_the_site_says_of_itself_that_it_is_no_system(trial: Trial, the_site: The) -> None:
    with the_site(), showing(EVERYWHERE):
        assert Subject.objects.count() == 0
        with pytest.raises(ProgrammingError, match="is not of whom this session is"), acting(SYSTEM):
            trial.site.save(update_fields=["is_active"])
            User.objects.filter(pk=trial.coordinator.pk).update(is_active=False)
    with psycopg.connect(as_the_site()) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT edc.enter_system()")
