"""Training, sessions, leaving, the log of delegation and the reviews of access by the API."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import SignIn, User
from audit.models import Event
from staff.services import open_review
from tests.cast import PASSWORD, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(trial):
    """The monitor's session on the pages, and its line in the list."""
    cache.clear()
    client = Client()
    client.post("/accounts/login/", {"login": "mona", "password": PASSWORD})
    return client, SignIn.objects.get(user=trial.monitor)


def test_one_s_own_training_and_statement(trial, api):
    api(trial.administrator).post(
        f"/api/v1/users/{trial.monitor.pk}/trainings/", {"course": "EDC", "held_on": "2008-01-02"}
    )
    told = api(trial.monitor).get("/api/v1/me/standing/").json()
    assert [(one["course"], one["recorded_by"]) for one in told["trainings"]] == [("EDC", "adam")]
    assert (told["statement_is_current"], told["statement_signed_at"]) == (True, None)
    assert api(trial.administrator).get(f"/api/v1/users/{trial.monitor.pk}/standing/").json() == told


def test_a_training_that_is_still_to_come_is_refused(trial, api):
    given = {"course": "EDC", "held_on": "2999-01-01"}
    answer = api(trial.administrator).post(f"/api/v1/users/{trial.monitor.pk}/trainings/", given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["held_on"])


@pytest.mark.requirement("21 CFR 11.300")
def test_one_s_own_sessions_are_listed_and_ended_and_nobody_else_s(trial, signed_in, api):
    page, line = signed_in
    mine = api(trial.monitor)
    assert [one["id"] for one in mine.get("/api/v1/me/sessions/").json()] == [line.pk]
    assert api(trial.investigator).get("/api/v1/me/sessions/").json() == []
    assert api(trial.investigator).post("/api/v1/me/sessions/end/", {"session": line.pk}).status_code == 400
    assert page.get("/account/").status_code == 200
    answer = mine.post("/api/v1/me/sessions/end/", {"session": line.pk})
    assert (answer.status_code, answer.json()) == (200, [])
    assert page.get("/account/").status_code == 302


def test_the_administrator_ends_a_session_with_a_reason(trial, signed_in, api):
    page, line = signed_in
    admin, address = api(trial.administrator), f"/api/v1/users/{trial.monitor.pk}"
    assert [one["id"] for one in admin.get(f"{address}/sessions/").json()] == [line.pk]
    assert admin.post(f"{address}/end-session/", {"session": line.pk}).status_code == 400
    another = f"/api/v1/users/{trial.coordinator.pk}/end-session/"
    assert admin.post(another, {"session": line.pk, "reason": "x"}).status_code == 400
    assert admin.post(f"{address}/end-session/", {"session": line.pk, "reason": "lost laptop"}).json() == []
    assert page.get("/account/").status_code == 302
    event = Event.objects.filter(table_name="accounts_user", reason="lost laptop").get()
    assert (event.actor_name, event.channel) == ("adam", "api")


def test_signing_out_everywhere_ends_the_session(trial, signed_in, api):
    page, _ = signed_in
    answer = api(trial.administrator).post(f"/api/v1/users/{trial.monitor.pk}/sign-out/", {"reason": "lost laptop"})
    assert answer.status_code == 200
    assert page.get("/account/").status_code == 302


@pytest.mark.requirement("EMA 2023 user management")
def test_who_leaves_leaves_nothing_but_the_name(trial, api):
    told = api(trial.administrator).post(f"/api/v1/users/{trial.monitor.pk}/leave/", {"reason": "new employer"}).json()
    assert not told["is_active"]
    assert all(held["ended_at"] for held in told["memberships"])
    assert User.objects.get(username="mona").left_at is not None


def test_the_log_of_delegation_has_the_roles_at_the_own_sites_and_at_all_sites(trial, api):
    own = api(trial.investigator).get("/api/v1/staff/").json()["results"]
    of_the_site = {("ines", "101"), ("carla", "101"), ("mona", "101")}
    everywhere = {(name, None) for name in ("dora", "sven", "axel", "adam")}
    assert {(one["user"], one["site"]) for one in own} == of_the_site | everywhere
    assert {one["granted_by"] for one in own} == {"setup"}
    assert api(trial.investigator).get("/api/v1/staff/?site=102").status_code == 400
    everyone = api(trial.administrator).get("/api/v1/staff/?role=sponsor").json()["results"]
    assert [(one["user"], one["site"]) for one in everyone] == [("sven", None)]


def test_a_review_of_access_is_read_with_its_lines(trial, api):
    review = open_review(by=actor(trial.administrator, "administrator"))
    client = api(trial.auditor)
    (line,) = client.get("/api/v1/access-reviews/").json()["results"]
    assert (line["id"], line["state"], line["waiting"]) == (review.pk, "in-progress", line["number"])
    whole = client.get(f"/api/v1/access-reviews/{review.pk}/").json()
    assert len(whole["lines"]) == whole["number"]
    assert {one["role"] for one in whole["lines"] if one["username"] == "mona"} == {"monitor"}
    assert whole["signature_holds"] is None


@pytest.mark.requirement("EMA 2023 user management")
def test_a_review_of_access_is_done_from_its_opening_to_its_signature(trial, api):
    admin = api(trial.administrator)
    review = admin.post("/api/v1/access-reviews/").json()
    address = f"/api/v1/access-reviews/{review['id']}"
    assert admin.post("/api/v1/access-reviews/").status_code == 400
    ended = next(line["id"] for line in review["lines"] if line["username"] == "stella")
    own = {"conclusion": "Clean.", "username": "adam", "password": PASSWORD}
    assert admin.post(f"{address}/sign/", own).status_code == 400
    why = {"decision": "ended", "reason": "has left the site"}
    told = admin.post(f"{address}/lines/{ended}/end/", why).json()
    assert {line["decision"] for line in told["lines"] if line["id"] == ended} == {"ended"}
    assert not User.objects.get(username="stella").memberships.filter(ended_at=None).exists()
    others = [line["id"] for line in review["lines"] if line["id"] != ended]
    assert admin.post(f"{address}/keep/", {"lines": others}).json()["waiting"] == 1
    assert api(trial.data_manager).post(f"{address}/keep/", {"lines": others}).json()["waiting"] == 0
    assert admin.post(f"{address}/sign/", own | {"password": "another"}).status_code == 400
    signed = admin.post(f"{address}/sign/", own).json()
    assert (signed["state"], signed["signed_by"], signed["signature_holds"]) == ("signed", "adam", True)
    assert admin.post(f"{address}/keep/", {"lines": others}).status_code == 400
    assert Event.objects.filter(table_name="staff_accessreview", channel="api", actor_name="adam").count() == 2


@pytest.mark.parametrize("lines", [None, [], "1", [0], [True], ["1"], [2**63]])
def test_lines_that_are_no_keys_are_refused(trial, api, lines):
    review = open_review(by=actor(trial.administrator, "administrator"))
    answer = api(trial.administrator).post(f"/api/v1/access-reviews/{review.pk}/keep/", {"lines": lines})
    assert (answer.status_code, {name[:5] for name in answer.json()["errors"]}) == (400, {"lines"})
