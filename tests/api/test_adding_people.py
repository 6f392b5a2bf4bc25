"""The API adds a person with role, several sites and training in one go, as the page does: all of it or nothing."""

from typing import Any

import pytest

from accounts.keeping import Training
from accounts.models import Membership, User
from tests.cast import Trial

pytestmark = pytest.mark.django_db
WHO = {"username": "nora", "first_name": "Nora", "last_name": "Nurse", "email": "nora@example.org"}


def test_with_a_role_at_two_sites_and_a_training(trial: Trial, api: Any) -> None:
    sites = [trial.site.code, trial.other_site.code]
    sent = WHO | {"role": "coordinator", "sites": sites, "course": "GCP", "held_on": "2026-01-05"}
    answer = api(trial.administrator).post("/api/v1/users/", sent)
    assert answer.status_code == 201
    assert [(held["role"], held["site"]) for held in answer.json()["memberships"]] == [
        ("coordinator", site) for site in sites
    ]
    assert (Training.objects.get().user.username, str(Training.objects.get().held_on)) == ("nora", "2026-01-05")


def test_with_a_role_at_all_sites_or_with_none_yet(trial: Trial, api: Any) -> None:
    client = api(trial.administrator)
    assert client.post("/api/v1/users/", WHO | {"role": "auditor"}).json()["memberships"][0]["site"] is None
    assert client.post("/api/v1/users/", WHO | {"username": "otto"}).json()["memberships"] == []


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"role": "coordinator"}, "sites"),
        ({"role": "auditor", "sites": ["101"]}, "sites"),
        ({"role": "coordinator", "sites": ["999"]}, "sites"),
        ({"role": "coordinator", "sites": "101"}, "sites"),
        ({"role": "coordinator", "sites": [101]}, "sites"),
        ({"sites": ["101"]}, "role"),
        ({"role": "nurse"}, "role"),
        ({"course": "GCP"}, "held_on"),
        ({"held_on": "2026-01-05"}, "course"),
        ({"role": "coordinator", "sites": ["101"], "course": "GCP", "held_on": "2099-01-05"}, "held_on"),
        ({"invite": True}, "invite"),
    ],
)
def test_what_does_not_go_together_is_refused_by_its_name_and_nobody_is_added(
    trial: Trial, api: Any, sent: dict[str, Any], field: str
) -> None:
    before = User.objects.count(), Membership.objects.count()
    answer = api(trial.administrator).post("/api/v1/users/", WHO | sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert (User.objects.count(), Membership.objects.count()) == before
