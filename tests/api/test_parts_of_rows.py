"""A part of a row that would not be kept is refused by name: what is accepted is in the record."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, LaboratoryResult, LesionResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(trial, api, subject):
    """Send a first draft of a form with these rows at a visit."""
    carla = api(trial.coordinator)

    def sent(code, visit, *rows, **record):
        place = {"subject": subject.pk} | ({"visit": subject.visits.get(code=visit).pk} if visit else {})
        return carla.post(f"/api/v1/forms/{code}/", place | {"record": record, "rows": list(rows)})

    return sent


@pytest.mark.parametrize("row", [{"unit": "g/dL"}, {"value": "", "unit": "g/dL"}])
def test_a_unit_without_a_result_is_refused(save, subject, row):
    answer = save("haematology", "C1D8", {"analyte": "HGB"} | row)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["rows-0-unit"])
    assert not subject.forms.filter(code="haematology", visit__code="C1D8").exists()


@pytest.mark.parametrize("row", [{"value": "12.1", "unit": "g/dL"}, {"not_done": "SAMPLE NOT USABLE"}])
def test_a_result_without_its_analyte_is_refused(save, row):
    answer = save("haematology", "C1D8", row)
    assert answer.status_code == 400
    assert "rows-0-analyte" in answer.json()["errors"] or "rows-0-not_done" in answer.json()["errors"]
    assert not LaboratoryResult.objects.filter(analyte="").exists()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"examined_on": "2008-03-03"}, "rows-0-examined_on"),
        ({"method": "MRI"}, "rows-0-method"),
        ({"state": "NOT ASSESSED", "location_detail": "segment 7"}, "rows-0-location_detail"),
        ({"state": "NOT ASSESSED", "location": "BRAIN"}, "rows-0-location"),
        ({"state": "NOT ASSESSED", "struck_out": True}, "rows-0-struck_out"),
    ],
)
def test_a_part_of_a_lesion_that_its_assessment_does_not_keep_is_refused(save, row, field):
    answer = save("tumour", "TA01", {"label": "T01"} | row, assessment_date="2008-03-03")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not LesionResult.objects.filter(case_form__code="tumour").exists()


@pytest.mark.parametrize(
    ("code", "visit", "row"),
    [
        ("everolimus", None, {"end_date": "2008-01-20"}),
        ("everolimus", None, {"dose_mg": "5.00"}),
        ("dispensing", None, {"tablets_returned": 3}),
    ],
)
def test_a_part_of_any_other_row_is_kept(save, code, visit, row):
    answer = save(code, visit, row)
    assert answer.status_code == 201, answer.json()
    form = CaseForm.objects.get(pk=answer.json()["id"])
    [stored] = CATALOGUE[code].rows._default_manager.filter(case_form=form).values(*row)
    assert {name: str(value) for name, value in stored.items()} == {name: str(value) for name, value in row.items()}


def test_names_alone_and_an_empty_row_say_nothing_that_could_be_lost(save, subject):
    answer = save("haematology", "C1D8", {"analyte": "HGB"}, {"analyte": "WBC", "value": None, "unit": ""})
    assert answer.status_code == 201
    assert not LaboratoryResult.objects.filter(case_form=answer.json()["id"]).exists()
