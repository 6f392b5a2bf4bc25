"""Of two versions of a form what belongs together is one choice: half of each would be a value that nobody wrote."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entry import Entry, typed
from assessments.items import heads_of
from assessments.models import AdverseEvent, Demography, Eligibility, LaboratoryResult
from assessments.pages.conflict import compared
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db


def choices(case_form, record=None, rows=(), edited="") -> list[dict]:
    entry = Entry(
        CATALOGUE[case_form.code], subject=case_form.subject, case_form=case_form, data=typed(record or {}, rows)
    )
    return compared(entry, edited)


@pytest.mark.parametrize(
    ("model", "item", "head"),
    [
        (LaboratoryResult, "unit", "value"),
        (LaboratoryResult, "not_done", "value"),
        (AdverseEvent, "aware_time", "aware_date"),
        (AdverseEvent, "dictionary_term", "term"),
        (Demography, "race_detail", "race"),
        (Eligibility, "ast_uln", "ast"),
        (Demography, "age", "age"),
    ],
)
def test_a_part_belongs_to_its_item(model, item, head):
    assert heads_of(model)[item] == head


def test_a_result_and_its_unit_are_one_choice(trial):
    subject = trial.treated_subject()
    form = subject.forms.get(code="haematology")
    record, rows = EXAMPLES["haematology"]
    mine = [row | ({"value": "12.4", "unit": "g/dL"} if row["analyte"] == "HGB" else {}) for row in rows]
    number = next(number for number, row in enumerate(rows) if row["analyte"] == "HGB")
    [choice] = choices(form, record, mine, edited=f"rows-{number}-unit")
    assert choice["names"][:2] == [f"rows-{number}-value", f"rows-{number}-unit"]
    assert choice["label"] == "Haemoglobin result"
    assert (choice["theirs"], choice["mine"]) == ("121 · g/L", "12.4 · g/dL")
    assert choice["mine_typed"]


def test_a_diameter_and_its_finding_are_one_choice(trial):
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    record = {
        "assessment_date": "2008-03-03",
        "non_target_response": "NON-CR/NON-PD",
        "new_lesions": "N",
        "overall_response": "PR",
    }
    found = choices(form, record, [{"label": "T01", "diameters_mm": "", "state": "ABSENT"}])
    [choice] = [choice for choice in found if "rows-0-state" in choice["names"]]
    assert choice["names"] == ["rows-0-diameters_mm", "rows-0-state"]
    assert choice["theirs"].startswith("42 · ")
    assert "42" not in choice["mine"]


def test_a_value_and_the_reason_for_none_are_one_choice(trial):
    subject = trial.treated_subject()
    form = subject.forms.get(code="vital_signs")
    record = EXAMPLES["vital_signs"][0] | {"temperature_c": "", "no_temperature_c": "NOT DONE: OVERSIGHT"}
    [choice] = choices(form, record)
    assert choice["names"] == ["temperature_c", "no_temperature_c"]
    assert (choice["theirs"], choice["mine"]) == ("36.6", "Not done: forgotten")
