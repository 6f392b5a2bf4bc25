"""A needed item may be said not done or unknown, with a reason: *complete* takes that as an answer."""

import pytest
from rest_framework.test import APIClient

from accounts.actor import SYSTEM
from accounts.services import create_token
from assessments.catalogue import CATALOGUE
from assessments.entering.absences import SAYS_UNKNOWN, lackable
from assessments.items import items_of
from assessments.models import CaseForm, ItemAbsence
from audit.models import Event
from tests.assessments.posting import on_screen, posted
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db
SIGNS = EXAMPLES["vital_signs"][0]
WHY = "NOT DONE: TECHNICAL PROBLEM"


@pytest.fixture
def screened(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject


def page(subject) -> str:
    return f"/subjects/{subject.pk}/forms/vital_signs/?visit={subject.visits.get(code='SCR').pk}"


def without_temperature(**more: str) -> dict[str, str]:
    return posted(SIGNS | {"temperature_c": "", "no_temperature_c": WHY} | more)


def test_a_form_is_complete_with_a_reason_in_the_place_of_a_value(screened, desk):
    assert desk.post(page(screened), without_temperature(no_temperature_c="")).status_code == 422
    assert desk.post(page(screened), without_temperature()).status_code == 302
    form = CaseForm.objects.get(subject=screened, code="vital_signs")
    assert form.state == "complete"
    assert list(ItemAbsence.objects.values_list("case_form_id", "item", "reason")) == [(form.pk, "temperature_c", WHY)]
    event = Event.objects.get(table_name="assessments_itemabsence")
    assert (event.new["item"], event.new["reason"], event.case_form_id) == ("temperature_c", WHY, form.pk)


def test_a_value_and_a_reason_exclude_each_other(screened, desk):
    refused = desk.post(page(screened), without_temperature(temperature_c="36.5"))
    assert refused.context["form"].errors == {
        "temperature_c": ["There is a value: take the reason back, or the value."]
    }


def test_a_reason_outside_of_the_list_is_refused(screened, desk):
    refused = desk.post(page(screened), without_temperature(no_temperature_c="DID NOT FEEL LIKE IT"))
    assert "no_temperature_c" in refused.context["form"].errors


def test_a_value_that_came_later_takes_the_reason_back_under_the_trail(screened, desk):
    desk.post(page(screened), without_temperature())
    form = CaseForm.objects.get(subject=screened, code="vital_signs")
    sent = on_screen(form) | {"temperature_c": "36.5", "no_temperature_c": "", "change_reason": "Data entry error"}
    assert desk.post(f"/forms/{form.pk}/", sent).status_code == 302
    assert not ItemAbsence.objects.exists()
    assert Event.objects.filter(table_name="assessments_itemabsence", action="delete").count() == 1


def test_a_change_elsewhere_leaves_the_reason_as_it_is(screened, desk):
    desk.post(page(screened), without_temperature())
    form = CaseForm.objects.get(subject=screened, code="vital_signs")
    assert (
        desk.post(
            f"/forms/{form.pk}/", on_screen(form) | {"pulse_per_min": "80", "change_reason": "Data entry error"}
        ).status_code
        == 302
    )
    assert Event.objects.filter(table_name="assessments_itemabsence").count() == 1


def test_the_reason_is_read_where_the_value_would_stand(screened, desk, sign_in, trial):
    desk.post(page(screened), without_temperature())
    form = CaseForm.objects.get(subject=screened, code="vital_signs")
    shown = sign_in(trial.monitor).get(f"/forms/{form.pk}/").content.decode()
    assert "Not done: technical problem" in shown


def test_the_api_takes_and_gives_the_reason_and_a_patch_keeps_it(screened, trial):
    client = APIClient()
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=trial.coordinator, by=SYSTEM)}")
    record = {name: value for name, value in SIGNS.items() if name != "temperature_c"} | {"no_temperature_c": WHY}
    visit = screened.visits.get(code="SCR").pk
    made = client.post(
        "/api/v1/forms/vital_signs/", {"subject": screened.pk, "visit": visit, "complete": True, "record": record}
    ).json()
    change = {"version": 1, "complete": True, "reason": "typing error", "record": {"pulse_per_min": 70}}
    assert client.patch(f"/api/v1/forms/vital_signs/{made['id']}/", change).status_code == 200
    read = client.get(f"/api/v1/forms/vital_signs/{made['id']}/").json()["record"]
    assert (read["temperature_c"], read["no_temperature_c"], read["pulse_per_min"]) == (None, WHY, 70)


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("consent", "consent_date"),
        ("death", "death_date"),
        ("tumour", "assessment_date"),
        ("infusion", "infusion_date"),
        ("adverse_event", "aware_date"),
    ],
)
def test_what_is_derived_rests_on_values_that_no_reason_replaces(code, item):
    assert item not in lackable(CATALOGUE[code].record)


def test_an_item_whose_list_says_unknown_itself_needs_no_reason():
    assert "new_therapy_given" not in lackable(CATALOGUE["follow_up"].record)
    assert "outcome" not in lackable(CATALOGUE["adverse_event"].record)
    assert "temperature_c" in lackable(CATALOGUE["vital_signs"].record)


# What a row is about, and what was swallowed: a row that does not know it says nothing.
SAYS_WHAT = {"history.kind", "medical_history.body_system", "everolimus.frequency", "dispensing.strength_mg"}
SAYS_WHAT |= {"exposure.frequency"}


def test_a_needed_list_in_a_row_has_a_word_for_unknown_itself():
    needed = {
        f"{code}.{field.name}": {value for value, _ in field.choices}
        for code, form_type in CATALOGUE.items()
        if form_type.rows
        for field, item in items_of(form_type.rows)
        if item.required and not item.critical and field.choices
    }
    assert {"history.setting", "medical_history.ongoing"} <= needed.keys()
    assert {name for name, words in needed.items() if not words & SAYS_UNKNOWN} == SAYS_WHAT
