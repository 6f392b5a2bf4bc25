"""What the API answers when it refuses: which status, which code, and the sentences by field."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.actor import SYSTEM
from accounts.services import suspend_user
from assessments.models import CaseForm
from audit.models import Event
from cohorts.models import Subject
from tests.cast import Trial, actor
from tests.signature.closed import lock_form

pytestmark = pytest.mark.django_db
FORM = "/api/v1/forms/demography/"
RECORD = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}


@pytest.fixture
def subject(trial: Trial) -> Subject:
    consented = trial.subject()
    trial.fill(consented, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return consented


@pytest.fixture
def form(trial: Trial, subject: Subject) -> CaseForm:
    return trial.fill(subject, "demography", RECORD)


@pytest.mark.requirement("ICH E6(R3) 4.2.1")
def test_a_value_that_cannot_be_is_refused_at_its_item(carla: Any, subject: Subject) -> None:
    sent = {"subject": subject.pk, "record": RECORD | {"age": 200, "birth_date": "1953-13"}}
    answer = carla.post(FORM, sent)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"age", "birth_date"}
    assert answer.json()["code"] == "invalid"
    assert not subject.forms.filter(code="demography").exists()


def test_complete_is_refused_with_what_is_missing_and_a_draft_is_taken(carla: Any, subject: Subject) -> None:
    sent = {"subject": subject.pk, "record": {"age": 54}, "complete": True}
    answer = carla.post(FORM, sent)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"birth_date", "sex", "race"}
    assert carla.post(FORM, sent | {"complete": False}).json()["state"] == "draft"


def test_an_error_in_a_row_names_the_row(carla: Any, subject: Subject) -> None:
    rows = [{"kind": "TRASTUZUMAB", "setting": "METASTATIC"}, {"kind": "MAGIC"}]
    answer = carla.post("/api/v1/forms/history/", {"subject": subject.pk, "rows": rows})
    assert set(answer.json()["errors"]) == {"rows-1-kind"}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"record": {"weigth": 1}}, "weigth"),
        ({"record": {"age": [54]}}, "age"),
        ({"record": {"age": {"a": 1}}}, "age"),
        ({"record": {"sex": True}}, "sex"),
        ({"record": [1]}, "record"),
        ({"rows": [{}]}, "rows"),
        ({"rows": {}}, "rows"),
        ({"complete": "yes"}, "complete"),
        ({"reason": 5}, "reason"),
        ({"version": "1"}, "version"),
        ({"visit": "SCR"}, "visit"),
        ({"visit": 2**62}, "visit"),
        ({"subject": None}, "subject"),
        ({"subject": True}, "subject"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_json_of_another_shape_is_refused_by_name(carla: Any, subject: Subject, sent: Any, field: str) -> None:
    answer = carla.post(FORM, {"subject": subject.pk} | sent)
    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("sent", ["[]", "1", "null", '"text"', "{", ""])
def test_what_is_no_json_object_is_refused(carla: Any, form: CaseForm, sent: str) -> None:
    answer = carla.generic("PUT", f"{FORM}{form.pk}/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_another_kind_of_body_is_refused(carla: Any, subject: Subject) -> None:
    answer = carla.generic("POST", FORM, "subject=1", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.requirement("21 CFR 11.10(f)")
def test_a_form_out_of_sequence_is_refused_in_words(carla: Any, subject: Subject) -> None:
    place = {"subject": subject.pk, "visit": subject.visits.get(code="SCR").pk}
    answer = carla.post("/api/v1/forms/infusion/", place | {"record": {"weight_kg": 64}})
    assert (answer.status_code, answer.json()["code"]) == (400, "refused")
    assert "Eligibility must be complete first." in answer.json()["errors"][""][0]


def test_a_form_that_is_there_already_is_not_begun_twice(carla: Any, subject: Subject, form: CaseForm) -> None:
    answer = carla.post(FORM, {"subject": subject.pk, "record": RECORD})
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["id"], answer.json()["version"]) == ("exists", form.pk, 1)


@pytest.mark.requirement("ICH E6(R3) 4.2.4")
def test_a_change_of_a_complete_form_needs_a_reason(carla: Any, form: CaseForm) -> None:
    change = {"version": 1, "complete": True, "record": RECORD | {"age": 55}}
    answer = carla.put(f"{FORM}{form.pk}/", change)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"reason"}
    answer = carla.put(f"{FORM}{form.pk}/", change | {"reason": "typed wrongly"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    event = Event.objects.filter(case_form_id=form.pk, table_name="assessments_demography").latest("id")
    assert (event.old, event.new, event.reason, event.channel) == ({"age": 54}, {"age": 55}, "typed wrongly", "api")


def test_a_save_that_changes_nothing_is_none(carla: Any, form: CaseForm) -> None:
    answer = carla.put(f"{FORM}{form.pk}/", {"version": 1, "complete": True, "record": RECORD})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_a_stale_save_shows_both_sides(trial: Trial, carla: Any, subject: Subject, form: CaseForm) -> None:
    trial.fill(subject, "demography", RECORD | {"age": 56}, case_form=form, reason="source was corrected")
    sent = {"version": 1, "complete": True, "reason": "typed wrongly", "record": RECORD | {"age": 55}}
    answer = carla.put(f"{FORM}{form.pk}/", sent)
    assert answer.status_code == 409
    body = answer.json()
    assert (body["code"], body["version"], body["saved_by"]) == ("stale", 2, "carla")
    assert body["differences"] == [{"name": "age", "label": "Age at consent", "theirs": "56", "mine": "55"}]
    assert carla.put(f"{FORM}{form.pk}/", sent | {"version": 2}).json()["version"] == 3


def test_a_change_says_which_version_it_saw(carla: Any, form: CaseForm) -> None:
    answer = carla.put(f"{FORM}{form.pk}/", {"record": RECORD})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"version"}


def test_a_locked_form_says_who_locked_it(trial: Trial, carla: Any, form: CaseForm) -> None:
    lock_form(case_form=form, reason="cleaned", by=actor(trial.data_manager, "data_manager"))
    change = {"version": 2, "complete": True, "reason": "typed wrongly", "record": RECORD | {"age": 55}}
    answer = carla.put(f"{FORM}{form.pk}/", change)
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    assert "dora" in answer.json()["detail"]
    assert carla.post(f"/api/v1/forms/{form.pk}/not-done/", {"version": 2, "why": "lost"}).status_code == 423


def test_a_form_of_another_code_is_not_found(carla: Any, form: CaseForm) -> None:
    assert carla.get(f"/api/v1/forms/consent/{form.pk}/").status_code == 404
    assert carla.get(f"/api/v1/forms/demography/{2**63}/").status_code == 404


def test_an_address_that_no_route_has_is_refused_as_everything_else(carla: Any) -> None:
    answer = carla.post("/api/v1/access-reviews/2/lines/-1/end/", {})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert (answer.json()["code"], answer.json()["errors"]) == ("not_found", {})


def test_a_reader_who_writes_is_refused_and_so_is_a_stranger(trial: Trial, api: Any, form: CaseForm) -> None:
    sent = {"version": 1, "record": RECORD}
    answers = [api(user).put(f"{FORM}{form.pk}/", sent) for user in (trial.monitor, trial.stranger)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "permission_denied"),
        (404, "not_found"),
    ]


def test_a_query_that_is_closed_is_not_answered(trial: Trial, api: Any, carla: Any, form: CaseForm) -> None:
    monitor = api(trial.monitor)
    query = monitor.post("/api/v1/queries/", {"form": form.pk, "item": "age", "text": "54?"}).json()
    assert monitor.post("/api/v1/queries/", {"form": form.pk, "item": "hat", "text": "?"}).status_code == 400
    assert carla.post(f"/api/v1/queries/{query['id']}/close/", {"text": "no"}).status_code == 403
    assert monitor.post(f"/api/v1/queries/{query['id']}/close/", {"text": "seen"}).json()["state"] == "closed"
    answer = carla.post(f"/api/v1/queries/{query['id']}/answer/", {"text": "it is 54"})
    assert (answer.status_code, answer.json()["code"]) == (409, "state")


def test_a_suspended_users_token_is_refused(trial: Trial, carla: Any) -> None:
    assert carla.get("/api/v1/me/").status_code == 200
    suspend_user(user=trial.coordinator, by=SYSTEM, reason="left")
    answer = carla.get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_who_must_have_a_second_factor_sets_it_up_first(carla: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MFA_REQUIRED_ROLES", ["coordinator"])
    answer = carla.get("/api/v1/subjects/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")


def test_a_session_writes_only_with_its_token_against_forgery(trial: Trial) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(trial.coordinator)
    assert client.get("/api/v1/subjects/").status_code == 200
    answer = client.post("/api/v1/subjects/", {"site": "101"}, content_type="application/json")
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_a_session_ends_another_only_where_the_password_was_given_again(trial: Trial, carla: Any) -> None:
    client = Client()
    client.force_login(trial.coordinator)
    address, sent = "/api/v1/me/sessions/end/", {"session": 1}
    answer = client.post(address, sent, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_missing")
    # A token is shown with each request; that there is no such session is said then.
    assert "session" in carla.post(address, sent).json()["errors"]


def test_too_many_requests_are_told_to_wait(carla: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.throttling import UserThrottle

    monkeypatch.setattr(UserThrottle, "THROTTLE_RATES", {"user": "2/min"})
    answers = [carla.get("/api/v1/catalogue/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "throttled"
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "address", ["subjects/?site=999", "subjects/?status=x", "forms/?subject=x", "trail/?since=x", "queries/?age=-1"]
)
def test_a_filter_that_means_nothing_is_refused(carla: Any, address: str) -> None:
    answer = carla.get(f"/api/v1/{address}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [address.partition("?")[2].partition("=")[0]]


@pytest.mark.parametrize(
    "resource", ["subjects", "visits", "enrolments", "forms", "forms/consent", "lesions", "queries", "trail"]
)
def test_another_sites_code_is_refused_as_one_that_no_site_has(trial: Trial, carla: Any, resource: str) -> None:
    of_own_site, other, unknown = (
        carla.get(f"/api/v1/{resource}/?site={code}") for code in (trial.site.code, trial.other_site.code, "999")
    )
    assert of_own_site.status_code == 200
    assert other.status_code == unknown.status_code == 400
    assert other.content.replace(b"102", b"999") == unknown.content
