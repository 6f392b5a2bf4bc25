import re

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client

from audit.models import AccessEvent, Stranger
from audit.strangers import LISTED, MOST_NAMED, counted, tell_of_counted
from audit.tasks import tell_of_strangers
from tests.cast import PASSWORD
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db


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


@pytest.mark.requirement("FDA 2024 security")
def test_what_a_stranger_asks_for_that_is_not_there_is_counted_and_fills_nothing(client):
    for number in range(LISTED + 4):
        assert client.get(f"/wp-admin/{number}/").status_code == 404
    assert kinds() == [("not_found", "nobody")] * LISTED
    assert AccessEvent.objects.first().path == "GET /wp-admin/0/"
    with unlimited(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_stranger SET minute = minute - interval '1 minute'")
    assert tell_of_counted() == 1
    last = AccessEvent.objects.latest("id")
    assert (last.kind, last.actor_name) == ("not_found", "several")
    assert last.detail.startswith("4 more in the minute") and last.detail.endswith("nobody 4")


def test_a_stranger_s_forged_posts_are_counted_too():
    client = Client(enforce_csrf_checks=True)
    for _ in range(LISTED + 2):
        assert client.post("/accounts/login/", {"login": "carla", "password": "x"}).status_code == 403
    assert kinds() == [("refused", "nobody")] * LISTED
    assert Stranger.objects.get().tries == LISTED + 2


def test_a_refusal_is_logged_once_by_page_and_api_alike(trial, client):
    client.force_login(trial.sponsor)
    assert client.get("/people/").status_code == 403
    assert client.get("/api/v1/users/").status_code == 403
    assert kinds() == [("refused", "sven"), ("refused", "sven")]


@pytest.mark.requirement("21 CFR 11.10(h)")
def test_a_forged_post_is_logged(trial):
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
    from protocol import current

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


def a_minute_passes():
    with unlimited(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_stranger SET minute = minute - interval '1 hour'")


def lines_and_tries(kind):
    """What the log says of a kind: (lines, how many attempts they stand for)."""
    lines = list(AccessEvent.objects.filter(kind=kind).values_list("detail", flat=True))
    more = [re.match(r"(\d+) more in the minute", detail) for detail in lines]
    return len(lines), sum(int(rest[1]) if rest else 1 for rest in more)


@pytest.mark.requirement("21 CFR 11.10(e)", "21 CFR 11.300")
def test_a_thousand_tries_of_strangers_are_few_lines_and_none_is_untold(trial):
    """Wrong tokens, wrong names and passwords, and posts without a token against forgery, from two addresses."""
    cache.clear()
    caches["throttle"].clear()
    statuses = []
    for number in range(100):
        for address in ("192.0.2.7", "198.51.100.9"):
            client = Client(REMOTE_ADDR=address, enforce_csrf_checks=True)
            for _ in range(2):
                answer = client.get("/api/v1/subjects/", headers={"Authorization": f"Token {number}"})
                statuses.append(answer.status_code)
            for _ in range(2):
                assert client.post("/accounts/login/", {"login": "carla"}).status_code == 403
            typed = {"login": "carla" if number % 2 else f"made-up-{number}", "password": "guess"}
            Client(REMOTE_ADDR=address).post("/accounts/login/", typed)
    assert set(statuses) == {401, 429}
    assert statuses.count(429) > statuses.count(401)
    a_minute_passes()
    tell_of_strangers()
    failed, refused = lines_and_tries("sign_in_failed"), lines_and_tries("refused")
    assert (failed[1], refused[1]) == (600, 400)
    assert failed[0] + refused[0] < 100
    details = " ".join(AccessEvent.objects.filter(kind="sign_in_failed").values_list("detail", flat=True))
    assert "carla" in details
    assert "unknown" in details
    assert "made-up" not in details
    assert not Stranger.objects.exists()


def test_a_good_token_is_never_held_up_by_the_guesses_of_its_address(trial):
    from accounts.actor import SYSTEM
    from accounts.services import create_token

    caches["throttle"].clear()
    token = create_token(user=trial.monitor, by=SYSTEM)
    for number in range(40):
        last = Client().get("/api/v1/me/", headers={"Authorization": f"Token {number}"}).status_code
    assert last == 429
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Token {token}"}).status_code == 200


def test_who_is_signed_in_has_a_line_for_each_refusal(trial, client):
    client.force_login(trial.sponsor)
    for _ in range(LISTED + 3):
        client.get("/people/")
    assert lines_and_tries("refused") == (LISTED + 3, LISTED + 3)


def test_the_minute_that_is_not_over_is_not_told_yet(trial):
    for _ in range(LISTED + 4):
        counted("refused", "192.0.2.7", "nobody")
    assert tell_of_counted() == 0
    a_minute_passes()
    assert tell_of_counted() == 1
    event = AccessEvent.objects.get()
    assert (event.address, event.detail.partition(" more")[0]) == ("192.0.2.7", "4")
    assert event.detail.endswith(": nobody 4")


def test_a_line_names_twenty_users_and_counts_the_others(trial):
    for number in range(LISTED + MOST_NAMED + 5):
        counted("sign_in_failed", "192.0.2.7", f"user{number:02}")
    counted("sign_in_failed", "192.0.2.7", "user03")
    a_minute_passes()
    tell_of_counted()
    users = AccessEvent.objects.get().detail.partition(": ")[2].split(", ")
    assert len(users) == MOST_NAMED + 1
    assert {"user03 2", "others 5"} <= set(users)


def test_one_network_of_ipv6_is_one_stranger(trial):
    for number in range(LISTED + 2):
        counted("refused", f"2001:db8:0:1::{number}", "nobody")
    assert [(stranger.address, stranger.tries) for stranger in Stranger.objects.all()] == [
        ("2001:db8:0:1::", LISTED + 2)
    ]
