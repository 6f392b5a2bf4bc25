"""Dates without their day or month, in every item that takes one: each page, figure and check says what it knows."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from assessments.catalogue import CATALOGUE
from assessments.checks.asking import would_ask
from assessments.entering.entry import Entry, stored_values, typed
from assessments.items import PartialDateField, items_of
from assessments.models import CaseForm
from assessments.place import Place
from cohorts.models import Subject
from endpoints.models import Outcome
from endpoints.refresh import refresh_marked
from review.models import Query
from tests.cast import BASELINE_LESIONS, FIRST_DOSE, Trial
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db
MONTH, YEAR = "UN-Mar-2008", "2008"
# As typed: (as stored, as shown, the day by which the analysis takes it).
KNOWN = {
    MONTH: ("2008-03", "Mar 2008", date(2008, 3, 15)),
    YEAR: ("2008", "2008", date(2008, 7, 1)),
    "un-UN-2008": ("2008", "2008", date(2008, 7, 1)),
}
HISTORY = {"histology": "INVASIVE DUCTAL CARCINOMA", "her2_ihc": "3+", "her2_fish": "POSITIVE"}
THERAPY = {"kind": "TRASTUZUMAB", "setting": "METASTATIC", "outcome": "PD"}
FILES = ("/api/v1/outcomes/{0}/", "/subjects/{0}/casebook.pdf")
PAGES = (
    "/subjects/{0}/",
    "/subjects/{0}/picture/",
    "/subjects/{0}/laboratory/",
    "/endpoints/subjects/{0}/",
    "/trail/?subject={1}",
)


def days_since_first_dose(on: date) -> int:
    return (on - FIRST_DOSE).days + 1


def correct(trial: Trial, subject: Subject, code: str, record: dict[str, Any], rows: Any = ()) -> CaseForm:
    return trial.fill(
        subject, code, record, rows, case_form=subject.forms.get(code=code), reason="as the source says it"
    )


def with_every_date(trial: Trial, on: str, before: str) -> Subject:
    """`on` in each item that lies after the first dose, `before` in each that lies before consent."""
    subject = trial.treated_subject()
    person = {"birth_date": "UN-Mar-1953", "age": 54, "sex": "F", "race": "WHITE"}
    correct(trial, subject, "demography", person)
    history = {"diagnosis_date": before, "metastatic_date": before}
    correct(
        trial, subject, "history", HISTORY | history, [THERAPY | {"row": 1, "start_date": before, "end_date": before}]
    )
    condition = EXAMPLES["medical_history"][1][0] | {"row": 1, "start_date": before, "ongoing": "N", "end_date": before}
    medical_history = EXAMPLES["medical_history"][0]
    correct(trial, subject, "medical_history", medical_history, [{**condition, "grade": ""}])
    correct(
        trial,
        subject,
        "tumour_baseline",
        {"assessment_date": "UN-Jan-2008", "disease_measurable": "Y"},
        [
            lesion | {"label": label, "examined_on": "UN-Jan-2008"}
            for label, lesion in zip(("T01", "T02", "NT01"), BASELINE_LESIONS, strict=True)
        ],
    )
    for code in ("adverse_event", "medication", "new_therapy"):
        trial.fill(subject, code, EXAMPLES[code][0] | {"start_date": on, "ongoing": "N", "end_date": on})
    end = {"reason": "PROGRESSIVE DISEASE", "end_date": "2008-03-31", "clinical_progression_date": on}
    trial.fill(subject, "end_of_treatment", end)
    contact = {"contact_date": on, "vital_status": "ALIVE", "new_therapy_given": "Y"}
    trial.fill(subject, "follow_up", contact | {"new_therapy_name": "Vinorelbine", "new_therapy_date": on})
    return subject


def scanned(trial: Trial, subject: Subject, on: str, overall: str = "PD") -> CaseForm:
    rows = [
        {"label": "T01", "kind": "TARGET", "location": "LIVER", "diameters_mm": "90", "examined_on": on},
        {"label": "T02", "kind": "TARGET", "location": "LUNG", "diameters_mm": "60", "examined_on": on},
        {"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "state": "PRESENT"},
    ]
    assessment = {"non_target_response": "NON-CR/NON-PD", "new_lesions": "N", "overall_response": overall}
    return trial.fill(subject, "tumour", {"assessment_date": on, **assessment}, rows)


def derived(subject: Subject) -> dict[str, Any]:
    while refresh_marked():
        pass
    return Outcome.objects.get(subject=subject).derivation


def questions(subject: Subject) -> set[str]:
    return set(Query.objects.filter(subject=subject, state="open").values_list("check_id", flat=True))


@pytest.mark.parametrize("on", KNOWN)
def test_every_page_file_and_check_takes_every_partial_date(trial: Trial, on: str) -> None:
    stored, shown, _ = KNOWN[on]
    subject = with_every_date(trial, on, "UN-UN-2006")
    scanned(trial, subject, on)
    trial.fill(subject, "death", {"death_date": on, "cause": "DISEASE UNDER STUDY"})
    derived(subject)
    desk = Client()
    desk.force_login(trial.data_manager)
    for address in (*PAGES, *FILES):
        answer = desk.get(address.format(subject.pk, subject))
        assert answer.status_code == 200, address
    for case_form in CaseForm.objects.filter(subject=subject):
        every_way_to_read(desk, case_form, stored, shown)
        would_be_asked_while_typing(case_form)
    assert unfilled(subject) == set()


def every_way_to_read(desk: Client, case_form: CaseForm, stored: str, shown: str) -> None:
    form_type = CATALOGUE[case_form.code]
    page = desk.get(f"/forms/{case_form.pk}/")
    file = desk.get(f"/forms/{case_form.pk}/form.pdf")
    answer = desk.get(f"/api/v1/forms/{case_form.code}/{case_form.pk}/")
    assert (page.status_code, file.status_code, answer.status_code) == (200, 200, 200), case_form.code
    for name, value in answer.json()["record"].items():
        if value == stored and isinstance(form_type.record._meta.get_field(name), PartialDateField):
            assert shown in page.content.decode(), (case_form.code, name)


def would_be_asked_while_typing(case_form: CaseForm) -> None:
    """The checks at the field, over what is stored."""
    form_type = CATALOGUE[case_form.code]
    record, rows = stored_values(form_type, case_form, []).record, []
    entry = Entry(form_type, subject=case_form.subject, case_form=case_form, data=typed(record, rows), complete=False)
    entry.is_valid()
    would_ask(Place(case_form.subject, form_type, case_form.visit, case_form), entry.values())


def unfilled(subject: Subject) -> set[tuple[str, str]]:
    """The items for partial dates of which nothing was recorded: an item to come belongs into the table."""
    models = {form.record for form in CATALOGUE.values()} | {form.rows for form in CATALOGUE.values() if form.rows}
    dated = [
        (model, field.name) for model in models for field, _ in items_of(model) if isinstance(field, PartialDateField)
    ]
    assert len(dated) > 15 and all(model in apps.get_models() for model, _ in dated)
    return {
        (model.__name__, name)
        for model, name in dated
        if not model._default_manager.filter(case_form__subject=subject).exclude(**{name: ""}).exists()
    }


@pytest.mark.parametrize("on", KNOWN)
def test_each_time_to_event_takes_the_middle_of_what_is_known(trial: Trial, on: str) -> None:
    taken = days_since_first_dose(KNOWN[on][2])
    subject = trial.treated_subject()
    trial.fill(subject, "follow_up", {"contact_date": on, "vital_status": "ALIVE", "new_therapy_given": "N"})
    # A sign of life in an unknown month of 2008 says no more than the first dose on a known day of that year does.
    seen = taken if on == MONTH else 1
    assert (derived(subject)["os"]["days"], derived(subject)["os"]["event"]) == (seen, False)
    trial.fill(subject, "death", {"death_date": on, "cause": "DISEASE UNDER STUDY"})
    derivation = derived(subject)
    assert [(derivation[name]["days"], derivation[name]["event"]) for name in ("os", "pfs")] == [(taken, True)] * 2
    other = trial.treated_subject()
    later = {"contact_date": "2008-12-01", "vital_status": "ALIVE", "new_therapy_given": "N"}
    trial.fill(other, "follow_up", later)
    scanned(trial, other, on)
    assert (derived(other)["pfs"]["days"], derived(other)["pfs"]["event"]) == (taken, True)


@pytest.mark.parametrize("on", KNOWN)
def test_nothing_is_asked_about_dates_that_may_be_right(trial: Trial, on: str) -> None:
    """Each may lie after the first dose, before death and in order: what overlaps contradicts nothing."""
    subject = with_every_date(trial, on, "UN-UN-2006")
    derived(subject)
    in_time = {"before-birth", "birth", "diagnosis-time", "stage-four", "condition-time", "event-order", "event-life"}
    in_time |= {"medication-order", "medication-begun", "new-therapy-order", "contact-therapy", "contact-therapy-form"}
    in_time |= {"contact-before-end", "end-progression", "start-after-death", "before-consent", "clinical-before-start"}
    assert questions(subject) & in_time == set()
    trial.fill(subject, "death", {"death_date": on, "cause": "DISEASE UNDER STUDY"})
    derived(subject)
    assert questions(subject) & in_time == set()


@pytest.mark.parametrize(
    ("birth", "is_asked"), [("UN-Mar-1953", False), ("1989", False), ("1990", True), ("1906", False), ("1905", True)]
)
def test_an_age_is_asked_about_only_where_no_day_of_birth_fits(trial: Trial, birth: str, is_asked: bool) -> None:
    subject = trial.treated_subject()
    correct(trial, subject, "demography", {"birth_date": birth, "age": 54, "sex": "F", "race": "WHITE"})
    assert ("birth" in questions(subject)) is is_asked
