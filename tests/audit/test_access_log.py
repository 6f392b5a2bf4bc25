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
    assert client.get("/access-log/?kind=nonsense").context["events"] == []
