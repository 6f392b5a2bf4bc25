"""The log of delegation of a site: who, in which role, from when until when, given and ended by whom."""

import csv
import io

import pytest

from accounts.models import Membership
from accounts.roles import Role
from accounts.services import grant_membership, revoke_membership
from audit.models import AccessEvent
from tests.cast import actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(trial):
    """A coordinator of site 101 who was one for a while, by the administrator's hand."""
    by = actor(trial.administrator, "administrator")
    user = person("petra", "coordinator", trial.other_site)
    held = grant_membership(user=user, role=Role.COORDINATOR, site=trial.site, by=by)
    revoke_membership(membership=held, by=by, reason="moved away")
    return held


def shown(client, address="/staff/"):
    return {(one.held.user.username, one.held.role): one for one in client.get(address).context["staff"]}


@pytest.mark.requirement("EMA 2023 user management")
def test_it_says_who_gave_a_role_and_who_ended_it_and_why(trial, ended, as_user):
    for user in (trial.investigator, trial.monitor, trial.data_manager, trial.auditor, trial.administrator):
        one = shown(as_user(user), f"/staff/?site={trial.site.pk}")["petra", "coordinator"]
        assert (one.granted_by, one.ended_by, one.reason) == ("adam", "adam", "moved away"), user
        assert one.held.ended_at is not None


def test_a_site_sees_its_own_and_no_other_s(trial, ended, as_user):
    client = as_user(trial.investigator)
    assert {name for name, _ in shown(client)} == {"ines", "carla", "mona", "petra"}
    assert client.get(f"/staff/?site={trial.other_site.pk}").status_code == 400
    content = b"".join(client.get("/staff.csv").streaming_content).decode("utf-8-sig")
    assert "moved away" in content
    assert "stella" not in content


def test_who_sees_all_sites_sees_the_roles_at_all_sites_too(trial, as_user):
    everyone = {name for name, _ in shown(as_user(trial.auditor))}
    assert {"ines", "stella", "dora", "adam"} <= everyone


def test_past_and_present_are_told_apart(trial, ended, as_user):
    client = as_user(trial.monitor)
    assert {name for name, _ in shown(client, "/staff/?state=past")} == {"petra"}
    assert {name for name, _ in shown(client, "/staff/?state=now&role=coordinator")} == {"carla"}


def test_the_file_has_a_line_a_role_and_is_logged(trial, ended, as_user):
    answer = as_user(trial.monitor).get("/staff.csv?state=past")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["site"], row["user"], row["granted_by"], row["reason"]) == ("101", "petra", "adam", "moved away")
    assert row["until_utc"] == Membership.objects.get(pk=ended.pk).ended_at.isoformat()
    assert AccessEvent.objects.filter(kind="export", detail="log of delegation as CSV, filter: state=past").exists()


def test_a_page_costs_the_same_however_long_it_is(trial, as_user, statements):
    client = as_user(trial.auditor)
    few = statements(lambda: client.get("/staff/"))
    for number in range(15):
        person(f"more{number}", "coordinator", trial.site)
    assert statements(lambda: client.get("/staff/")) <= few
