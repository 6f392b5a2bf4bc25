"""What follows from a form while it is typed."""

import pytest

from assessments.models import CaseForm
from tests.assessments.posting import consent_of, posted
from tests.cast import ELIGIBLE

pytestmark = pytest.mark.django_db


def test_eligibility_is_judged_while_it_is_typed(trial, desk):
    subject = consent_of(trial).subject
    address = f"/subjects/{subject.pk}/eligibility/verdicts/"
    assert "may enter" in desk.post(address, posted(ELIGIBLE)).content.decode()
    low = desk.post(address, posted(ELIGIBLE | {"neutrophils": "1.4"})).content.decode()
    assert "1 not met" in low
    half = desk.post(address, posted(ELIGIBLE | {"neutrophils": "1."})).content.decode()
    assert "Phase II" in half
    assert not CaseForm.objects.filter(code="eligibility").exists()


def test_planned_doses_follow_from_weight_and_height_while_they_are_typed(trial, desk):
    subject = trial.subject()
    record = {"weight_kg": "64", "height_cm": "165", "paclitaxel_given": "Y", "paclitaxel_level_mg_m2": "80"}
    page = desk.post(f"/subjects/{subject.pk}/infusion/doses/", posted(record | {"paclitaxel_dose_mg": "120"}))
    assert "1.71 m²" in page.content.decode()
    assert "137 mg" in page.content.decode()
    assert "12 % below the planned dose" in page.content.decode()


@pytest.mark.parametrize("address", ["eligibility/verdicts", "infusion/doses", "forms/consent/answers"])
def test_live_answers_are_for_those_who_enter(trial, sign_in, address):
    subject = trial.subject()
    for who, status in ((trial.stranger, 404), (trial.monitor, 403)):
        assert sign_in(who).post(f"/subjects/{subject.pk}/{address}/", {}).status_code == status
