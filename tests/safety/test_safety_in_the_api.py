"""Serious events, dose levels and terms by the API: the same words, masks and rules as on the pages."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from cohorts.services import Refused
from safety.models import SeriousReport
from tests.cast import Trial
from tests.safety.conftest import EVENT, SERIOUS
from tests.safety.levels import at_level


@pytest.fixture
def api() -> Any:
    def client_of(user: Any) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def report(trial: Trial) -> SeriousReport:
    trial.fill(trial.treated_subject(), "adverse_event", SERIOUS)
    return SeriousReport.objects.get()


def test_a_serious_event_is_listed_with_its_clock(trial: Trial, report: SeriousReport, api: Any) -> None:
    (row,) = api(trial.sponsor).get("/api/v1/serious-events/?state=waiting").json()["results"]
    assert (row["number"], row["version"], row["clock"]) == (report.event.number, 1, "running")
    assert row["criteria"] == ["Requires or prolongs hospitalisation"]
    assert {"label": "Narrative", "value": "withheld", "before": None} in row["lines"]
    assert api(trial.stranger).get("/api/v1/serious-events/").json()["results"] == []


def test_each_version_is_told_against_the_one_before(trial: Trial, report: SeriousReport, api: Any) -> None:
    form = report.event.case_form
    trial.fill(form.subject, "adverse_event", SERIOUS | {"grade": "4"}, case_form=form, reason="worse")
    newest, _ = api(trial.coordinator).get(f"/api/v1/serious-events/{report.event_id}/").json()
    assert [line for line in newest["lines"] if line["before"]] == [
        {"label": "CTCAE 3.0 grade, the worst", "value": "4 Life-threatening", "before": "3 Severe"}
    ]


def test_a_version_is_confirmed_once(trial: Trial, report: SeriousReport, api: Any) -> None:
    address, sponsor = f"/api/v1/serious-events/{report.event_id}/confirm/", api(trial.sponsor)
    assert sponsor.post(address, {"version": 7}, format="json").status_code == 404
    assert sponsor.post(address, {"version": 1}, format="json").json()["confirmed_by"] == "sven"
    again = sponsor.post(address, {"version": 1}, format="json")
    assert "sven has confirmed this version already." in again.json()["detail"]
    assert again.status_code in (400, 409)


def test_dose_levels_are_told_with_what_the_designs_advise(trial: Trial, api: Any) -> None:
    at_level(trial, "P1-5D", 1)
    low = api(trial.investigator).get("/api/v1/dose-levels/").json()[0]
    assert (low["cohort"], low["enrolled"], low["evaluable"], low["dlts"]) == ("P1-5D", 1, 1, 0)
    assert low["advice"]["boin"]["move"] == "escalate"
    assert 0 < low["posterior"]["over"] < 1


def test_terms_are_found(trial: Trial, api: Any) -> None:
    terms = api(trial.coordinator).get("/api/v1/terms/?q=diarrhoea").json()
    assert terms == [
        {"text": "Diarrhea", "code": "", "group": "Gastrointestinal", "dictionary": "CTCAE 3.0", "grades": []}
    ]
    refused = api(trial.coordinator).get("/api/v1/terms/?q=zz%00zz")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["q"])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"dictionary_term": "nausea"}, ("Nausea", "", "CTCAE 3.0")),
        ({"dictionary_term": "", "term": "Nausea"}, ("Nausea", "", "CTCAE 3.0")),
        ({"dictionary_term": "", "term": "felt odd"}, ("", "", "")),
    ],
)
def test_an_event_is_coded_by_the_words_that_were_chosen(
    trial: Trial, typed: dict[str, str], stored: tuple[str, str, str]
) -> None:
    from assessments.models import AdverseEvent

    form = trial.fill(trial.treated_subject(), "adverse_event", EVENT | typed)
    record = AdverseEvent.objects.get(pk=form.pk)
    assert (record.dictionary_term, record.term_code, record.dictionary) == stored


@pytest.mark.parametrize("more", [{}, {"term_code": "1", "dictionary": "MedDRA 1"}])
def test_words_of_the_sites_own_do_not_pass_as_a_term_that_everybody_reads(trial: Trial, more: dict[str, str]) -> None:
    from assessments.models import AdverseEvent

    with pytest.raises(Refused, match=r"CTCAE 3\.0 has no term “Mrs Smith fell”"):
        trial.fill(trial.treated_subject(), "adverse_event", SERIOUS | {"dictionary_term": "Mrs Smith fell"} | more)
    assert not AdverseEvent.objects.exists()


def test_an_event_in_other_words_is_coded_anew(trial: Trial, api: Any) -> None:
    from assessments.models import AdverseEvent

    form = trial.fill(trial.treated_subject(), "adverse_event", EVENT | {"term": "Nausea", "dictionary_term": ""})
    sent = {"version": 1, "complete": True, "reason": "Misread", "record": {"term": "Vomiting"}}
    answer = api(trial.coordinator).patch(f"/api/v1/forms/adverse_event/{form.pk}/", sent, format="json")
    assert answer.status_code == 200, answer.json()
    assert AdverseEvent.objects.get(pk=form.pk).dictionary_term == "Vomiting"
    sent = {"version": 2, "complete": True, "reason": "Misread", "record": {"term": "Felt odd"}}
    api(trial.coordinator).patch(f"/api/v1/forms/adverse_event/{form.pk}/", sent, format="json")
    record = AdverseEvent.objects.get(pk=form.pk)
    assert (record.dictionary_term, record.term_code, record.dictionary) == ("", "", "")
