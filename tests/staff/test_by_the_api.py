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
    standing = api(trial.monitor).get("/api/v1/me/standing/").json()
    assert [(training["course"], training["recorded_by"]) for training in standing["trainings"]] == [("EDC", "adam")]
    assert (standing["statement_is_current"], standing["statement_signed_at"]) == (True, None)
    assert api(trial.administrator).get(f"/api/v1/users/{trial.monitor.pk}/standing/").json() == standing


def test_a_training_that_is_still_to_come_is_refused(trial, api):
    given = {"course": "EDC", "held_on": "2999-01-01"}
    answer = api(trial.administrator).post(f"/api/v1/users/{trial.monitor.pk}/trainings/", given)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["held_on"])


@pytest.mark.requirement("21 CFR 11.300")
def test_one_s_own_sessions_are_listed_and_ended_and_nobody_else_s(trial, signed_in, api):
    page, line = signed_in
    mine = api(trial.monitor)
    assert [session["id"] for session in mine.get("/api/v1/me/sessions/").json()] == [line.pk]
    assert api(trial.investigator).get("/api/v1/me/sessions/").json() == []
    assert api(trial.investigator).post("/api/v1/me/sessions/end/", {"session": line.pk}).status_code == 400
    assert page.get("/account/").status_code == 200
    answer = mine.post("/api/v1/me/sessions/end/", {"session": line.pk})
    assert (answer.status_code, answer.json()) == (200, [])
    assert page.get("/account/").status_code == 302


def test_the_administrator_ends_a_session_with_a_reason(trial, signed_in, api):
    page, line = signed_in
    admin, address = api(trial.administrator), f"/api/v1/users/{trial.monitor.pk}"
    assert [session["id"] for session in admin.get(f"{address}/sessions/").json()] == [line.pk]
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
    person = (
        api(trial.administrator).post(f"/api/v1/users/{trial.monitor.pk}/leave/", {"reason": "new employer"}).json()
    )
    assert not person["is_active"]
    assert all(held["ended_at"] for held in person["memberships"])
    assert User.objects.get(username="mona").left_at is not None


def test_the_log_of_delegation_has_the_roles_at_the_own_sites_and_at_all_sites(trial, api):
    of_the_investigator = api(trial.investigator).get("/api/v1/staff/").json()["results"]
    of_the_site = {("ines", "101"), ("carla", "101"), ("mona", "101")}
    everywhere = {(name, None) for name in ("dora", "sven", "axel", "adam")}
    assert {(row["user"], row["site"]) for row in of_the_investigator} == of_the_site | everywhere
    assert {row["granted_by"] for row in of_the_investigator} == {"setup"}
    assert api(trial.investigator).get("/api/v1/staff/?site=102").status_code == 400
    everyone = api(trial.administrator).get("/api/v1/staff/?role=sponsor").json()["results"]
    assert [(row["user"], row["site"]) for row in everyone] == [("sven", None)]


def test_a_review_of_access_is_read_with_its_lines(trial, api):
    review = open_review(by=actor(trial.administrator, "administrator"))
    client = api(trial.auditor)
    (line,) = client.get("/api/v1/access-reviews/").json()["results"]
    assert (line["id"], line["state"], line["waiting"]) == (review.pk, "in-progress", line["number"])
    whole = client.get(f"/api/v1/access-reviews/{review.pk}/").json()
    assert len(whole["lines"]) == whole["number"]
    assert {access_line["role"] for access_line in whole["lines"] if access_line["username"] == "mona"} == {"monitor"}
    assert whole["signature_holds"] is None


@pytest.mark.requirement("EMA 2023 user management")
def test_a_review_of_access_is_done_from_its_opening_to_its_signature(trial, api):
    admin = api(trial.administrator)
    review = admin.post("/api/v1/access-reviews/").json()
    address = f"/api/v1/access-reviews/{review['id']}"
    assert admin.post("/api/v1/access-reviews/").status_code == 400
    ended = next(line["id"] for line in review["lines"] if line["username"] == "stella")
    signature = {"conclusion": "Clean.", "username": "adam", "password": PASSWORD}
    assert admin.post(f"{address}/sign/", signature).status_code == 400
    why = {"decision": "ended", "reason": "has left the site"}
    reviewed = admin.post(f"{address}/lines/{ended}/end/", why).json()
    assert {line["decision"] for line in reviewed["lines"] if line["id"] == ended} == {"ended"}
    assert not User.objects.get(username="stella").memberships.filter(ended_at=None).exists()
    others = [line["id"] for line in review["lines"] if line["id"] != ended]
    assert admin.post(f"{address}/keep/", {"lines": others}).json()["waiting"] == 1
    assert api(trial.data_manager).post(f"{address}/keep/", {"lines": others}).json()["waiting"] == 0
    assert admin.post(f"{address}/sign/", signature | {"password": "another"}).status_code == 400
    signed = admin.post(f"{address}/sign/", signature).json()
    assert (signed["state"], signed["signed_by"], signed["signature_holds"]) == ("signed", "adam", True)
    assert admin.post(f"{address}/keep/", {"lines": others}).status_code == 400
    assert Event.objects.filter(table_name="staff_accessreview", channel="api", actor_name="adam").count() == 2


@pytest.mark.parametrize("lines", [None, [], "1", [0], [True], ["1"], [2**63]])
def test_lines_that_are_no_keys_are_refused(trial, api, lines):
    review = open_review(by=actor(trial.administrator, "administrator"))
    answer = api(trial.administrator).post(f"/api/v1/access-reviews/{review.pk}/keep/", {"lines": lines})
    assert (answer.status_code, {name[:5] for name in answer.json()["errors"]}) == (400, {"lines"})
