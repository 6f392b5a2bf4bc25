"""A save by the API does what a save on a page does: the same tables, the same trail, nothing slower."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from cohorts.models import Subject
from endpoints.models import Mark
from tests.cast import Trial

pytestmark = pytest.mark.django_db
ASSESSMENT = {
    "assessment_date": "2008-03-03",
    "non_target_response": "NON-CR/NON-PD",
    "new_lesions": "N",
    "overall_response": "PR",
}
ROWS = [
    {"label": "T01", "diameters_mm": "30"},
    {"label": "T02", "diameters_mm": "20"},
    {"label": "NT01", "state": "PRESENT"},
]
HISTORY = {"her2_ihc": "3+", "histology": "INVASIVE DUCTAL CARCINOMA"}


def trail_of(case_form_id: int) -> list[tuple[Any, ...]]:
    """What the trail says, without what differs from one record to the next."""
    keys = {"id", "case_form_id", "subject_id", "visit_id", "lesion_id", "first_completed_at"}
    events = Event.objects.filter(case_form_id=case_form_id).order_by("id")
    return [
        (
            *(event.table_name, event.action, event.actor_name, event.role, event.reason),
            *sorted((name, str(value)) for name, value in (event.new or {}).items() if name not in keys),
        )
        for event in events
    ]


def first_assessment(subject: Subject) -> int:
    """The visit that the protocol plans for it."""
    return subject.visits.get(code="TA01").pk


def as_posted(record: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    posted = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, "action": "complete"} | record
    return posted | {f"rows-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}


@pytest.mark.requirement("21 CFR 11.10(h)")
def test_the_trail_is_that_of_a_page_but_for_the_channel(trial: Trial, api: Any) -> None:
    by_page, by_api = (trial.treated_subject() for _ in range(2))
    browser = Client()
    browser.force_login(trial.coordinator)
    address = f"/subjects/{by_page.pk}/forms/tumour/?visit={first_assessment(by_page)}"
    answer = browser.post(address, as_posted(ASSESSMENT, ROWS))
    assert answer.status_code == 302
    sent = {"subject": by_api.pk, "visit": first_assessment(by_api), "complete": True}
    sent |= {"record": ASSESSMENT, "rows": ROWS}
    made = api(trial.coordinator).post("/api/v1/forms/tumour/", sent).json()
    page_form = by_page.forms.get(code="tumour").pk
    assert trail_of(page_form) == trail_of(made["id"])
    channels = [set(Event.objects.filter(case_form_id=pk).values_list("channel")) for pk in (page_form, made["id"])]
    assert channels == [{("screen",)}, {("api",)}]
    assert Mark.objects.filter(subject__in=(by_page.pk, by_api.pk)).exists()


def test_a_change_of_some_items_leaves_the_others(trial: Trial, api: Any) -> None:
    subject = trial.subject()
    trial.screen(subject)
    client, form = api(trial.coordinator), subject.forms.get(code="history")
    address = f"/api/v1/forms/history/{form.pk}/"
    before = client.get(address).json()
    change = {"version": 1, "complete": True, "reason": "found the report"}
    sent = change | {"record": {"stage_at_diagnosis": "STAGE II"}, "rows": [{"row": 1, "name": "trastuzumab"}]}
    answer = client.patch(address, sent)
    assert answer.status_code == 200, answer.json()
    after = client.get(address).json()
    assert after["record"] == before["record"] | {"stage_at_diagnosis": "STAGE II"}
    assert after["rows"] == [before["rows"][0] | {"name": "trastuzumab"}]


def test_what_a_put_leaves_out_is_emptied_but_rows_stay(trial: Trial, api: Any) -> None:
    subject = trial.subject()
    trial.screen(subject)
    client, form = api(trial.coordinator), subject.forms.get(code="history")
    address = f"/api/v1/forms/history/{form.pk}/"
    assert client.put(address, {"version": 1, "reason": "again", "record": HISTORY}).json()["state"] == "draft"
    after = client.get(address).json()
    assert after["record"]["diagnosis_date"] == ""
    assert [row["kind"] for row in after["rows"]] == ["TRASTUZUMAB"]


def test_a_row_is_struck_out_with_a_reason_and_keeps_its_number(trial: Trial, api: Any) -> None:
    subject = trial.subject()
    trial.screen(subject)
    client, form = api(trial.coordinator), subject.forms.get(code="history")
    address = f"/api/v1/forms/history/{form.pk}/"
    rows = [{"row": 1, "struck_out": True}, {"kind": "TAXANE", "setting": "METASTATIC"}]
    sent = {"version": 1, "complete": True, "rows": rows}
    assert set(client.patch(address, sent).json()["errors"]) <= {"reason", "rows-1-kind"}
    rows[1]["kind"] = client.get("/api/v1/catalogue/history/").json()["rows"][0]["codelist"][0]["code"]
    assert client.patch(address, sent | {"reason": "wrong subject"}).status_code == 200
    after = client.get(address).json()["rows"]
    assert [(row["row"], row["struck_out"]) for row in after] == [(1, True), (2, False)]


def test_a_row_that_is_not_there_and_one_named_twice_are_refused(trial: Trial, api: Any) -> None:
    subject = trial.subject()
    trial.screen(subject)
    client, form = api(trial.coordinator), subject.forms.get(code="history")
    row = {"kind": "TRASTUZUMAB", "setting": "METASTATIC"}
    for rows, name in (([row | {"row": 7}], "rows-0-row"), ([row | {"row": 1}, row | {"row": 1}], "rows-1")):
        sent = {"version": 1, "reason": "again", "record": HISTORY, "rows": rows}
        assert set(client.put(f"/api/v1/forms/history/{form.pk}/", sent).json()["errors"]) == {name}


def test_a_complete_assessment_tells_of_every_lesion(trial: Trial, api: Any) -> None:
    subject = trial.treated_subject()
    sent = {"subject": subject.pk, "visit": first_assessment(subject), "complete": True}
    sent |= {"record": ASSESSMENT, "rows": ROWS[:1]}
    answer = api(trial.coordinator).post("/api/v1/forms/tumour/", sent)
    assert answer.json()["errors"] == {"rows": ["The finding for NT01, T02 is required."]}
    assert api(trial.coordinator).post("/api/v1/forms/tumour/", sent | {"complete": False}).status_code == 201


def test_a_form_is_marked_as_not_done_before_or_after_it_was_begun(trial: Trial, api: Any) -> None:
    subject = trial.treated_subject()
    client = api(trial.coordinator)
    made = client.post("/api/v1/forms/not-done/", {"subject": subject.pk, "code": "everolimus", "why": "lost"})
    assert (made.status_code, made.json()["state"], made.json()["not_done_reason"]) == (201, "not_done", "lost")
    again = client.post("/api/v1/forms/not-done/", {"subject": subject.pk, "code": "everolimus", "why": "lost"})
    assert (again.status_code, again.json()["code"], again.json()["id"]) == (409, "exists", made.json()["id"])
    begun = {"subject": subject.pk, "visit": first_assessment(subject), "record": {"new_lesions": "N"}}
    draft = client.post("/api/v1/forms/tumour/", begun).json()
    answer = client.post(f"/api/v1/forms/{draft['id']}/not-done/", {"version": 1, "why": "no scan"}).json()
    assert (answer["state"], answer["version"]) == ("not_done", 2)
    assert client.post(f"/api/v1/forms/{draft['id']}/not-done/", {"version": 1, "why": "again"}).status_code == 409


def test_a_form_of_a_visit_is_not_begun_without_one_so_that_none_is_there_twice(trial: Trial, api: Any) -> None:
    subject = trial.treated_subject()
    client, place = api(trial.coordinator), {"subject": subject.pk}
    for address, sent in (("tumour", {"record": ASSESSMENT}), ("not-done", {"code": "tumour", "why": "no scan"})):
        answer = client.post(f"/api/v1/forms/{address}/", place | sent)
        assert answer.status_code == 400
        assert "belongs to a visit" in answer.json()["errors"]["visit"][0]
    sent = place | {"visit": first_assessment(subject), "record": ASSESSMENT, "rows": ROWS}
    assert [client.post("/api/v1/forms/tumour/", sent).status_code for _ in range(2)] == [201, 409]
    assert subject.forms.filter(code="tumour").count() == 1


def test_a_save_makes_few_statements_beside_those_of_the_service(trial: Trial, api: Any) -> None:
    first, second = (trial.treated_subject() for _ in range(2))
    client = api(trial.coordinator)
    with CaptureQueriesContext(connection) as of_service:
        trial.assess(first, 57, {"T01": "30", "T02": "20"}, "PR")
    sent = {"subject": second.pk, "visit": first_assessment(second), "complete": True}
    sent |= {"record": ASSESSMENT, "rows": ROWS}
    with CaptureQueriesContext(connection) as of_api:
        assert client.post("/api/v1/forms/tumour/", sent).status_code == 201
    # The token, the roles, the subject, the visit and its date; the rest is the service's own.
    assert len(of_api) - len(of_service) <= 5, [query["sql"] for query in of_api]


LISTS = [
    "subjects",
    "visits",
    "cohorts",
    "enrolments",
    "forms",
    "forms/tumour",
    "forms/history",
    "lesions",
    "queries",
    "trail",
]


@pytest.mark.parametrize("address", LISTS)
def test_lists_cost_the_same_however_long_they_are(trial: Trial, api: Any, address: str) -> None:
    def one_more() -> Subject:
        subject = trial.treated_subject()
        trial.assess(subject, 57, {"T01": "30", "T02": "20"}, "PD")
        return subject

    one_more()
    client = api(trial.data_manager)
    with CaptureQueriesContext(connection) as few:
        assert client.get(f"/api/v1/{address}/").status_code == 200
    one_more()
    with CaptureQueriesContext(connection) as more:
        client.get(f"/api/v1/{address}/")
    assert len(more) == len(few) <= 9
