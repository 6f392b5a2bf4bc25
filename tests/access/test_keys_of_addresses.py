"""A key in an address or a box is of plain digits: others name no row, and break nothing."""

import pytest

KEYS = ["１２", "²", "1_2", "9" * 19, "1e3", "-1"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_other_digits_names_no_row_and_breaks_nothing(trial, client, key):
    subject = trial.subject()
    visit = subject.visits.first()
    client.force_login(trial.coordinator)
    assert client.get(f"/subjects/{subject.pk}/forms/consent/", {"visit": key}).status_code == 404
    guidance = client.get(f"/subjects/{subject.pk}/guidance/infusion/", {"visit": key})
    deviation = client.get(f"/subjects/{subject.pk}/forms/deviation/", {"about": key})
    work = client.get("/worklists/", {"page": key})
    assert {guidance.status_code, deviation.status_code} <= {200, 404}
    assert work.status_code == 400
    stale = client.post(f"/subjects/{subject.pk}/forms/consent/?visit={visit.pk}", {"version": key, "action": "draft"})
    assert stale.status_code < 500


@pytest.mark.parametrize("key", KEYS)
def test_a_monitor_s_choice_of_other_digits_chooses_nothing(trial, client, key):
    subject = trial.subject()
    form = trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    client.force_login(trial.monitor)
    for sent in (key, f"{form.pk}:{key}", f"{key}:1"):
        answer = client.post("/sdv/verify/", {"form": sent, "visit": key})
        assert answer.status_code < 500
    assert not form.verifications.exists()
    assert client.get("/sdv/", {"form": key}).status_code == 404
