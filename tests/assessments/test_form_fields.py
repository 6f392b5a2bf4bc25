"""The forms' fields: what bounds them, and that pages do not change those that all forms share."""

from copy import deepcopy

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entry import Entry, typed
from assessments.forms import record_form, row_set

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("dose", "fits"), [("-1", False), ("0", True), ("100", True), ("100.01", False)])
def test_a_row_keeps_to_the_bounds_of_its_columns(trial, dose, fits):
    row = {"start_date": "2008-01-10", "dose_mg": dose, "frequency": "QD"}
    entry = Entry(CATALOGUE["everolimus"], subject=trial.subject(), data=typed({}, [row]))
    entry.is_valid()
    assert ("rows-0-dose_mg" not in entry.errors) == fits


@pytest.mark.parametrize("code", ["haematology", "chemistry"])
def test_a_time_that_is_none_is_told_once(trial, code):
    entry = Entry(CATALOGUE[code], subject=trial.subject(), data=typed({"sample_time": "8h30"}))
    entry.is_valid()
    assert entry.errors["sample_time"] == ["Enter a time of day as HH:MM."]


def test_a_page_leaves_the_fields_that_all_forms_share_as_they_are(trial, desk):
    subject = trial.treated_subject()
    visit = subject.visits.get(code="TA01")
    classes = [record_form(CATALOGUE["tumour"]), row_set(CATALOGUE["tumour"]).form]
    before = [said(form) for form in classes]
    page = desk.get(f"/subjects/{subject.pk}/forms/tumour/?visit={visit.pk}")
    assert page.status_code == 200
    assert "T01 diameter" in page.content.decode()
    assert [said(form) for form in classes] == before


def said(form) -> dict:
    return {
        name: (field.label, field.help_text, deepcopy(field.widget.attrs)) for name, field in form.base_fields.items()
    }
