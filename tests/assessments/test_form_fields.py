"""The forms' fields: what bounds them, and that pages do not change those that all forms share."""

from copy import deepcopy

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.forms.building import record_form, row_set

NO_MONTH = "“07/01/2008” does not say which number is the month. Enter a date as 2 Mar 2026 or 2026-03-02."
NO_NUMBER = "“sixty” is not a number. Write it with the digits 0 to 9 and one decimal mark, a comma or a point."
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("dose", "fits"), [("-1", False), ("0", True), ("100", True), ("100.01", False)])
def test_a_row_keeps_to_the_bounds_of_its_columns(trial, dose, fits):
    row = {"start_date": "2008-01-10", "dose_mg": dose, "frequency": "QD"}
    entry = Entry(CATALOGUE["everolimus"], subject=trial.subject(), data=typed({}, [row]))
    entry.is_valid()
    assert ("rows-0-dose_mg" not in entry.errors) == fits


@pytest.mark.parametrize("code", ["haematology", "chemistry"])
def test_a_time_that_is_none_is_told_once(trial, code):
    entry = Entry(CATALOGUE[code], subject=trial.subject(), data=typed({"sample_time": "8h3"}))
    entry.is_valid()
    assert entry.errors["sample_time"] == [
        "“8h3” is not a time of day. Enter it by the 24-hour clock, as 8:30 or 20:30."
    ]


@pytest.mark.parametrize(
    ("code", "item", "typed_in", "error"),
    [
        ("vital_signs", "weight_kg", "19.9", "19.9 kg cannot be: enter 20 to 300 kg."),
        ("vital_signs", "weight_kg", "20", None),
        ("vital_signs", "weight_kg", "300", None),
        ("vital_signs", "weight_kg", "300.1", "300.1 kg cannot be: enter 20 to 300 kg."),
        ("vital_signs", "weight_kg", "64.25", "At most one decimal."),
        ("vital_signs", "weight_kg", "sixty", NO_NUMBER),
        ("vital_signs", "vital_signs_date", "07/01/2008", NO_MONTH),
        ("demography", "age", "121", "121 years cannot be: enter 0 to 120 years."),
        ("demography", "age", "54.5", "Enter a whole number, without decimals."),
        ("eligibility", "who_status", "6", "6 cannot be: enter 0 to 5."),
        ("demography", "sex", "W", "“W” is not one of the answers."),
        ("consent", "consent_version", "v" * 41, "At most 40 characters: this has 41."),
        ("consent", "consent_version", "v" * 40, None),
    ],
)
def test_what_is_not_taken_is_told_once_with_format_limits_and_unit(trial, code, item, typed_in, error):
    entry = Entry(CATALOGUE[code], subject=trial.subject(), data=typed({item: typed_in}))
    entry.is_valid()
    assert entry.errors.get(item) == ([error] if error else None)


def test_every_day_of_every_form_is_typed_the_same_way(trial):
    from cohorts.forms import DayForm, EnrolmentApprovalForm, VisitForm
    from components.days import TYPED, TypedDayField
    from laboratory.forms import RangeFilter
    from safety.forms import DecisionForm

    fields = [form.base_fields[name] for form, name in (
        (EnrolmentApprovalForm, "on"), (DayForm, "on"), (VisitForm, "on"), (RangeFilter, "on"),
        (DecisionForm, "decided_on"), (record_form(CATALOGUE["consent"]), "consent_date"),
    )]  # fmt: skip
    assert all(TYPED.items() <= field.widget.attrs.items() for field in fields)
    assert {type(field).to_python for field in fields} == {TypedDayField.to_python}


def test_a_page_leaves_the_fields_that_all_forms_share_as_they_are(trial, desk):
    subject = trial.treated_subject()
    visit = subject.visits.get(code="TA01")
    classes = [record_form(CATALOGUE["tumour"]), row_set(CATALOGUE["tumour"]).form]
    before = [fields_of(form) for form in classes]
    page = desk.get(f"/subjects/{subject.pk}/forms/tumour/?visit={visit.pk}")
    assert page.status_code == 200
    assert "T01 diameter" in page.content.decode()
    assert [fields_of(form) for form in classes] == before


def fields_of(form) -> dict:
    return {
        name: (field.label, field.help_text, deepcopy(field.widget.attrs)) for name, field in form.base_fields.items()
    }
