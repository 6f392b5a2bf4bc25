"""Go-live by the API: the same lines, rights and signature as on the pages."""

from datetime import date
from typing import Any

import pytest

from accounts.actor import acting
from cohorts.go_live import signature_holds
from cohorts.models import Approval, SiteGoLive, TrialGoLive
from tests.activation.opened import new_site, ranges, ready_site, staff
from tests.cast import PASSWORD, SETUP, Trial, person

HERE = "/api/v1/go-live/"
SEEN = {"forms_seen_by": "Dr Ivo", "forms_seen_on": "2026-02-01", "username": "dora", "password": PASSWORD}


def lines_of(answer: Any) -> dict[str, tuple[bool, str]]:
    return {line["what"]: (line["holds"], line["says"]) for line in answer.json()["lines"]}


def test_a_site_goes_live_by_the_api_alone(trial: Trial, api: Any) -> None:
    with acting(SETUP):
        site = new_site()
    staff(site)
    ranges(site)
    desk, address = api(trial.data_manager), f"{HERE}{site.pk}/"
    [row] = [line for line in desk.get(HERE).json()["results"] if line["site"] == "103"]
    assert (row["id"], row["is_live"], row["live_from"], row["missing"]) == (site.pk, False, None, ["Ethics committee"])
    assert lines_of(desk.get(address))["Ethics committee"] == (
        False,
        "No approval of version 1.0 of the protocol is recorded.",
    )
    refused = desk.post(f"{address}sign/", SEEN)
    assert refused.status_code == 400
    assert "Ethics committee: No approval of version 1.0" in str(refused.json()["errors"])
    approved = desk.post(f"{address}approval/", {"approved_on": "2026-01-05", "active_from": "2026-01-06"})
    assert (approved.status_code, approved.json()["missing"]) == (201, [])
    assert Approval.objects.get(site=site).active_from == date(2026, 1, 6)
    assert desk.post(f"{address}sign/", SEEN | {"password": "another"}).status_code == 400
    assert desk.post(f"{address}sign/", SEEN | {"username": "carla"}).status_code == 400
    assert not SiteGoLive.objects.filter(site=site).exists()
    signed = desk.post(f"{address}sign/", SEEN)
    assert (signed.status_code, signed.json()["is_live"], signed.json()["missing"]) == (200, True, [])
    made = SiteGoLive.objects.get(site=site)
    sign_off = signed.json()["signed"]
    assert (sign_off["signed_by"], sign_off["digest"], sign_off["holds"]) == (
        "dora",
        made.digest,
        signature_holds(made),
    )
    assert lines_of(signed)["Blank forms"] == (True, "Reviewed by Dr Ivo on 1 Feb 2026.")
    assert desk.post(f"{address}sign/", SEEN).json()["errors"] == {"": ["Site 103 is live already."]}
    assert api(person("nora", "coordinator", site)).post("/api/v1/subjects/", {"site": "103"}).status_code == 201


def test_the_lines_are_for_those_who_see_the_staff_and_signing_for_data_managers(trial: Trial, api: Any) -> None:
    site = ready_site(trial)
    address = f"{HERE}{site.pk}/"
    assert api(trial.data_manager).get(address).status_code == 200
    assert api(trial.coordinator).get(address).status_code == 404  # of another site
    coordinator = api(person("nora", "coordinator", site))
    assert [row["site"] for row in coordinator.get(HERE).json()["results"]] == ["103"]
    assert coordinator.get(address).status_code == 403
    monitor = api(person("moni", "monitor", site))
    assert set(lines_of(monitor.get(address))) == {
        "Trial",
        "Ethics committee",
        "Reference ranges",
        "People",
        "Training",
    }
    for step, sent in (("sign", SEEN), ("approval", {"approved_on": "2026-01-05", "active_from": "2026-01-06"})):
        assert monitor.post(f"{address}{step}/", sent).status_code == 403
    assert not SiteGoLive.objects.filter(site=site).exists()


@pytest.mark.parametrize("wrong", [{"forms_seen_by": ""}, {"forms_seen_on": "2999-01-01"}, {"shoe": 1}])
def test_what_is_missing_or_unknown_is_named_and_nothing_is_signed(
    trial: Trial, api: Any, wrong: dict[str, Any]
) -> None:
    site = ready_site(trial)
    answer = api(trial.data_manager).post(f"{HERE}{site.pk}/sign/", SEEN | wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert not SiteGoLive.objects.filter(site=site).exists()


def test_a_site_that_an_update_opened_has_no_lines_and_nobody_s_signature(trial: Trial, api: Any) -> None:
    checklist = api(trial.data_manager).get(f"{HERE}{trial.site.pk}/").json()
    assert (checklist["is_live"], checklist["lines"], checklist["missing"]) == (True, [], [])
    assert (checklist["signed"]["signed_by"], checklist["signed"]["signed_at"], checklist["signed"]["holds"]) == (
        "",
        None,
        True,
    )
    [run] = api(trial.coordinator).get(f"{HERE}trial/").json()
    assert (run["id"], run["basis"], run["sha256"]) == (TrialGoLive.objects.get().pk, checklist["signed"]["basis"], "")
