"""The log of delegation of a site: who, in which role, from when until when, given and ended by whom."""

import csv
import io
from datetime import UTC, datetime

import pytest

from accounts.actor import acting
from accounts.models import Membership
from accounts.roles import Role
from accounts.services import grant_membership, reinstate_user, revoke_membership, suspend_user
from audit.models import AccessEvent, Event
from tests.cast import SETUP, actor, person
from tests.unlimited import unlimited

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
    return {
        (delegation.held.user.username, delegation.held.role): delegation
        for delegation in client.get(address).context["staff"]
    }


@pytest.mark.requirement("EMA 2023 user management")
def test_it_says_who_gave_a_role_and_who_ended_it_and_why(trial, ended, as_user):
    for user in (trial.investigator, trial.monitor, trial.data_manager, trial.auditor, trial.administrator):
        delegation = shown(as_user(user), f"/staff/?site={trial.site.pk}")["petra", "coordinator"]
        assert (delegation.granted_by, delegation.ended_by, delegation.reason) == ("adam", "adam", "moved away"), user
        assert delegation.held.ended_at is not None


def test_a_site_sees_its_own_and_no_other_s(trial, ended, as_user):
    client = as_user(trial.investigator)
    everywhere = {"dora", "sven", "axel", "adam"}
    assert {name for name, _ in shown(client)} == {"ines", "carla", "mona", "petra"} | everywhere
    assert client.get(f"/staff/?site={trial.other_site.pk}").status_code == 400
    content = b"".join(client.get("/staff.csv").streaming_content).decode("utf-8-sig")
    assert "moved away" in content
    assert "stella" not in content


def test_who_sees_all_sites_sees_the_roles_at_all_sites_too(trial, as_user):
    everyone = {name for name, _ in shown(as_user(trial.auditor))}
    assert {"ines", "stella", "dora", "adam"} <= everyone


@pytest.fixture
def past(trial):
    """Roles since 1 January 2008, carla's since 4 March, petra's until 3 March; mona suspended 5 to 9 March."""
    by = actor(trial.administrator, "administrator")
    petra = person("petra", "coordinator", trial.other_site)
    ended = grant_membership(user=petra, role=Role.COORDINATOR, site=trial.site, by=by)
    revoke_membership(membership=ended, by=by, reason="moved away")
    suspend_user(user=trial.monitor, by=by, reason="on leave")
    reinstate_user(user=trial.monitor, by=by, reason="back")
    turned = Event.objects.filter(table_name="accounts_user", row_id=trial.monitor.pk, action="update")
    with unlimited(), acting(SETUP):
        Membership.objects.update(granted_at=datetime(2008, 1, 1, tzinfo=UTC))
        Membership.objects.filter(user=trial.coordinator).update(granted_at=datetime(2008, 3, 4, tzinfo=UTC))
        Membership.objects.filter(pk=ended.pk).update(ended_at=datetime(2008, 3, 3, tzinfo=UTC))
        turned.filter(new__is_active=False).update(at=datetime(2008, 3, 5, 8, tzinfo=UTC))
        turned.filter(new__is_active=True).update(at=datetime(2008, 3, 9, 18, tzinfo=UTC))
    return trial


EVERYWHERE = {"dora", "sven", "axel", "adam"}


@pytest.mark.requirement("EMA 2023 user management")
@pytest.mark.parametrize(
    ("since", "until", "had"),
    [
        ("2008-03-01", "2008-03-02", {"ines", "mona", "petra"}),
        ("2008-03-04", "2008-03-04", {"ines", "mona", "carla"}),
        ("2008-03-06", "2008-03-07", {"ines", "carla"}),
        ("2008-03-09 18:00", "2008-03-09 19:00", {"ines", "mona", "carla"}),
        ("2008-03-09 16:00", "2008-03-09 17:00", {"ines", "carla"}),
        ("2008-03-03", "2008-03-09", {"ines", "mona", "petra", "carla"}),
        ("2008-03-09", "", {"ines", "mona", "carla"}),
        ("", "2007-12-31", None),
    ],
)
def test_who_had_access_to_a_site_over_a_period(past, as_user, api, since, until, had):
    expected = had | EVERYWHERE if had else set()
    given = f"site={past.site.pk}&since={since}&until={until}"
    for user in (past.auditor, past.administrator, past.monitor, past.data_manager):
        client = as_user(user)
        answer = client.get(f"/staff/?{given}")
        assert {delegation.held.user.username for delegation in answer.context["staff"]} == expected, user
        content = b"".join(client.get(f"/staff.csv?{given}").streaming_content).decode("utf-8-sig")
        assert {row["user"] for row in csv.DictReader(io.StringIO(content))} == expected
        days = {name: day for name, day in (("since", since), ("until", until)) if day}
        listed = api(user).get("/api/v1/staff/", {"site": past.site.code, **days}).json()
        assert {row["user"] for row in listed["results"]} == expected


def test_when_an_account_was_suspended_stands_beside_its_role(past, as_user):
    client = as_user(past.auditor)
    delegation = shown(client, f"/staff/?site={past.site.pk}&since=2008-03-01&until=2008-03-31")["mona", "monitor"]
    spans = [(span.since.isoformat(), span.until.isoformat()) for span in delegation.suspended]
    assert spans == [("2008-03-05T08:00:00+00:00", "2008-03-09T18:00:00+00:00")]
    page = client.get(f"/staff/?site={past.site.pk}&since=2008-03-01&until=2008-03-31").content.decode()
    page = " ".join(page.split())
    assert "suspended 5 Mar 2008 08:00 UTC to 9 Mar 2008 18:00 UTC" in page
    assert "8 roles that gave access to site 101" in page
    assert "from 1 Mar 2008 00:00 UTC to 31 Mar 2008 23:59 UTC" in page


def test_a_period_that_ends_before_it_begins_is_refused(trial, as_user):
    answer = as_user(trial.auditor).get("/staff.csv?since=2008-03-02&until=2008-03-01")
    assert answer.status_code == 400
    assert "before the start" in answer.content.decode()


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
