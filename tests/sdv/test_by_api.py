"""Verifying and taking back by the API: the services and rights of the pages, and the version that was looked at."""

import pytest

from audit.models import Event
from review.services import raise_query
from sdv.models import Verification
from tests.cast import actor
from tests.signature.closed import freeze_form, lock_form

AT = "/api/v1/verifications/"


@pytest.fixture
def api():
    from rest_framework.test import APIClient

    def signed_in(user):
        client = APIClient()
        client.force_login(user)
        return client

    return signed_in


def form_to_verify(form, **others):
    return {"forms": [{"form": form.pk, "version": form.version} | others]}


def send(client, sent):
    return client.post(AT, sent, format="json")


@pytest.mark.requirement("ICH E6(R3) 4.2.3")
def test_a_form_is_verified_with_the_version_that_was_looked_at(trial, form, api):
    answer = send(api(trial.monitor), form_to_verify(form)).json()
    assert (answer["forms"], answer["left_out"]) == ([form.pk], [])
    verifications = Verification.objects.all()
    assert {(verification.version, verification.verified_by) for verification in verifications} == {
        (form.version, "mona")
    }
    assert verifications.count() == answer["items"]
    channels = Event.objects.filter(table_name="sdv_verification").values_list("channel", flat=True)
    assert set(channels) == {"api"}


def test_a_preview_counts_and_does_nothing(trial, form, api):
    answer = send(api(trial.monitor), form_to_verify(form, items=["age", "sex"]) | {"preview": True}).json()
    assert (answer["items"], answer["words"]) == (2, "2 items in 1 form")
    assert not Verification.objects.exists()


def test_another_version_than_stands_there_is_left_out_and_told(trial, form, api):
    answer = send(api(trial.monitor), form_to_verify(form, version=7)).json()
    assert (answer["items"], answer["left_out"]) == (0, [form.pk])
    assert answer["words"] == "0 items in 0 forms; 1 form changed since you opened it left out"
    assert not Verification.objects.exists()


def test_a_form_with_an_open_query_is_left_out_until_it_is_closed(trial, form, monitor, api):
    raise_query(case_form=form, text="Whose is this?", by=monitor)
    answer = send(api(trial.monitor), form_to_verify(form)).json()
    assert answer["words"] == "0 items in 0 forms; 1 form with an open query left out"


def test_a_locked_form_is_left_out_and_keeps_what_was_verified(trial, form, check, api):
    check(form, items=["age"])
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    assert (
        send(api(trial.monitor), form_to_verify(form)).json()["words"] == "0 items in 0 forms; 1 form locked left out"
    )
    answer = api(trial.monitor).post(f"{AT}{form.pk}/take-back/", {"reason": "Wrong file"}, format="json")
    assert (answer.status_code, Verification.objects.filter(ended_at=None).count()) == (400, 1)


def test_a_frozen_form_is_verified_still(trial, form, monitor, api):
    freeze_form(case_form=form, reason="seen", by=monitor)
    assert send(api(trial.monitor), form_to_verify(form)).json()["forms"] == [form.pk]


@pytest.mark.requirement("21 CFR 11.10(g)")
def test_only_the_monitor_of_the_site_verifies_and_takes_back(trial, form, check, api):
    check(form, items=["age"])
    elsewhere = trial.subject(trial.other_site)
    trial.screen(elsewhere)
    strange = elsewhere.forms.get(code="demography")
    assert send(api(trial.monitor), form_to_verify(strange)).status_code == 404
    for who in ("investigator", "coordinator", "data_manager", "sponsor", "auditor"):
        client = api(getattr(trial, who))
        assert send(client, form_to_verify(form)).status_code == 403, who
        taken = client.post(f"{AT}{form.pk}/take-back/", {"reason": "x"}, format="json")
        assert taken.status_code == 403, who
    assert set(Verification.objects.filter(ended_at=None).values_list("item", flat=True)) == {"age"}


def test_what_is_taken_back_is_open_again_and_says_why(trial, form, check, api):
    check(form, items=["age", "sex"])
    client = api(trial.monitor)
    assert client.post(f"{AT}{form.pk}/take-back/", {"items": "age"}, format="json").status_code == 400
    sent = {"reason": "Read from the wrong file", "items": "age"}
    answer = client.post(f"{AT}{form.pk}/take-back/", sent, format="json").json()
    states = {item["item"]: item["state"] for item in answer["items"]}
    assert (states["age"], states["sex"]) == ("open", "verified")
    assert Verification.objects.get(item="age").end_reason == "Read from the wrong file"


def test_what_changed_shows_as_lapsed(trial, form, check, api):
    check(form)
    record = {"birth_date": "1953-06", "age": 54, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="Corrected")
    answer = api(trial.monitor).get(f"{AT}{form.pk}/").json()
    assert (answer["version"], [item["item"] for item in answer["items"] if item["state"] == "lapsed"]) == (
        2,
        ["birth_date"],
    )
