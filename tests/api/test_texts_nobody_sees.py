"""A text of which nobody sees anything is no answer and no reason, on a page as in the API."""

import pytest

from assessments.models import AdverseEvent
from cohorts.models import Site
from tests.assessments.posting import on_screen

pytestmark = pytest.mark.django_db
INVISIBLE = ["\u200b", "\u2060\ufeff", "\u00ad", "\x07\x1f", "\u3164"]


@pytest.fixture
def form(trial):
    subject = trial.treated_subject()
    return subject.forms.get(code="vital_signs", visit__code="SCR")


@pytest.mark.parametrize("why", INVISIBLE)
def test_it_is_no_reason_of_a_change(trial, api, client, form, why):
    sent = {"version": form.version, "complete": True, "reason": why, "record": {"pulse_per_min": 81}}
    assert api(trial.coordinator).patch(f"/api/v1/forms/vital_signs/{form.pk}/", sent).status_code == 400
    client.force_login(trial.coordinator)
    typed = on_screen(form) | {"pulse_per_min": "81", "change_reason_text": why}
    assert client.post(f"/forms/{form.pk}/", typed).status_code == 422
    form.refresh_from_db()
    assert form.version == 1


def test_it_is_no_answer_and_control_characters_go(trial, api, client):
    subject = trial.treated_subject()
    sent = {"subject": subject.pk, "record": {"term": "\u200b", "grade": "1"}}
    carla = api(trial.coordinator)
    made = carla.post("/api/v1/forms/adverse_event/", sent)
    assert made.status_code == 201, made.json()
    assert AdverseEvent.objects.get(pk=made.json()["id"]).term == ""
    sent["record"]["term"] = "Nau\x07sea\x0band vomiting"
    made = carla.post("/api/v1/forms/adverse_event/", sent)
    assert AdverseEvent.objects.get(pk=made.json()["id"]).term == "Nausea\nand vomiting"
    client.force_login(trial.coordinator)
    typed = {"term": "Nau\x07sea\x0band vomiting", "grade": "1", "action": "draft"}
    assert client.post(f"/subjects/{subject.pk}/forms/adverse_event/", typed).status_code == 302
    assert AdverseEvent.objects.order_by("pk").last().term == "Nausea\nand vomiting"


def test_a_site_has_a_name_that_one_sees(trial, api):
    sent = {"code": "777", "name": "\u2060", "country": "DE", "time_zone": "Europe/Berlin"}
    answer = api(trial.administrator).post("/api/v1/sites/", sent)
    assert answer.status_code == 400, answer.json()
    assert "name" in answer.json()["errors"]
    assert not Site.objects.filter(code="777").exists()


def test_a_password_stays_as_it_is(rf):
    from accounts.plain_posts import PlainPostsMiddleware

    request = rf.post("/", {"password": "a\x07b\u200b", "term": "a\x07b"})
    PlainPostsMiddleware(lambda _: None).process_view(request, lambda _: None)
    assert request.POST.dict() == {"password": "a\x07b\u200b", "term": "ab"}
