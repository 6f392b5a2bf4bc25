"""A planned visit that nobody came to is told in one act."""

from datetime import date

import pytest
from django.db import IntegrityError

from assessments.models import CaseForm
from assessments.visits import missed as missed_visits
from assessments.visits.missed import mark_missed
from audit.models import Event
from cohorts.services import Refused
from tests.assessments.posting import new_form, posted
from tests.cast import FIRST_DOSE
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db
WHY = "The subject was on holiday."


@pytest.fixture
def day_8(trial):
    """A visit of long ago at which nothing was recorded."""
    return trial.treated_subject().visits.get(code="C1D8")


def states(visit):
    return {form.code: (form.state, form.not_done_reason) for form in visit.forms.all()}


def test_each_form_that_nobody_began_is_marked_with_the_reason(trial, desk, day_8):
    page = desk.get(f"/visits/{day_8.pk}/missed/").content.decode()
    assert "Trastuzumab and paclitaxel" in page
    assert "Haematology" in page
    answer = desk.post(f"/visits/{day_8.pk}/missed/", {"why": WHY})
    assert answer.url == f"/subjects/{day_8.subject_id}/#visit-{day_8.pk}"
    assert states(day_8) == dict.fromkeys(("infusion", "haematology"), ("not_done", WHY))
    events = Event.objects.filter(table_name="assessments_caseform", case_form_id__in=day_8.forms.values("pk"))
    assert set(events.values_list("reason", "actor_name")) == {(WHY, "carla")}


def test_the_casebook_offers_it_and_says_so_afterwards(desk, day_8):
    page = f"/subjects/{day_8.subject_id}/"
    offered = f'href="/visits/{day_8.pk}/missed/"'
    assert offered in desk.get(page).content.decode()
    desk.post(f"/visits/{day_8.pk}/missed/", {"why": WHY})
    shown = desk.get(page).content.decode()
    assert offered not in shown
    assert shown.count("did not take place") == 1


def test_without_a_reason_nothing_is_marked(desk, day_8):
    for why in ("", " ", "x" * 201):
        assert desk.post(f"/visits/{day_8.pk}/missed/", {"why": why}).status_code == 422
    assert states(day_8) == {}


def test_what_was_marked_before_stays_and_the_rest_follows(desk, day_8):
    address = new_form(day_8.subject, "haematology", "C1D8")
    desk.post(address, posted({}, action="not_done", not_done_reason="haemolysed"))
    desk.post(f"/visits/{day_8.pk}/missed/", {"why": WHY})
    assert states(day_8) == {"haematology": ("not_done", "haemolysed"), "infusion": ("not_done", WHY)}


def test_a_visit_that_took_place_is_not_missed(trial, desk, day_8):
    trial.fill(day_8.subject, "haematology", *EXAMPLES["haematology"], visit="C1D8", complete=False)
    answer = desk.post(f"/visits/{day_8.pk}/missed/", {"why": WHY})
    assert answer.status_code == 422
    assert "Cycle 1, day 8 took place: Haematology." in answer.content.decode()
    assert [form.code for form in day_8.forms.all()] == ["haematology"]


def test_screening_and_a_visit_with_a_day_are_not_missed(trial, desk, day_8):
    trial.infuse(day_8.subject, FIRST_DOSE, visit="C1D1")
    for code, words in (("SCR", "baseline is told on its forms"), ("C1D1", "Cycle 1, day 1 took place")):
        address = f"/visits/{day_8.subject.visits.get(code=code).pk}/missed/"
        assert words in desk.get(address).content.decode()
        assert desk.post(address, {"why": WHY}).status_code == 422


def test_a_visit_whose_window_is_not_open_is_still_to_come(trial, day_8, monkeypatch):
    monkeypatch.setattr(missed_visits.timezone, "localdate", lambda: date(2008, 1, 1))
    with pytest.raises(Refused, match="is still to come"):
        mark_missed(visit=day_8, why=WHY, by=trial.by)


def test_a_second_time_lacks_nothing(trial, day_8):
    mark_missed(visit=day_8, why=WHY, by=trial.by)
    with pytest.raises(Refused, match="lacks no form"):
        mark_missed(visit=day_8, why=WHY, by=trial.by)


def test_a_form_that_somebody_begins_at_the_same_moment_is_told(trial, day_8, monkeypatch):
    def begun_meanwhile(**_):
        raise IntegrityError

    monkeypatch.setattr(missed_visits, "mark_not_done", begun_meanwhile)
    with pytest.raises(Refused, match="was begun meanwhile"):
        mark_missed(visit=day_8, why=WHY, by=trial.by)
    assert not CaseForm.objects.filter(visit=day_8).exists()


def test_the_worklist_leads_there_and_by_the_api_it_answers_with_the_forms(trial, desk, day_8):
    page = desk.get("/worklists/?list=overdue").content.decode()
    assert f'href="/visits/{day_8.pk}/missed/"' in page
    answer = desk.post(f"/api/v1/visits/{day_8.pk}/missed/", {"why": WHY}, content_type="application/json")
    assert answer.status_code == 200
    assert {(form["code"], form["state"]) for form in answer.json()} == {
        ("infusion", "not_done"),
        ("haematology", "not_done"),
    }
    assert f"/visits/{day_8.pk}/missed/" not in desk.get("/worklists/?list=overdue").content.decode()
    listed = desk.get(f"/api/v1/visits/?subject={day_8.subject_id}").json()["results"]
    assert {visit["code"]: visit["state"] for visit in listed if visit["code"] in ("C1D8", "C1D15")} == {
        "C1D8": "missed",
        "C1D15": "overdue",
    }


def test_an_offer_to_sign_stands_where_something_waits(trial, sign_in, day_8):
    page = sign_in(trial.investigator).get(f"/subjects/{day_8.subject_id}/").content.decode()
    screening = day_8.subject.visits.get(code="SCR")
    assert f"/sign/?visit={screening.pk}" in page
    assert f"/sign/?visit={day_8.pk}" not in page
