import re

import pytest

from audit.models import AccessEvent
from tests.cast import PASSWORD, Trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial():
    return Trial()


def logged():
    return list(AccessEvent.objects.order_by("id").values_list("kind", "actor_name", "path"))


def sign_in(client, name, password):
    return client.post("/accounts/login/", {"login": name, "password": password})


def test_signing_in_and_out_is_logged_with_the_address(trial, client):
    sign_in(client, "carla", PASSWORD)
    client.post("/accounts/logout/")
    assert logged() == [
        ("sign_in", "carla", "POST /accounts/login/"),
        ("sign_out", "carla", "POST /accounts/logout/"),
    ]
    assert set(AccessEvent.objects.values_list("address", flat=True)) == {"127.0.0.1"}


@pytest.mark.requirement("21 CFR 11.300")
@pytest.mark.parametrize("name", ["carla", "Carla"])
def test_a_failed_sign_in_is_logged_with_the_name_of_the_user_and_no_password(trial, client, name):
    sign_in(client, name, "wrong horse battery staple")
    event = AccessEvent.objects.get()
    assert (event.kind, event.actor_name, event.actor_id) == ("sign_in_failed", "carla", None)
    assert "wrong horse" not in event.detail


def test_what_was_typed_as_a_name_that_nobody_has_may_be_a_password_and_is_not_logged(trial, client):
    for typed in (PASSWORD, PASSWORD, "someone else"):
        sign_in(client, typed, "x")
    first, again, other = AccessEvent.objects.order_by("id")
    assert re.fullmatch("unknown [0-9a-f]{8}", first.actor_name)
    assert first.actor_name == again.actor_name != other.actor_name
    assert not any(PASSWORD in f"{event.path} {event.detail} {event.actor_name}" for event in (first, again))


@pytest.mark.requirement("21 CFR 11.10(g)", "FDA 2024 security")
def test_a_refusal_is_logged_with_the_right_that_was_missing(trial, client):
    client.force_login(trial.sponsor)
    client.get("/subjects/add/")
    event = AccessEvent.objects.get(kind="refused")
    assert (event.actor_name, event.path, event.detail) == ("sven", "GET /subjects/add/", "enter data")


def test_the_page_filters_and_pages(trial, client):
    AccessEvent.objects.bulk_create(AccessEvent(actor_name="mona", kind="sign_in") for _ in range(120))
    client.force_login(trial.administrator)
    first = client.get("/access-log/?who=mona")
    assert len(first.context["events"]) == 100
    rest = client.get(f"/access-log/{first.context['older']}")
    assert len(rest.context["events"]) == 20
    assert client.get("/access-log/?kind=export").context["events"] == []
    assert client.get("/access-log/?kind=nonsense").status_code == 400


def kinds():
    return [(event.kind, event.actor_name) for event in AccessEvent.objects.exclude(kind="sign_in").order_by("id")]


def test_asking_for_what_is_not_of_the_own_sites_or_not_there_is_logged(trial, client):
    client.force_login(trial.stranger)
    subject = trial.subject()
    assert client.get(f"/subjects/{subject.pk}/").status_code == 404
    assert client.get("/subjects/999999/").status_code == 404
    assert client.get("/no-such-page/").status_code == 404
    assert kinds() == [("stranger", "stella"), ("not_found", "stella")]
    assert AccessEvent.objects.get(kind="stranger").detail == "view subjects at site 101"


def test_a_refusal_is_logged_once_by_page_and_api_alike(trial, client):
    client.force_login(trial.sponsor)
    assert client.get("/people/").status_code == 403
    assert client.get("/api/v1/users/").status_code == 403
    assert kinds() == [("refused", "sven"), ("refused", "sven")]


@pytest.mark.requirement("21 CFR 11.10(h)")
def test_a_forged_post_is_logged(trial):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(trial.coordinator)
    assert client.post("/subjects/add/", {"site": trial.site.pk}).status_code == 403
    assert kinds() == [("refused", "carla")]


@pytest.mark.requirement("21 CFR 11.10(h)", "21 CFR 11.300")
def test_a_token_that_nobody_has_is_logged_without_the_token(trial, client):
    assert client.get("/api/v1/subjects/", headers={"Authorization": "Token guessed-one"}).status_code == 401
    assert client.get("/api/v1/subjects/").status_code == 401
    event = AccessEvent.objects.get()
    assert (event.kind, event.path) == ("sign_in_failed", "GET /api/v1/subjects/")
    assert re.fullmatch("unknown [0-9a-f]{8}", event.actor_name)
    assert "guessed" not in event.detail


def test_a_wrong_second_factor_is_logged(trial, client):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from accounts.actor import acting
    from tests.cast import SETUP

    with acting(SETUP):
        TOTP.activate(trial.coordinator, generate_totp_secret())
    sign_in(client, "carla", PASSWORD)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    failed = AccessEvent.objects.get(kind="sign_in_failed")
    assert (failed.actor_name, failed.detail) == ("carla", "second factor")


@pytest.mark.requirement("21 CFR 11.10(b)")
def test_the_log_is_exported_as_it_is_filtered_and_the_export_is_in_it(trial, client):
    sign_in(client, "carla", "wrong")
    client.force_login(trial.auditor)
    text = b"".join(client.get("/access-log.csv?kind=sign_in_failed").streaming_content).decode("utf-8-sig")
    assert [line.split(",")[2:4] for line in text.splitlines()] == [["user", "what"], ["carla", "sign_in_failed"]]
    logged = AccessEvent.objects.get(kind="export")
    assert (logged.actor_name, logged.path) == ("axel", "GET /access-log.csv")


def test_a_protocol_file_that_has_changed_is_noted_once(db, monkeypatch):
    from audit import access_log
    from audit.tasks import note_protocol
    from trialsite.protocol import current

    note_protocol()
    note_protocol()
    first = AccessEvent.objects.get(kind="protocol")
    assert current().sha256 in first.detail
    assert first.actor_name == "system"
    other = current().model_copy(update={"version": "9", "sha256": "f" * 64})
    monkeypatch.setattr(access_log, "current", lambda: other)
    note_protocol()
    monkeypatch.undo()
    note_protocol()
    assert [("version 9" in event.detail) for event in AccessEvent.objects.order_by("id")] == [False, True, False]
