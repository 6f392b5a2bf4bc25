"""Every form of the casebook: a complete save by page and by API, what it asks for, its trail, who may read it."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.actor import SYSTEM
from accounts.services import create_token
from assessments.catalogue import CATALOGUE
from assessments.entering.completeness import missing
from assessments.models import CaseForm
from audit.models import Event
from tests.assessments.posting import on_screen, posted
from tests.cast import Trial
from tests.examples import EXAMPLES, SCREENING
from values.dates import shown_date

pytestmark = pytest.mark.django_db
CODES = sorted(EXAMPLES)
IN_THE_TRIAL = sorted(set(EXAMPLES) - set(SCREENING))


def ready(trial: Trial, code: str) -> tuple[Any, int | None]:
    """A subject for whom the form may be begun, and the visit at which it belongs."""
    if code in IN_THE_TRIAL:
        return trial.treated_subject("P1-10D"), None
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject, subject.visits.get(code="SCR").pk


def address(subject: Any, code: str, visit: int | None) -> str:
    return f"/subjects/{subject.pk}/forms/{code}/" + (f"?visit={visit}" if visit else "")


def by_api(user: Any) -> APIClient:
    client = APIClient()
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=user, by=SYSTEM)}")
    return client


@pytest.mark.parametrize("code", CODES)
def test_a_form_is_completed_on_its_page(trial, desk, code):
    subject, visit = ready(trial, code)
    answer = desk.post(address(subject, code, visit), posted(*EXAMPLES[code]))
    assert answer.status_code == 302, answer.context["form"].errors
    form = CaseForm.objects.get(subject=subject, code=code)
    assert form.state == "complete"
    shown = on_screen(form)
    record, rows = EXAMPLES[code]
    assert {name: str(shown[name]).rstrip("0").rstrip(".") for name in record} == {
        name: shown_date(value).rstrip("0").rstrip(".") for name, value in record.items()
    }
    # A laboratory form offers every analyte of its panel.
    assert int(shown.get("rows-TOTAL_FORMS", 0)) >= len(rows)


@pytest.mark.parametrize("code", CODES)
def test_a_form_is_completed_by_the_api_under_the_same_trail(trial, code):
    subject, visit = ready(trial, code)
    record, rows = EXAMPLES[code]
    sent = {"subject": subject.pk, "visit": visit, "complete": True, "record": record} | (
        {"rows": rows} if rows else {}
    )
    answer = by_api(trial.coordinator).post(f"/api/v1/forms/{code}/", sent)
    assert answer.status_code == 201, answer.json()
    tables = Event.objects.filter(case_form_id=answer.json()["id"]).values_list("table_name", "actor_name", "channel")
    form_type = CATALOGUE[code]
    expected = {"assessments_caseform", form_type.record._meta.db_table}
    assert {table for table, _, _ in tables} >= expected | (
        {form_type.rows._meta.db_table} if form_type.rows else set()
    )
    assert {(name, channel) for _, name, channel in tables} == {(trial.coordinator.username, "api")}


@pytest.mark.parametrize("code", CODES)
def test_complete_is_refused_with_everything_that_is_missing_and_a_draft_is_not(trial, desk, code):
    subject, visit = ready(trial, code)
    refused = desk.post(address(subject, code, visit), posted({}))
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == set(missing(CATALOGUE[code].record, {}))
    assert refused.context["form"].errors
    assert desk.post(address(subject, code, visit), posted({}, action="draft")).status_code == 302
    assert CaseForm.objects.get(subject=subject, code=code).state == "draft"


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_entered_before_consent(trial, desk, code):
    subject = trial.subject()
    visit = subject.visits.get(code="SCR").pk if code in SCREENING else None
    refused = desk.post(address(subject, code, visit), posted(*EXAMPLES[code]))
    assert refused.status_code == 422
    assert "Informed consent must be complete first." in refused.content.decode()
    assert not CaseForm.objects.filter(subject=subject, code=code).exists()


def begun(trial: Trial, code: str, **record: str) -> tuple[str, dict[str, str]]:
    """The address of a new form, and its example with some answers of its own."""
    subject, visit = ready(trial, code)
    return address(subject, code, visit), EXAMPLES[code][0] | record


@pytest.mark.parametrize(
    ("lower", "accepted"), [("127", True), ("128", False), ("129", False)], ids=["below", "equal", "above"]
)
def test_the_diastolic_pressure_lies_below_the_systolic(trial, desk, lower, accepted):
    where, record = begun(trial, "vital_signs", diastolic_mmhg=lower)
    answer = desk.post(where, posted(record))
    assert (answer.status_code == 302) is accepted
    if not accepted:
        assert answer.context["form"].errors == {
            "diastolic_mmhg": [f"{lower} mmHg is not below the systolic pressure, 128 mmHg."]
        }


@pytest.mark.parametrize(("returned", "lost", "accepted"), [("60", "0", True), ("58", "2", True), ("58", "3", False)])
def test_no_more_tablets_come_back_or_are_lost_than_were_dispensed(trial, desk, returned, lost, accepted):
    subject, _ = ready(trial, "dispensing")
    record, (row,) = EXAMPLES["dispensing"]
    sent = posted(record, [row | {"tablets_returned": returned, "tablets_lost": lost}])
    assert (desk.post(address(subject, "dispensing", None), sent).status_code == 302) is accepted


def test_tablets_are_returned_on_the_day_they_were_dispensed_or_later(trial, desk):
    subject, _ = ready(trial, "dispensing")
    record, (row,) = EXAMPLES["dispensing"]
    refused = desk.post(address(subject, "dispensing", None), posted(record, [row | {"returned_on": "2008-01-06"}]))
    assert "6 Jan 2008 is before the day of dispensing, 7 Jan 2008." in refused.content.decode()
    accepted = desk.post(address(subject, "dispensing", None), posted(record, [row | {"returned_on": "2008-01-07"}]))
    assert accepted.status_code == 302


SERIOUS = {
    "serious": "Y",
    "dictionary_term": "Mucositis/stomatitis (clinical exam)",
    "results_in_death": "N",
    "life_threatening": "N",
    "hospitalisation": "N",
    "disability": "N",
    "congenital_anomaly": "N",
    "medically_important": "N",
    "aware_date": "2008-01-22",
    "narrative": "Could not eat for a week",
}


@pytest.mark.parametrize(("hospital", "accepted"), [("Y", True), ("N", False)])
def test_a_serious_event_meets_a_criterion(trial, desk, hospital, accepted):
    where, record = begun(trial, "adverse_event", **SERIOUS | {"hospitalisation": hospital})
    answer = desk.post(where, posted(record))
    assert (answer.status_code == 302) is accepted


@pytest.mark.parametrize(
    ("own_words", "term", "accepted"),
    [("Mouth ulcers", "", False), ("Mouth ulcers", "Gastrointestinal - Other", True), ("Confusion", "", True)],
)
def test_a_serious_event_is_called_by_a_term_of_the_dictionary(trial, desk, own_words, term, accepted):
    called = {"term": own_words, "dictionary_term": term, "hospitalisation": "Y"}
    where, record = begun(trial, "adverse_event", **SERIOUS | called)
    answer = desk.post(where, posted(record))
    assert (answer.status_code == 302) is accepted
    if not accepted:
        assert set(answer.context["form"].errors) == {"dictionary_term"}
        assert "the sponsor reads it" in answer.content.decode()


@pytest.mark.parametrize("complete", [True, False])
def test_an_event_that_is_not_serious_and_a_draft_need_no_term(trial, desk, complete):
    where, record = begun(trial, "adverse_event", serious="N" if complete else "Y", dictionary_term="")
    assert desk.post(where, posted(record, action="complete" if complete else "draft")).status_code == 302


@pytest.mark.parametrize(("grade", "accepted"), [("4", True), ("5", False)])
def test_an_event_of_grade_5_is_serious(trial, desk, grade, accepted):
    where, record = begun(trial, "adverse_event", grade=grade)
    assert (desk.post(where, posted(record)).status_code == 302) is accepted


def test_an_event_asks_for_the_criteria_only_where_it_is_serious(trial, desk):
    where, record = begun(trial, "adverse_event", serious="Y")
    errors = set(desk.post(where, posted(record)).context["form"].errors)
    assert errors == set(SERIOUS) - {"serious"}


def test_a_log_takes_as_many_entries_as_there_are_and_the_casebook_lists_them_by_date(trial, desk):
    subject = trial.treated_subject("P1-10D")
    record = EXAMPLES["adverse_event"][0]
    for term, start in (("Nausea", "2008-01-25"), ("Rash", "2008-01-09"), ("Fatigue", "")):
        action = "complete" if start else "draft"
        sent = posted(record | {"term": term, "start_date": start}, action=action)
        assert desk.post(address(subject, "adverse_event", None), sent).status_code == 302
    book = desk.get(f"/subjects/{subject.pk}/").context
    (events,) = (log for log in book["logs"] if log.code == "adverse_event")
    assert [(entry.number, dict(entry.named)["Adverse event"]) for entry in events.entries] == [
        (2, "Rash"),
        (1, "Nausea"),
        (3, "Fatigue"),
    ]
    assert [entry.form.state for entry in events.entries] == ["complete", "complete", "in-progress"]
    assert "adverse_event" not in {form.code for form in book["book"].single}


def test_the_sponsor_reads_a_log_without_the_sites_own_words(trial, sign_in):
    subject = trial.treated_subject()
    trial.fill(subject, "adverse_event", *EXAMPLES["adverse_event"])
    page = sign_in(trial.sponsor).get(f"/subjects/{subject.pk}/")
    (events,) = (log for log in page.context["logs"] if log.code == "adverse_event")
    shown = dict(events.entries[0].named)
    assert (shown["Adverse event"], shown["CTCAE 3.0 grade, the worst"]) == ("withheld", "2 Moderate")
    assert "Mouth ulcers" not in page.content.decode()


def test_a_casebook_with_many_entries_costs_no_more_statements_than_one_with_few(trial, desk):
    subject = trial.treated_subject("P1-10D")
    counts = []
    for more in (1, 6):
        for _ in range(more):
            for code in ("adverse_event", "medication", "deviation", "new_therapy"):
                trial.fill(subject, code, *EXAMPLES[code])
        desk.get(f"/subjects/{subject.pk}/")
        with CaptureQueriesContext(connection) as statements:
            desk.get(f"/subjects/{subject.pk}/")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_only_a_cohort_that_is_evaluated_for_it_has_the_evaluation_of_toxicity(trial, desk):
    first, second = trial.treated_subject("P1-10D"), trial.treated_subject("P2-10D")
    books = [desk.get(f"/subjects/{subject.pk}/").context["book"] for subject in (first, second)]
    states = [
        [form.state for cell in book.visits for form in cell.forms if form.code == "dlt_evaluation"] for book in books
    ]
    assert states == [["overdue"], []]
    trial.fill(first, "dlt_evaluation", *EXAMPLES["dlt_evaluation"], visit="C1DLT")
    assert first.visits.get(code="C1DLT").visit_date == date(2008, 2, 4)
    book = desk.get(f"/subjects/{first.pk}/").context["book"]
    at_its_visit = next(cell for cell in book.visits if cell.visit.code == "C1DLT")
    assert [form.state for form in at_its_visit.forms] == ["complete"]
    assert "dlt_evaluation" not in {form.code for form in book.loose}
    refused = desk.post(address(second, "dlt_evaluation", None), posted(EXAMPLES["dlt_evaluation"][0]))
    assert "cohort is not evaluated for dose-limiting toxicity" in refused.content.decode()


def test_the_rail_numbers_the_entries_of_the_log_at_hand_and_leaves_out_the_others(trial, desk):
    subject = trial.treated_subject()
    for code in ("adverse_event", "adverse_event", "medication"):
        trial.fill(subject, code, *EXAMPLES[code])
    rail = desk.get(address(subject, "adverse_event", None)).context["rail"]
    labels = [form["label"] for group in rail for form in group["forms"]]
    assert [label for label in labels if "event" in label] == [
        "Add: adverse event",
        "Adverse event 1",
        "Adverse event 2",
    ]
    assert [label for label in labels if "medication" in label] == ["Add: concomitant medication"]
