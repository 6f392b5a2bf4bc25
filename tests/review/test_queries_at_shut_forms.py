"""A frozen form takes questions and answers still; at a locked one nothing happens, by page or API."""

import pytest
from rest_framework.test import APIClient

from review.models import Query
from review.services import NotAllowed, answer_query, close_query, raise_query, reopen_query
from tests.cast import actor
from tests.signature.closed import freeze_form, lock_form, unlock_form


def open_query(trial, form):
    return raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))


def lock(trial, form):
    lock_form(case_form=form, reason="data cut", by=actor(trial.data_manager, "data_manager"))


def test_at_a_locked_form_no_query_is_raised(trial, form):
    lock(trial, form)
    with pytest.raises(NotAllowed, match="was locked by dora on"):
        open_query(trial, form)
    assert not Query.objects.filter(case_form=form).exists()


@pytest.mark.parametrize("step", [answer_query, close_query])
def test_at_a_locked_form_no_query_is_answered_or_closed(trial, form, step):
    query = open_query(trial, form)
    lock(trial, form)
    with pytest.raises(NotAllowed, match="was locked"):
        step(query=query, text="54.", by=trial.by)
    query.refresh_from_db()
    assert query.state == "open"


def test_once_it_is_unlocked_the_query_goes_on(trial, form):
    query = open_query(trial, form)
    lock(trial, form)
    unlock_form(case_form=form, reason="query left", by=actor(trial.data_manager, "data_manager"))
    query = answer_query(query=query, text="54.", by=trial.by)
    close_query(query=query, text="Right.", by=actor(trial.monitor, "monitor"))
    assert reopen_query(query=query, text="Or 55?", by=actor(trial.monitor, "monitor")).state == "open"


def test_at_a_frozen_form_queries_are_raised_answered_and_closed(trial, form):
    freeze_form(case_form=form, reason="seen", by=actor(trial.monitor, "monitor"))
    query = answer_query(query=open_query(trial, form), text="54.", by=trial.by)
    assert close_query(query=query, text="Right.", by=actor(trial.monitor, "monitor")).state == "closed"


def test_the_page_says_who_locked_the_form_and_keeps_what_was_typed(trial, form, as_user):
    lock(trial, form)
    answer = as_user(trial.monitor).post(f"/forms/{form.pk}/queries/add/", {"item": "age", "text": "54, really?"})
    assert answer.status_code == 422
    assert "was locked by dora" in answer.content.decode()
    assert "54, really?" in answer.content.decode()


def test_the_api_answers_with_the_conflict(trial, form):
    lock(trial, form)
    client = APIClient()
    client.force_authenticate(trial.monitor)
    client.force_login(trial.monitor)
    answer = client.post("/api/v1/queries/", {"form": form.pk, "item": "age", "text": "54?"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "state")
