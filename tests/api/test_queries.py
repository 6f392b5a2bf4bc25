"""Queries by the API alone: what the pages do, by the same services."""

from typing import Any

import pytest

from assessments.models import CaseForm
from audit.models import Event
from review.models import Query
from review.services import raise_query
from tests.cast import Trial, actor

pytestmark = pytest.mark.django_db
AT = "/api/v1/queries/"


@pytest.fixture
def form(trial: Trial) -> CaseForm:
    subject = trial.subject()
    trial.screen(subject)
    return subject.forms.get(code="demography")


@pytest.fixture
def monitor(trial: Trial, api: Any) -> Any:
    return api(trial.monitor)


@pytest.fixture
def query(trial: Trial, form: CaseForm) -> Query:
    return raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))


def test_a_subject_is_asked_about_and_somebody_given_the_turn(trial: Trial, form: CaseForm, monitor: Any) -> None:
    answer = monitor.post(AT, {"subject": form.subject_id, "text": "Which hospital?", "to": "role:coordinator"})
    assert answer.status_code == 201
    query = answer.json()
    assert (query["form"], query["assignee"], query["state"]) == (None, "role:coordinator", "open")
    given = monitor.post(f"{AT}{query['id']}/assign/", {"to": "ines", "text": "Please."}).json()
    assert given["assignee"] == "ines"
    assert (given["steps"][-1]["is_assignment"], given["steps"][-1]["text"]) == (True, "To Ines (ines). Please.")
    assert monitor.post(f"{AT}{query['id']}/assign/", {"to": "stella"}).status_code == 400
    assert [row["id"] for row in monitor.get(f"{AT}?assignee=ines").json()["results"]] == [query["id"]]


def test_a_query_needs_a_form_or_a_subject(monitor: Any) -> None:
    assert monitor.post(AT, {"text": "?"}).status_code == 400


def test_a_query_is_cancelled(monitor: Any, query: Query) -> None:
    assert monitor.post(f"{AT}{query.pk}/cancel/", {"text": "Twice."}).json()["state"] == "cancelled"
    assert monitor.post(f"{AT}{query.pk}/comment/", {"text": "?"}).status_code == 409
    assert monitor.post(f"{AT}{query.pk}/reopen/", {"text": "Once."}).json()["state"] == "open"


def test_a_comment_leaves_the_state(trial: Trial, monitor: Any, query: Query, api: Any) -> None:
    commented = monitor.post(f"{AT}{query.pk}/comment/", {"text": "See the letter."}).json()
    assert (commented["state"], commented["steps"][-1]["is_comment"], commented["steps"][-1]["text"]) == (
        "open",
        True,
        "See the letter.",
    )
    assert api(trial.coordinator).post(f"{AT}{query.pk}/comment/", {"text": "We look."}).status_code == 200
    assert api(trial.sponsor).post(f"{AT}{query.pk}/comment/", {"text": "?"}).status_code == 403
    assert api(trial.stranger).post(f"{AT}{query.pk}/comment/", {"text": "?"}).status_code == 404


def test_the_data_point_is_told_with_its_thread(monitor: Any, query: Query) -> None:
    assert monitor.get(f"{AT}{query.pk}/").json()["point"] == {"words": "54 years", "why": "", "shown": True}


def test_many_are_answered_and_what_does_not_fit_is_told(trial: Trial, form: CaseForm, query: Query, api: Any) -> None:
    second = raise_query(case_form=form, text="The form?", by=actor(trial.monitor, "monitor"))
    carla = api(trial.coordinator)
    sent = {"step": "answer", "queries": [query.pk, second.pk], "text": "Checked."}
    assert carla.post(f"{AT}at-once/", sent | {"preview": True}).json() == {
        "done": [query.pk, second.pk],
        "left_out": [],
    }
    assert set(Query.objects.values_list("state", flat=True)) == {"open"}
    carla.post(f"{AT}{query.pk}/answer/", {"text": "54."})
    assert carla.post(f"{AT}at-once/", sent).json() == {
        "done": [second.pk],
        "left_out": [{"query": query.pk, "why": "This query is already answered."}],
    }
    assert carla.post(f"{AT}at-once/", sent | {"step": "close"}).status_code == 403
    assert set(Query.objects.values_list("state", flat=True)) == {"answered"}


def test_what_is_not_at_the_own_sites_or_has_no_words_is_refused_whole(trial: Trial, query: Query, api: Any) -> None:
    stella = api(trial.stranger)
    answer = stella.post(f"{AT}at-once/", {"step": "answer", "queries": [query.pk], "text": "!"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["queries"])
    assert api(trial.coordinator).post(f"{AT}at-once/", {"step": "answer", "queries": [query.pk]}).status_code == 400
    query.refresh_from_db()
    assert query.state == "open"


def test_many_questions_are_asked_or_none(form: CaseForm, monitor: Any) -> None:
    lines = [
        {"subject": "101-001", "visit": "SCR", "form": "demography", "item": "age", "text": "54?", "to": "carla"},
        {"subject": "101-001", "text": "Which hospital?"},
    ]
    assert monitor.post(f"{AT}raise-many/", {"lines": lines, "preview": True}).json() == {"questions": 2, "raised": 0}
    refused = monitor.post(f"{AT}raise-many/", {"lines": [*lines, {"subject": "101-999", "text": "?"}]})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["lines-2"])
    assert Query.objects.count() == 0
    assert monitor.post(f"{AT}raise-many/", {"lines": lines}).json() == {"questions": 2, "raised": 2}
    assert {event.channel for event in Event.objects.filter(table_name="review_query")} == {"api"}


def test_ages_and_files_are_those_of_the_pages(trial: Trial, query: Query, monitor: Any, api: Any) -> None:
    [site, total] = monitor.get(f"{AT}ageing/").json()
    assert (site["site"], total["site"]) == ("101", None)
    assert site["by_age"] == {"0-7": 1, "8-14": 0, "15-30": 0, "31-": 0}
    answer = monitor.get(f"{AT}csv/?state=open", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert b"54?" in b"".join(answer.streaming_content)
    assert monitor.get(f"{AT}xlsx/").content.startswith(b"PK")
    assert b"54?" not in b"".join(api(trial.stranger).get(f"{AT}csv/").streaming_content)


def test_a_refused_file_is_told_as_json(trial: Trial, api: Any) -> None:
    answer = api(trial.administrator).get(f"{AT}csv/", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/json")
    assert answer.json()["code"] == "permission_denied"


def test_filters_are_kept_listed_and_given_up(monitor: Any) -> None:
    unknown = monitor.post("/api/v1/query-filters/", {"name": "Old", "address": "age=30&shoe=1"})
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["address"])
    kept = monitor.post("/api/v1/query-filters/", {"name": "Old", "address": "age=30"})
    assert (kept.status_code, kept.json()) == (201, {"name": "Old", "address": "age=30"})
    assert monitor.get("/api/v1/query-filters/").json()["results"] == [{"name": "Old", "address": "age=30"}]
    assert monitor.post("/api/v1/query-filters/forget/", {"name": "Old"}).status_code == 204
    assert monitor.post("/api/v1/query-filters/forget/", {"name": "Old"}).status_code == 400
