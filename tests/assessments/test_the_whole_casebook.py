"""Every form of the casebook: a complete save by page and by API, what it asks for, its trail, who may read it."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actor import SYSTEM
from accounts.services import create_token
from assessments.catalogue import CATALOGUE
from assessments.completeness import missing
from assessments.models import CaseForm
from audit.models import Event
from tests.assessments.posting import on_screen, posted
from tests.cast import Trial
from tests.examples import EXAMPLES, SCREENING

pytestmark = pytest.mark.django_db
CODES = sorted(EXAMPLES)
IN_THE_TRIAL = sorted(set(EXAMPLES) - set(SCREENING))


def ready(trial: Trial, code: str) -> tuple[Any, int | None]:
    """A subject for whom the form may be begun, and the visit at which it belongs."""
    if code in IN_THE_TRIAL:
        return trial.treated_subject("P1-10D"), None
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject, subject.visits.get(code="SCR").pk


def address(subject: Any, code: str, visit: int | None) -> str:
    return f"/subjects/{subject.pk}/forms/{code}/" + (f"?visit={visit}" if visit else "")


def by_api(user: Any) -> APIClient:
    client = APIClient()
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=user, by=SYSTEM)}")
    return client


@pytest.mark.parametrize("code", CODES)
def test_a_form_is_completed_on_its_page(trial, desk, code):
    subject, visit = ready(trial, code)
    answer = desk.post(address(subject, code, visit), posted(*EXAMPLES[code]))
    assert answer.status_code == 302, answer.context["form"].errors
    form = CaseForm.objects.get(subject=subject, code=code)
    assert form.state == "complete"
    shown = on_screen(form)
    record, rows = EXAMPLES[code]
    assert {name: str(shown[name]).rstrip("0").rstrip(".") for name in record} == {
        name: value.rstrip("0").rstrip(".") for name, value in record.items()
    }
    assert int(shown.get("rows-TOTAL_FORMS", 0)) == len(rows)


@pytest.mark.parametrize("code", CODES)
def test_a_form_is_completed_by_the_api_under_the_same_trail(trial, code):
    subject, visit = ready(trial, code)
    record, rows = EXAMPLES[code]
    sent = {"subject": subject.pk, "visit": visit, "complete": True, "record": record} | (
        {"rows": rows} if rows else {}
    )
    answer = by_api(trial.coordinator).post(f"/api/v1/forms/{code}/", sent)
    assert answer.status_code == 201, answer.json()
    tables = Event.objects.filter(case_form_id=answer.json()["id"]).values_list("table_name", "actor_name", "channel")
    form_type = CATALOGUE[code]
    expected = {"assessments_caseform", form_type.record._meta.db_table}
    assert {table for table, _, _ in tables} >= expected | (
        {form_type.rows._meta.db_table} if form_type.rows else set()
    )
    assert {(name, channel) for _, name, channel in tables} == {(trial.coordinator.username, "api")}


@pytest.mark.parametrize("code", CODES)
def test_complete_is_refused_with_everything_that_is_missing_and_a_draft_is_not(trial, desk, code):
    subject, visit = ready(trial, code)
    refused = desk.post(address(subject, code, visit), posted({}))
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == set(missing(CATALOGUE[code].record, {}))
    assert refused.context["form"].errors
    assert desk.post(address(subject, code, visit), posted({}, action="draft")).status_code == 302
    assert CaseForm.objects.get(subject=subject, code=code).state == "draft"


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_entered_before_consent(trial, desk, code):
    subject = trial.subject()
    visit = subject.visits.get(code="SCR").pk if code in SCREENING else None
    refused = desk.post(address(subject, code, visit), posted(*EXAMPLES[code]))
    assert refused.status_code == 422
    assert "Informed consent must be complete first." in refused.content.decode()
    assert not CaseForm.objects.filter(subject=subject, code=code).exists()
