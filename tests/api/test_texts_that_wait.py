"""A text that a page could not take waits beside the draft: a program that saves the form does not lose it."""

from typing import Any

import pytest

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
