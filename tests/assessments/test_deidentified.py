"""Who may not see what could tell who a subject is reads the same mask on the page, in the API and of a lesion."""

from typing import Any

import pytest
from django.db import models

from assessments.catalogue import CATALOGUE
from assessments.items import columns_of
from assessments.models import Lesion
from tests.cast import BASELINE_LESIONS

pytestmark = pytest.mark.django_db
SECRET = "the mayor of Lyon"


@pytest.fixture
def subject(trial: Any) -> Any:
    subject = trial.subject()
    trial.screen(subject, [BASELINE_LESIONS[0] | {"location_detail": SECRET}, *BASELINE_LESIONS[1:]])
    history = subject.forms.get(code="history")
    record = {"diagnosis_date": "2004", "metastatic_date": "2006-03", "histology": "INVASIVE DUCTAL CARCINOMA"}
    record |= {"her2_ihc": "3+", "her2_fish": "POSITIVE"}
    rows = [{"row": 1, "kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD", "name": SECRET}]
    trial.fill(subject, "history", record, rows, case_form=history, reason="Name added")
    return subject


@pytest.mark.requirement("EMA 2023 access control")
@pytest.mark.parametrize("code", ["demography", "history", "tumour_baseline"])
@pytest.mark.parametrize(("reader", "sees"), [("monitor", True), ("auditor", True), ("sponsor", False)])
@pytest.mark.parametrize("address", ["/forms/{pk}/", "/api/v1/forms/{code}/{pk}/", "/api/v1/forms/{code}/"])
def test_only_who_may_see_it_reads_a_birth_date_and_the_sites_own_words(
    trial: Any, subject: Any, sign_in: Any, code: str, reader: str, sees: bool, address: str
) -> None:
    form = subject.forms.get(code=code)
    answer = sign_in(getattr(trial, reader)).get(address.format(pk=form.pk, code=code))
    birth = "1953-05" if address.startswith("/api/") else "May 1953"
    secret, mask = (birth, "1953") if code == "demography" else (SECRET, "withheld")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert (secret in page) is sees
    assert mask in page or sees


@pytest.mark.parametrize("address", ["/api/v1/lesions/", "/subjects/{pk}/"])
def test_a_lesions_place_in_the_sites_own_words_is_withheld_too(
    trial: Any, subject: Any, sign_in: Any, address: str
) -> None:
    page = address.format(pk=subject.pk)
    assert SECRET in sign_in(trial.coordinator).get(page).content.decode()
    shown = sign_in(trial.sponsor).get(page).content.decode()
    assert SECRET not in shown
    assert "withheld" in shown


# Names of drugs, doses and documents, which no subject has.
OF_NOBODY = {"consent_version", "treatment", "dose_unit", "dose_form", "frequency", "route"}
# Answers out of a list that the protocol file gives.
OF_NOBODY |= {f"choice_{number}" for number in range(1, 9)}
OF_NOBODY |= {"dictionary", "dictionary_term", "term_code", "lot_number", "protocol_version"}


def test_every_item_in_the_sites_own_words_is_identifying() -> None:
    tables = {Lesion, *(model for form in CATALOGUE.values() for model in (form.record, form.rows) if model)}
    free = {
        (field.name, item.identifying)
        for model in tables
        for field, item in columns_of(model)
        if type(field) is models.CharField and not field.choices
    }
    assert {name for name, identifying in free if not identifying} == OF_NOBODY
