"""What a body holds is taken as it was sent, or refused by its name: never thrown away, never a server's error."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, VitalSigns
from cohorts.models import Subject
from tests.api.operations import OPERATIONS, filled, somebody_with
from tests.api.rows import rows_of_each_kind
from tests.cast import Trial

pytestmark = pytest.mark.django_db
FORM = "/api/v1/forms/demography/"
RECORD = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}
EVENT = {"term": "Nausea", "grade": "2", "start_date": "2008-01-10", "ongoing": "Y"}
RANGE = {"site": "101", "analyte": "K", "unit": "mmol/L", "age_from": 0, "valid_from": "2000-01-01"}


def raw(client: Any, body: bytes | str, address: str = FORM, kind: str = "application/json") -> Any:
    return client.generic("POST", address, body, content_type=kind)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"subject": 1, "reason": "a\\ud800"}', "reason"),
        ('{"subject": 1, "record": {"race": "\\udfff"}}', "race"),
        ('{"subject": 1, "rows": [{"name": "\\ud83d"}]}', "rows-0-name"),
        ('{"subject": 1, "a\\ud800": 1}', ""),
        ('{"subject": 1, "reason": "a\\u0000"}', "reason"),
        ('{"subject": 1, "record": {"age": 1e400}}', "age"),
        ('{"subject": 1, "record": {"age": 1' + "0" * 5000 + "}}", "age"),
        ('{"subject": 1' + "0" * 30 + "}", "subject"),
        ('{"record": ' + "[" * 30 + "]" * 30 + "}", ""),
    ],
)
def test_what_no_record_could_hold_is_refused_at_its_field(carla: Any, body: str, field: str) -> None:
    answer = raw(carla, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    "body",
    [
        "[" * 50_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"subject": NaN}',
        '{"subject": Infinity}',
        '{"subject": -Infinity}',
        '{"subject": 1, "subject": 2}',
        '{"record": {"age": 54, "age": 45}}',
        b'{"reason": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        '{"reason": "\x01"}',
        "{} {}",
    ],
)
def test_what_is_no_json_or_means_two_things_is_refused(carla: Any, body: bytes | str) -> None:
    answer = raw(carla, body)
    assert (answer.status_code, answer.json()["code"], answer["Content-Type"]) == (
        400,
        "parse_error",
        "application/json",
    )


def test_a_body_over_the_limit_is_told_the_limit(carla: Any) -> None:
    answer = raw(carla, '{"reason": "' + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + '"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["limit"] == settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 2_621_440
    assert "2,621,440 bytes" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=latin-1"])
def test_another_kind_of_body_is_refused_also_where_nothing_is_taken(trial: Trial, api: Any, kind: str) -> None:
    for who, address in ((trial.coordinator, FORM), (trial.administrator, "/api/v1/access-reviews/")):
        answer = raw(api(who), "{}", address, kind)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_body_of_unknown_length_is_refused(carla: Any) -> None:
    answer = carla.generic("POST", FORM, b"", HTTP_TRANSFER_ENCODING="chunked")
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def test_a_form_of_a_browser_is_refused_however_large(trial: Trial) -> None:
    """Django looks for its token against forgery in such a body, before the API reads any."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(trial.coordinator)
    for body in ("a=1", "a=" + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
        answer = client.post(FORM, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (403, 413)
        assert {*answer.json()} >= {"code", "detail", "errors"}


def test_every_write_refuses_what_it_does_not_know(trial: Trial, api: Any) -> None:
    keys = rows_of_each_kind(trial)
    tried = 0
    for method, address, right, _, body in OPERATIONS:
        if method in ("get", "delete"):
            continue
        sent = {**filled(body or {}, keys), "colour": "red"}
        if method in ("put", "patch") or address.endswith("{tumour}/not-done/"):
            sent["version"] = 1
        client = api(getattr(trial, somebody_with(right)))
        answer = getattr(client, method)(filled(address, keys), sent)
        assert answer.status_code == 400, (address, answer.content)
        assert "colour" in answer.json()["errors"], (address, answer.json())
        tried += 1
    assert tried > 120


def test_parts_of_a_list_are_known_too(trial: Trial, api: Any) -> None:
    keys = rows_of_each_kind(trial)
    sent = {"forms": [{"form": keys["demography"], "version": 1, "item": "age"}], "preview": True}
    answer = api(trial.monitor).post("/api/v1/verifications/", sent)
    assert list(answer.json()["errors"]) == ["forms-0-item"]


@pytest.mark.parametrize("value", [True, False, 20080104, ["2008-01-04"], {"day": 4}, "04/01/2008", "２００８-01-04"])
def test_a_day_is_a_text_that_is_a_day(trial: Trial, api: Any, subject: Subject, value: Any) -> None:
    for address in (f"/api/v1/subjects/{subject.pk}/begin-treatment/", "/api/v1/visits/"):
        body = {"on": value} | ({"subject": subject.pk} if address.endswith("visits/") else {})
        answer = api(trial.coordinator).post(address, body)
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == ["on"]


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("users", {"username": True, "email": "a@example.org"}, "username"),
        ("users/{stella}/suspend", {"reason": False}, "reason"),
        ("users/{stella}/suspend", {"reason": 7}, "reason"),
        ("users", {"username": 1.5, "email": "a@example.org"}, "username"),
        ("users/{stella}/memberships", {"role": "coordinator", "site": 101.5}, "site"),
        ("users/{stella}/end-session", {"session": "１", "reason": "x"}, "session"),
        ("access-reviews/1/keep", {"lines": "1"}, "lines"),
    ],
)
def test_each_value_is_of_its_kind(trial: Trial, api: Any, address: str, body: Any, field: str) -> None:
    from staff.services import open_review
    from tests.cast import actor

    review = open_review(by=actor(trial.administrator, "administrator"))
    place = address.format(stella=trial.stranger.pk).replace("reviews/1/", f"reviews/{review.pk}/")
    answer = api(trial.administrator).post(f"/api/v1/{place}/", body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


@pytest.mark.parametrize(
    ("high", "stored"),
    [("5,5", "5.5"), ("5.500", "5.5"), (5.5, "5.5"), (0.0000001, None), ("1_5", None), ("1e1", None), ("５", None)],
)
def test_a_limit_of_a_range_is_read_as_any_number(trial: Trial, api: Any, high: Any, stored: str | None) -> None:
    answer = api(trial.data_manager).post("/api/v1/reference-ranges/", RANGE | {"high": high})
    if stored is None:
        assert list(answer.json()["errors"]) == ["high"]
    else:
        assert (answer.status_code, answer.json()["high"].rstrip("0")) == (201, stored)


def test_a_range_is_sent_back_as_it_was_read(trial: Trial, api: Any) -> None:
    client = api(trial.data_manager)
    made = client.post("/api/v1/reference-ranges/", RANGE | {"high": "5.5"}).json()
    address = f"/api/v1/reference-ranges/{made['id']}/"
    changed = client.put(address, made | {"high": "5.6", "reason": "new analyser"})
    assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.json()
    answer = client.put(address, changed.json() | {"analyte": "HB", "reason": "wrong line"})
    assert list(answer.json()["errors"]) == ["analyte"]


def test_numbers_of_json_are_stored_as_they_were_sent(carla: Any, subject: Subject) -> None:
    visit = subject.visits.get(code="C1D1").pk
    body = f'{{"subject": {subject.pk}, "visit": {visit}, "record": {{"weight_kg": 70.1}}}}'
    made = raw(carla, body, "/api/v1/forms/vital_signs/")
    assert made.status_code == 201, made.json()
    assert str(VitalSigns.objects.get(pk=made.json()["id"]).weight_kg) in ("70.1", "70.10")
    more = raw(carla, body.replace("70.1", "70.10000000000000001"), "/api/v1/forms/vital_signs/")
    assert more.status_code in (400, 409)


def test_what_applies_only_with_another_answer_is_refused(carla: Any, subject: Subject) -> None:
    sent = {"subject": subject.pk, "record": EVENT | {"end_date": "2008-01-12"}}
    answer = carla.post("/api/v1/forms/adverse_event/", sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["end_date"])
    assert "applies only where" in answer.json()["errors"]["end_date"][0]
    assert not subject.forms.filter(code="adverse_event").exists()
    ended = carla.post(
        "/api/v1/forms/adverse_event/", {"subject": subject.pk, "record": sent["record"] | {"ongoing": "N"}}
    )
    assert ended.status_code == 201, ended.json()


def test_what_a_change_would_empty_is_refused_until_it_is_sent_empty(carla: Any, subject: Subject) -> None:
    record = EVENT | {"ongoing": "N", "end_date": "2008-01-12"}
    made = carla.post("/api/v1/forms/adverse_event/", {"subject": subject.pk, "record": record}).json()
    address = f"/api/v1/forms/adverse_event/{made['id']}/"
    answer = carla.patch(address, {"version": 1, "record": {"ongoing": "Y"}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["end_date"])
    assert "2008-01-12" in answer.json()["errors"]["end_date"][0]
    changed = carla.patch(address, {"version": 1, "record": {"ongoing": "Y", "end_date": None}})
    assert changed.status_code == 200, changed.json()
    assert carla.get(address).json()["record"]["end_date"] == ""


def test_what_is_computed_is_refused_unless_it_stands_so(carla: Any, subject: Subject) -> None:
    made = carla.post("/api/v1/forms/adverse_event/", {"subject": subject.pk, "record": EVENT}).json()
    address = f"/api/v1/forms/adverse_event/{made['id']}/"
    read = carla.get(address).json()
    answer = carla.put(address, read | {"record": read["record"] | {"term_code": "999"}})
    assert list(answer.json()["errors"]) == ["term_code"]
    answer = carla.put(address, read | {"subject": subject.pk + 1})
    assert list(answer.json()["errors"]) == ["subject"]
    answer = carla.put(address, read | {"state": "complete", "locked_by": "nobody"})
    assert set(answer.json()["errors"]) == {"state", "locked_by"}


def test_of_a_lesion_that_is_carried_on_nothing_is_changed_in_passing(carla: Any, subject: Subject) -> None:
    rows = [{"label": "T01", "kind": "NON-TARGET", "diameters_mm": [30]}]
    place = {"subject": subject.pk, "visit": subject.visits.get(code="TA01").pk}
    answer = carla.post("/api/v1/forms/tumour/", place | {"record": {"assessment_date": "2008-03-03"}, "rows": rows})
    assert list(answer.json()["errors"]) == ["rows-0-kind"]


def test_every_form_is_taken_back_whole_as_it_was_read(trial: Trial, carla: Any, subject: Subject) -> None:
    trial.assess(subject, 57, {"T01": "30", "T02": "20"}, "PR")
    tried = set()
    for form in CaseForm.objects.filter(subject=subject).order_by("pk"):
        address = f"/api/v1/forms/{form.code}/{form.pk}/"
        read = carla.get(address).json()
        for method in (carla.put, carla.patch):
            answer = method(address, read)
            assert (answer.status_code, answer.json()["version"]) == (200, form.version), (form.code, answer.json())
        assert carla.get(address).json() == read
        tried.add(form.code)
    assert len(tried) > 8 and tried <= CATALOGUE.keys()
