"""Of two versions of a form what belongs together is one choice: half of each would be a value that nobody wrote."""

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.items import heads_of
from assessments.models import AdverseEvent, Demography, Eligibility, LaboratoryResult
from assessments.pages.conflict import compared
from assessments.reading.forms import read_forms
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
    offered = choices(form, record, [{"label": "T01", "diameters_mm": "", "state": "ABSENT"}])
    [choice] = [choice for choice in offered if "rows-0-state" in choice["names"]]
    assert choice["names"] == ["rows-0-diameters_mm", "rows-0-state"]
    assert choice["theirs"].startswith("42 · ")
    assert "42" not in choice["mine"]


def test_a_value_and_the_reason_for_none_are_one_choice(trial):
    subject = trial.treated_subject()
    form = subject.forms.get(code="vital_signs")
    record = EXAMPLES["vital_signs"][0] | {"temperature_c": "", "no_temperature_c": "NOT DONE: OVERSIGHT"}
    [choice] = choices(form, record)
    assert choice["names"] == ["temperature_c", "no_temperature_c"]
    assert (choice["theirs"], choice["mine"]) == ("36.6", "Not done: oversight")


def adverse_event(trial, **record):
    subject = trial.treated_subject()
    event = EXAMPLES["adverse_event"][0] | {"start_date": "2008-01-10", "ongoing": "Y", "end_date": "", "grade": "2"}
    return trial.fill(subject, "adverse_event", event | record), event


def test_an_answer_and_what_hangs_on_it_are_one_choice(trial):
    form, event = adverse_event(trial)
    mine = event | {"ongoing": "N", "end_date": "2008-01-12", "grade": "3"}
    by_label = {choice["label"]: choice for choice in choices(form, mine, edited="end_date")}
    assert by_label.keys() == {"Ongoing", "CTCAE 3.0 grade, the worst"}
    ongoing = by_label["Ongoing"]
    assert ongoing["names"][0] == "ongoing"
    assert {"ongoing", "end_date"} <= {*ongoing["names"]}
    assert (ongoing["theirs"], ongoing["mine"]) == ("Yes", "No · End: 12 Jan 2008")
    assert ongoing["mine_typed"]
    assert not by_label["CTCAE 3.0 grade, the worst"]["mine_typed"]


def test_what_hangs_on_an_answer_of_both_is_a_choice_of_its_own(trial):
    form, event = adverse_event(trial, ongoing="N", end_date="2008-01-11")
    mine = event | {"ongoing": "N", "end_date": "2008-01-12"}
    [choice] = choices(form, mine)
    assert (choice["names"][0], choice["theirs"], choice["mine"]) == ("end_date", "11 Jan 2008", "12 Jan 2008")


def test_a_reason_and_its_words_are_chosen_with_the_change_that_they_explain(trial):
    subject = trial.treated_subject()
    form = subject.forms.filter(code="infusion").order_by("pk").first()
    record = read_forms(CATALOGUE["infusion"], [form])[form.pk][0] | {
        "paclitaxel_change": "DOSE DELAYED",
        "paclitaxel_reason": "OTHER",
        "paclitaxel_reason_detail": "Storm",
        "paclitaxel_delay_days": "3",
    }
    chosen = next(choice for choice in choices(form, record) if choice["names"][0] == "paclitaxel_change")
    parts = {"paclitaxel_reason", "paclitaxel_reason_detail", "paclitaxel_delay_days"}
    assert parts <= {*chosen["names"]}
    assert "Storm" in chosen["mine"]
