"""Each change of a date that progression-free survival rests on, once its form had been complete."""

from typing import Any

import pytest
from django.db.models import DateField
from django.test import Client

from accounts.access import access_for
from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from assessments.models import (
    CaseForm,
    Consent,
    EndOfTreatment,
    EverolimusInterval,
    ExposureInterval,
    FollowUp,
    NewAnticancerTherapy,
)
from audit.models import Event
from audit.reading import found_events
from cohorts.models import Subject
from endpoints.dates_behind import BEHIND_PFS
from endpoints.records import FORMS
from tests.cast import Trial
from tests.examples import INFUSION

pytestmark = pytest.mark.usefixtures("committed_db")

# Dates that the derivation reads and PFS does not rest on: days that show no more than that a subject lived.
OTHERS: dict[Any, set[str]] = {
    Consent: {"consent_date"},
    EverolimusInterval: {"end_date"},
    ExposureInterval: {"end_date"},
    EndOfTreatment: {"end_date", "last_everolimus_date", "last_paclitaxel_date", "last_trastuzumab_date"},
    FollowUp: {"contact_date"},
    NewAnticancerTherapy: {"end_date"},
}
RECORD = {
    "assessment_date": "2008-03-03",
    "non_target_response": "NON-CR/NON-PD",
    "new_lesions": "N",
    "overall_response": "SD",
}
ROWS = (
    {"label": "T01", "kind": "TARGET", "location": "LIVER", "diameters_mm": "58"},
    {"label": "T02", "kind": "TARGET", "location": "LIVER", "diameters_mm": "39"},
    {"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "state": "PRESENT"},
)


@pytest.fixture
def subject(trial: Trial) -> Subject:
    return trial.treated_subject()


def late(trial: Trial) -> list[Event]:
    return list(found_events(access_for(trial.auditor), {"kind": "pfs_dates"}))


def changed(
    trial: Trial, form: CaseForm, reason: str, *, rows: Any = ROWS, complete: bool = True, **items: str
) -> None:
    form.refresh_from_db()
    record = RECORD | items
    trial.fill(form.subject, "tumour", record, rows, case_form=form, reason=reason, complete=complete)


def test_what_first_completed_a_form_is_no_late_change(trial: Trial, subject: Subject) -> None:
    form = trial.fill(subject, "tumour", RECORD, ROWS, complete=False)
    changed(trial, form, "", complete=False, assessment_date="2008-03-04")
    changed(trial, form, "", assessment_date="2008-03-05")
    assert late(trial) == []


@pytest.mark.requirement("21 CFR 11.10(e)", "FDA 2024 audit trail", "FDA 2024 inspection")
def test_a_change_after_it_is_one_with_both_days_and_its_reason(trial: Trial, subject: Subject) -> None:
    form = trial.fill(subject, "tumour", RECORD, ROWS)
    changed(trial, form, "read from the report", assessment_date="2008-03-06")
    [event] = late(trial)
    assert (event.old["assessment_date"], event.new["assessment_date"]) == ("2008-03-03", "2008-03-06")
    assert (event.reason, event.actor_name) == ("read from the report", "carla")


def test_another_item_of_the_form_is_none(trial: Trial, subject: Subject) -> None:
    form = trial.fill(subject, "tumour", RECORD, ROWS)
    changed(trial, form, "typing error", overall_response="NE")
    assert late(trial) == []


def test_nor_is_a_date_that_the_endpoint_does_not_rest_on(trial: Trial, subject: Subject) -> None:
    form = subject.forms.get(code="consent")
    record = {"consent_given": "Y", "consent_date": "2007-12-19"}
    trial.fill(subject, "consent", record, visit="SCR", case_form=form, reason="typing error")
    assert late(trial) == []


def test_the_day_of_a_lesion_s_procedure_is_one_also_in_a_form_that_is_a_draft_again(
    trial: Trial, subject: Subject
) -> None:
    form = trial.fill(subject, "tumour", RECORD, ROWS)
    first, *others = ROWS
    changed(trial, form, "scanned later", rows=[first | {"examined_on": "2008-03-10"}, *others], complete=False)
    [event] = late(trial)
    assert (event.table_name, event.new["examined_on"]) == ("assessments_lesionresult", "2008-03-10")


def test_so_is_the_first_dose(trial: Trial, subject: Subject) -> None:
    form = subject.forms.get(code="infusion")
    record = INFUSION | {"infusion_date": "2008-01-08"}
    trial.fill(subject, "infusion", record, case_form=form, reason="wrong day")
    assert [event.new["infusion_date"] for event in late(trial)] == ["2008-01-08"]


def test_each_date_that_the_derivation_reads_is_behind_it_or_said_not_to_be() -> None:
    models = [model for code in FORMS for model in (CATALOGUE[code].record, CATALOGUE[code].rows) if model]
    dates = {
        (model, field.name)
        for model in models
        for field, _ in items_of(model)
        if isinstance(field, DateField) or getattr(field, "holds_dates", False)
    }
    behind = {(model, name) for model, names in BEHIND_PFS.items() for name in names if name != "struck_out"}
    others = {(model, name) for model, names in OTHERS.items() for name in names}
    assert dates == behind | others
    assert not behind & others


def test_the_endpoints_page_leads_the_auditor_there_and_the_file_holds_the_same(
    trial: Trial, subject: Subject, client: Client
) -> None:
    form = trial.fill(subject, "tumour", RECORD, ROWS)
    changed(trial, form, "read from the report", assessment_date="2008-03-06")
    client.force_login(trial.auditor)
    assert 'href="/trail/?kind=pfs_dates&amp;view=table"' in client.get("/endpoints/").content.decode()
    page = client.get("/trail/?kind=pfs_dates&view=table").content.decode()
    for words in ("3 Mar 2008", "6 Mar 2008", "read from the report"):
        assert words in page
    file = b"".join(client.get("/trail.csv?kind=pfs_dates").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count("read from the report") == 1
    client.force_login(trial.sponsor)
    assert "kind=pfs_dates" not in client.get("/endpoints/").content.decode()
