"""A text that a page could not take waits beside the draft: a program that saves the form does not lose it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import CaseForm, UntakenText, VitalSigns
from tests.assessments.posting import new_form, posted
from tests.cast import Trial
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db
VITALS = EXAMPLES["vital_signs"][0] | {"vital_signs_date": "2008-01-14"}


@pytest.fixture
def draft(trial: Trial, client: Any) -> CaseForm:
    subject = trial.treated_subject()
    client.force_login(trial.coordinator)
    client.post(new_form(subject, "vital_signs", "C1D8"), posted(VITALS | {"weight_kg": "sixty"}, action="draft"))
    return CaseForm.objects.get(code="vital_signs", visit__code="C1D8")


def test_a_draft_by_the_api_is_refused_naming_each_field(trial: Trial, api: Any) -> None:
    subject = trial.treated_subject()
    sent = {
        "subject": subject.pk,
        "visit": subject.visits.get(code="C1D8").pk,
        "record": {"weight_kg": "sixty", "height_cm": "tall", "pulse_per_min": 72},
    }
    answer = api(trial.coordinator).post("/api/v1/forms/vital_signs/", sent)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"weight_kg", "height_cm"}


def test_a_form_as_it_is_read_says_what_waits_and_why(draft: CaseForm, trial: Trial, api: Any) -> None:
    address = f"/api/v1/forms/vital_signs/{draft.pk}/"
    waiting = UntakenText.objects.get()
    expected = [{"item": "weight_kg", "text": "sixty", "why": waiting.why}]
    for user in (trial.coordinator, trial.monitor):
        whole = api(user).get(address).json()
        assert (whole["not_taken"], whole["record"]["weight_kg"]) == (expected, None)
    listed = api(trial.coordinator).get("/api/v1/forms/vital_signs/").json()["results"]
    assert [form["not_taken"] for form in listed] == [expected if form["id"] == draft.pk else [] for form in listed]


def test_what_waits_may_identify_and_is_withheld_as_the_form_is(draft: CaseForm, trial: Trial, api: Any) -> None:
    address = f"/api/v1/forms/vital_signs/{draft.pk}/"
    assert api(trial.sponsor).get(address).json()["not_taken"] == [{"item": "weight_kg", "text": "withheld", "why": ""}]
    assert api(trial.stranger).get(address).status_code == 404


def test_lists_read_what_waits_in_one_statement(draft: CaseForm, trial: Trial, api: Any, client: Any) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert reader.get("/api/v1/forms/vital_signs/").status_code == 200
        return len(seen)

    reader = api(trial.coordinator)
    statements()
    few = statements()
    for visit in ("C1D15", "C1D22"):
        bad = VITALS | {"vital_signs_date": "", "weight_kg": "sixty", "height_cm": "tall"}
        client.post(new_form(draft.subject, "vital_signs", visit), posted(bad, action="draft"))
    assert UntakenText.objects.count() == 5
    assert statements() == few


def test_a_form_that_is_sent_back_whole_keeps_what_waits(draft: CaseForm, trial: Trial, api: Any) -> None:
    address, carla = f"/api/v1/forms/vital_signs/{draft.pk}/", api(trial.coordinator)
    whole = carla.get(address).json()
    whole["record"]["pulse_per_min"] = 80
    for body in (whole | {"not_taken": []}, whole | {"not_taken": [{"item": "weight_kg", "text": "60", "why": ""}]}):
        assert "not_taken" in carla.put(address, body).json()["errors"]
    assert carla.put(address, whole).status_code == 200
    assert UntakenText.objects.get().text == "sixty"
    assert VitalSigns.objects.get(pk=draft.pk).pulse_per_min == 80
    # Without the list, an item that is sent empty is emptied.
    assert carla.patch(address, {"version": 2, "record": {"weight_kg": None}}).status_code == 200
    assert not UntakenText.objects.exists()


def test_what_waits_in_a_row_is_kept_when_the_row_is_sent_back(trial: Trial, api: Any, client: Any) -> None:
    subject, carla = trial.treated_subject(), api(trial.coordinator)
    client.force_login(trial.coordinator)
    rows = [{"start_date": "2008-01-08", "end_date": "2008-01-20", "dose_mg": "ten"}]
    client.post(new_form(subject, "everolimus"), posted({}, rows, action="draft"))
    draft = subject.forms.get(code="everolimus")
    address = f"/api/v1/forms/everolimus/{draft.pk}/"
    whole = carla.get(address).json()
    assert [text["item"] for text in whole["not_taken"]] == ["rows[1]-dose_mg"]
    whole["rows"][0]["end_date"] = "2008-01-21"
    answer = carla.put(address, whole)
    assert answer.status_code == 200, answer.json()
    assert UntakenText.objects.get().text == "ten"


def test_a_change_of_another_item_leaves_it_waiting(draft: CaseForm, trial: Trial, api: Any) -> None:
    address = f"/api/v1/forms/vital_signs/{draft.pk}/"
    changed = {"version": 1, "record": {"pulse_per_min": 80}}
    assert api(trial.coordinator).patch(address, changed).status_code == 200
    assert UntakenText.objects.get().text == "sixty"
    answer = api(trial.coordinator).patch(address, {"version": 2, "complete": True, "record": {"pulse_per_min": 81}})
    assert answer.status_code == 400
    assert "sixty" in str(answer.json())
    assert api(trial.coordinator).patch(address, {"version": 2, "record": {"weight_kg": 64}}).status_code == 200
    assert not UntakenText.objects.exists()
    assert VitalSigns.objects.get(pk=draft.pk).weight_kg == 64
