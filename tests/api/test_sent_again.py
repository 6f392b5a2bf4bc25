"""A create or change with an Idempotency-Key counts once, however often it is sent."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import SYSTEM
from accounts.services import revoke_membership
from assessments.models import AdverseEvent, CaseForm
from audit.models import AccessEvent, Event
from cohorts.models import Subject
from receipts.models import Receipt
from receipts.tasks import forget_receipts
from tests.cast import Trial
from tests.unlimited import unlimited

EVENTS = "/api/v1/forms/adverse_event/"
EVENT = {"term": "Nausea", "grade": "2", "start_date": "2008-01-10"}
pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def test_a_save_that_is_sent_again_is_answered_again_and_stands_once(carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    first, again = (carla.post(EVENTS, sent, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Content-Type"] == again.headers["Content-Type"] == "application/json"
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert AdverseEvent.objects.count() == 1


def test_without_a_key_and_with_another_one_it_counts_twice(carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    for keyed in (headers, key(), {}):
        assert carla.post(EVENTS, sent, headers=keyed).status_code == 201
    assert AdverseEvent.objects.count() == 3


def test_an_entry_is_withdrawn_and_restored_once(carla: Any, subject: Subject) -> None:
    made = carla.post(EVENTS, {"subject": subject.pk, "record": EVENT}).json()
    for version, (step, state) in enumerate([("entered-in-error", "in_error"), ("restore", "draft")], start=1):
        address, sent, headers = f"/api/v1/forms/{made['id']}/{step}/", {"why": "A slip", "version": version}, key()
        first, again = (carla.post(address, sent, headers=headers) for _ in range(2))
        assert (first.status_code, first.json()["state"], first.json()["version"]) == (200, state, version + 1)
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["Idempotency-Replayed"] == "true"
        # Without the key it is one of another version, or there is nothing left to turn.
        assert carla.post(address, sent).status_code in (400, 409, 423)
    assert CaseForm.every.get(pk=made["id"]).version == 3


def test_every_kind_of_write_counts_once(trial: Trial, api: Any, carla: Any, subject: Subject) -> None:
    made = carla.post(EVENTS, {"subject": subject.pk, "record": EVENT}).json()
    visit = carla.post("/api/v1/visits/", {"subject": subject.pk, "on": "2008-01-09"}).json()
    writes = [
        (carla.put, f"{EVENTS}{made['id']}/", {"version": 1, "record": EVENT | {"grade": "3"}}),
        (carla.patch, f"{EVENTS}{made['id']}/", {"version": 2, "record": {"grade": "1"}}),
        (carla.delete, f"/api/v1/visits/{visit['id']}/", None),
        (api(trial.monitor).post, "/api/v1/queries/", {"form": made["id"], "item": "grade", "text": "1?"}),
        (api(trial.data_manager).post, f"/api/v1/forms/{made['id']}/freeze/", {"reason": "cleaned"}),
        (
            api(trial.administrator).post,
            "/api/v1/sites/",
            {"code": "103", "name": "West", "country": "Spain", "time_zone": "Europe/Madrid"},
        ),
    ]
    for write, address, sent in writes:
        headers = key()
        first, again = (write(address, sent, headers=headers) for _ in range(2))
        assert first.status_code in (200, 201, 204), (address, first.content)
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert Event.objects.filter(channel="api").exists()
    assert CaseForm.objects.get(pk=made["id"]).queries.filter(item="grade", text="1?").count() == 1


def test_one_key_is_for_one_request(carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    made = carla.post(EVENTS, sent, headers=headers).json()
    others = [
        carla.post(EVENTS, sent | {"record": EVENT | {"grade": "3"}}, headers=headers),
        carla.post("/api/v1/forms/medication/", sent, headers=headers),
        carla.put(f"{EVENTS}{made['id']}/", {"version": 1, "record": EVENT}, headers=headers),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in others] == [(422, "key_reused")] * 3
    turned = dict(reversed(sent.items()))
    assert carla.post(EVENTS, turned, headers=headers).headers["Idempotency-Replayed"] == "true"


def test_what_was_refused_may_be_corrected_under_its_key(carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    assert carla.post(EVENTS, sent | {"record": EVENT | {"grade": "9"}}, headers=headers).status_code == 400
    assert not Receipt.objects.exists()
    assert carla.post(EVENTS, sent, headers=headers).status_code == 201


def test_a_refusal_with_a_key_is_logged_as_any_other(trial: Trial, api: Any, subject: Subject) -> None:
    before = AccessEvent.objects.count()
    sent = {"subject": subject.pk, "record": EVENT}
    answers = [api(who).post(EVENTS, sent, headers=key()) for who in (trial.monitor, trial.stranger)]
    assert [answer.status_code for answer in answers] == [403, 404]
    assert AccessEvent.objects.count() == before + 2


def test_a_wrong_password_with_a_key_counts_as_a_failed_sign_in(trial: Trial, api: Any, subject: Subject) -> None:
    form = subject.forms.get(code="demography")
    hand = {"username": "ines", "password": "a wrong one"}
    sent = {"forms": [{"form": form.pk, "version": form.version}], **hand}
    answer = api(trial.investigator).post("/api/v1/signatures/", sent, headers=key())
    assert answer.status_code == 400
    assert AccessEvent.objects.filter(kind="sign_in_failed").count() == 1


def test_nobody_gets_the_answer_to_somebody_else(trial: Trial, api: Any, carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    assert carla.post(EVENTS, sent, headers=headers).status_code == 201
    assert api(trial.stranger).post(EVENTS, sent, headers=headers).status_code == 404
    answer = api(trial.investigator).post(EVENTS, sent, headers=headers)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)


def test_who_has_other_rights_by_now_is_not_told_again(trial: Trial, carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    assert carla.post(EVENTS, sent, headers=headers).status_code == 201
    held = trial.coordinator.memberships.get()
    revoke_membership(membership=held, reason="left the site", by=SYSTEM)
    answer = carla.post(EVENTS, sent, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_told_again")
    assert "101-" not in answer.content.decode()


def test_a_secret_is_given_once(trial: Trial, api: Any) -> None:
    address, headers = f"/api/v1/users/{trial.stranger.pk}/password-link/", key()
    client = api(trial.administrator)
    link = client.post(address, headers=headers).json()["link"]
    again = client.post(address, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "not_told_again")
    assert link not in str(list(Receipt.objects.values()))
    assert not mail.outbox


def test_of_what_was_sent_nothing_is_kept(trial: Trial, api: Any, subject: Subject) -> None:
    form = subject.forms.get(code="demography")
    sent = {"forms": [{"form": form.pk, "version": form.version}], "username": "ines", "password": "a wrong one"}
    api(trial.investigator).post("/api/v1/signatures/", sent, headers=key())
    made = api(trial.administrator).post(
        "/api/v1/sites/", {"code": "103", "name": "West", "time_zone": "Europe/Madrid"}, headers=key()
    )
    assert made.status_code == 201
    [receipt] = Receipt.objects.all()
    assert len(receipt.request) == 64
    assert "password" not in (receipt.body or "")


@pytest.mark.parametrize("given", ["", "a b", "x" * 256, "schlüssel", "\t"])
def test_a_key_is_one_to_255_signs_of_ascii(carla: Any, subject: Subject, given: str) -> None:
    sent = {"subject": subject.pk, "record": EVENT}
    answer = carla.post(EVENTS, sent, headers={"Idempotency-Key": given})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
    assert not AdverseEvent.objects.exists()


def test_a_read_needs_none_and_minds_none(carla: Any) -> None:
    headers = key()
    for _ in range(2):
        answer = carla.get("/api/v1/subjects/", headers=headers)
        assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (200, False)


def test_keys_are_forgotten_after_eight_days(carla: Any, subject: Subject) -> None:
    sent, headers = {"subject": subject.pk, "record": EVENT}, key()
    carla.post(EVENTS, sent, headers=headers)
    with unlimited():
        Receipt.objects.update(at=timezone.now() - timedelta(days=7, hours=23))
    assert forget_receipts() == 0
    with unlimited():
        Receipt.objects.update(at=timezone.now() - timedelta(days=8, minutes=1))
    assert forget_receipts() == 1
    assert carla.post(EVENTS, sent, headers=headers).status_code == 201
    assert AdverseEvent.objects.count() == 2


def test_a_key_costs_a_save_two_statements_and_their_savepoint(carla: Any, subject: Subject) -> None:
    def statements(headers: dict[str, str]) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert carla.post(EVENTS, {"subject": subject.pk, "record": EVENT}, headers=headers).status_code == 201
        return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]

    statements({})
    plain, keyed = statements({}), statements(key())
    assert len(keyed) - len(plain) <= 3, keyed
