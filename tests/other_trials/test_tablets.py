"""Tablets of any drug by mouth: counted by its strengths, and held against the plan and the doses that were told of."""

from typing import Any

import pytest

from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from assessments.models import DrugDispensingRow
from assessments.plan.fit import unfit
from protocol import current, load
from protocol.reader import parse
from review.models import Query
from tests.api.conftest import api
from tests.other_trials.conftest import LUNG
from tests.other_trials.course import OtherTrial
from tests.other_trials.test_forms_of_the_disease import FOREIGN, words_of

__all__ = ["api"]
pytestmark = pytest.mark.django_db
# Four weeks at 80 mg a day are 28 tablets.
HANDED = {
    "treatment": "osimertinib",
    "dispensed_on": "2008-01-07",
    "strength_mg": "80",
    "tablets_dispensed": "30",
    "returned_on": "2008-02-04",
    "tablets_returned": "2",
}
DOSE = {"treatment": "osimertinib", "given": "Y", "start_date": "2008-01-07", "dose": "80", "frequency": "QD"}


def open_questions(subject: Any) -> dict[str, str]:
    queries = Query.objects.filter(subject=subject, check_id__startswith="dispensing", state="open")
    return {query.check_id: query.text for query in queries}


def handed(trial: OtherTrial, *, dose: Any = None, **row: Any) -> Any:
    subject = trial.enrolled()
    if dose is not None:
        trial.fill(subject, "exposure", {"any_given": "Y"}, [DOSE | dose])
    trial.fill(subject, "dispensing", {"any_dispensed": "Y"}, [HANDED | row])
    return subject


def test_the_form_asks_for_the_drugs_and_strengths_of_the_file(lung: OtherTrial) -> None:
    assert CATALOGUE["dispensing"].title == "Osimertinib tablets"
    choices = {field.name: [value for value, _ in field.choices or ()] for field, _ in items_of(DrugDispensingRow)}
    assert (choices["treatment"], choices["strength_mg"]) == (["osimertinib"], ["40", "80"])


def test_the_program_s_own_trial_is_not_asked_which_drug() -> None:
    assert CATALOGUE["dispensing"].title == "Everolimus tablets"
    names = {field.name: field for field, _ in items_of(DrugDispensingRow)}
    assert "treatment" not in names
    assert [value for value, _ in names["strength_mg"].choices] == ["2.5", "5", "10"]
    assert CATALOGUE["dispensing"].drugs_in(current()) == ("everolimus",)


@pytest.mark.parametrize(
    "row", [{}, {"tablets_returned": "1"}, {"tablets_returned": "20"}, {"tablets_dispensed": "183"}]
)
def test_what_was_planned_is_not_asked_about(lung: OtherTrial, row: dict[str, Any]) -> None:
    if "tablets_dispensed" in row:
        row |= {"returned_on": "", "tablets_returned": ""}
    assert open_questions(handed(lung, dose={}, **row)) == {}


@pytest.mark.parametrize(
    ("row", "check", "question"),
    [
        (
            {"tablets_dispensed": "280", "tablets_returned": "0"},
            "dispensing-plan",
            "By the tablets 800 mg a day of osimertinib from 7 Jan 2008 to 3 Feb 2008; 80 mg a day is the most that is "
            "planned.",
        ),
        (
            {"tablets_dispensed": "184", "returned_on": "", "tablets_returned": ""},
            "dispensing-supply",
            "184 tablets of 80 mg last 184 days at the full dose: is the number right?",
        ),
    ],
)
def test_more_tablets_than_are_planned_are_asked_about(
    lung: OtherTrial, row: dict[str, Any], check: str, question: str
) -> None:
    assert open_questions(handed(lung, dose={}, **row))[check] == question


def test_more_tablets_than_doses_are_asked_about(lung: OtherTrial) -> None:
    subject = handed(lung, dose={"dose": "40"})
    assert open_questions(subject) == {
        "dispensing-doses": "2240 mg are 100 % above the 1120 mg that the doses from 7 Jan 2008 to 3 Feb 2008 come to: "
        "are the tablets of osimertinib counted right?"
    }


def test_no_plan_is_claimed_where_no_dose_was_told_of(lung: OtherTrial) -> None:
    assert open_questions(handed(lung)) == {}


def test_a_strength_that_the_drug_has_not_is_refused_and_the_api_asks_the_same(lung: OtherTrial, api: Any) -> None:
    subject = lung.enrolled()
    sent = {"subject": subject.pk, "complete": True, "record": {"any_dispensed": "Y"}}
    client = api(lung.coordinator)
    answer = client.post("/api/v1/forms/dispensing/", sent | {"rows": [HANDED | {"strength_mg": "10"}]})
    assert answer.status_code == 400
    assert any("strength_mg" in name for name in answer.json()["errors"])
    much = HANDED | {"tablets_dispensed": "280", "tablets_returned": "0"}
    assert client.post("/api/v1/forms/dispensing/", sent | {"rows": [much]}).status_code == 201
    assert "dispensing-plan" in open_questions(subject)


def test_the_page_shows_compliance_with_the_drug_and_no_other(lung: OtherTrial, desk: Any) -> None:
    subject = handed(lung, dose={})
    page = desk.get(f"/forms/{subject.forms.get(code='dispensing').pk}/").content.decode()
    words = " ".join(words_of(page).split())
    assert "Osimertinib" in words
    assert "2240 mg" in words.replace(",", "")
    assert "100.0 %" in words, words[words.index("Compliance") :][:400]
    assert not FOREIGN.search(words), FOREIGN.search(words)


def test_a_file_without_tablets_has_no_such_form() -> None:
    from protocol import ProtocolError

    text = LUNG.read_text().replace("tablets_mg = [40, 80]\n", "")
    with pytest.raises(ProtocolError, match="dispensing is of tablets: no drug by mouth states tablets_mg"):
        parse(text.encode(), LUNG, unfit)
    assert unfit(load(LUNG)) == []
