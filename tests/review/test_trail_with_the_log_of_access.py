"""The trail and the log of access on one line of time, for who may read all of both."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AccessEvent, Event
from review.trail import pages

pytestmark = pytest.mark.django_db
BOTH = "/trail/?view=both"
TAB = "With the log of access"


@pytest.fixture
def at_the_door(trial):
    """A subject that Carla added, between her sign-in and a refusal."""
    trial.subject()
    # All that a test does is one transaction, and of one moment.
    moment = Event.objects.latest("id").at
    lines = [("sign_in", "", -60), ("refused", "lock", 60)]
    for kind, detail, seconds in lines:
        at = moment + timedelta(seconds=seconds)
        AccessEvent.objects.create(actor_name="carla", kind=kind, detail=detail, at=at)


def kinds_listed(client, address=BOTH):
    entries = client.get(address).context["entries"]
    return [entry.get("access", "changes") for entry in entries]


@pytest.mark.requirement("ICH E6(R3) 4.2.2", "EMA 2023 audit trail review")
def test_what_was_done_stands_between_what_happened_at_the_door(trial, at_the_door, as_user):
    client = as_user(trial.auditor)
    listed = kinds_listed(client, f"{BOTH}&who=carla")
    assert (listed[0], listed[-1]) == ("Access denied: no permission", "Signed in")
    assert set(listed[1:-1]) == {"changes"}
    assert "Log of access:" in client.get(BOTH).content.decode()
    assert client.get(BOTH).context["tabs"][-1] == {"label": TAB, "url": "?view=both", "current": True}


def test_a_filter_that_only_changes_can_fit_leaves_the_log_out(trial, at_the_door, as_user):
    client = as_user(trial.auditor)
    assert set(kinds_listed(client, f"{BOTH}&kind=subjects")) == {"changes"}
    assert client.get(f"{BOTH}&who=nobody").status_code == 400
    yesterday = timezone.localdate() - timedelta(2)
    assert kinds_listed(client, f"{BOTH}&until={yesterday}") == []
    assert "Signed in" in kinds_listed(client, f"{BOTH}&since={yesterday}")


def test_who_may_read_one_of_both_sees_no_line_of_the_other(trial, at_the_door, as_user):
    for user in (trial.data_manager, trial.monitor, trial.investigator):
        page = as_user(user).get(BOTH)
        assert "Access denied: no permission" not in page.content.decode()
        assert TAB not in [tab["label"] for tab in page.context["tabs"]]
        assert not [entry for entry in page.context["entries"] if "access" in entry]
    assert as_user(trial.administrator).get(BOTH).status_code == 403


def test_from_page_to_page_nothing_is_lost_nor_shown_twice(trial, at_the_door, as_user, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_SIZE", 7)
    seen, sizes, address, client = [], [], "?view=both", as_user(trial.auditor)
    lines = set(AccessEvent.objects.values_list("pk", flat=True))
    while address:
        page = client.get(f"/trail/{address}").context
        seen += [entry["event"].pk for entry in page["entries"] if "access" in entry]
        sizes.append(len(page["entries"]))
        address = page["older"]
    assert sorted(seen) == sorted(lines)
    assert len(sizes) == -(-(Event.objects.count() + len(lines)) // 7)


def test_a_page_costs_the_same_however_much_there_is(trial, at_the_door, as_user, statements):
    client = as_user(trial.auditor)
    few = statements(lambda: client.get(BOTH))
    AccessEvent.objects.bulk_create([AccessEvent(actor_name="carla", kind="sign_in") for _ in range(60)])
    assert statements(lambda: client.get(BOTH)) <= few
