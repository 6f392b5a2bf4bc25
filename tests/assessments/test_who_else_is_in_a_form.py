"""Whoever opens a form is told who else has it open; nobody else is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import OpenForm

pytestmark = pytest.mark.django_db
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20"}


@pytest.fixture
def form(trial):
    return trial.fill(trial.subject(), "consent", CONSENT, visit="SCR", complete=False)


def say(client, form, key: str = ""):
    return client.post(f"/subjects/{form.subject_id}/here/", {"key": key or f"form-{form.pk}"})


def test_the_second_is_told_of_the_first_at_opening_and_the_first_of_the_second_while_it_is_open(
    trial, desk, sign_in, form
):
    assert "Ines" not in say(desk, form).content.decode()
    ines = sign_in(trial.investigator)
    assert "<strong>Carla</strong>" in ines.get(f"/forms/{form.pk}/").content.decode()
    say(ines, form)
    assert "<strong>Ines</strong>" in say(desk, form).content.decode()


def test_a_form_before_its_first_save_is_shared_too(trial, desk, sign_in, form):
    visit = form.visit_id
    key = f"new-{form.subject_id}-demography-{visit}"
    say(desk, form, key)
    page = sign_in(trial.investigator).get(f"/subjects/{form.subject_id}/forms/history/?visit={visit}")
    assert "Carla</strong>" not in page.content.decode()
    assert "Carla" in say(sign_in(trial.investigator), form, key).content.decode()


@pytest.mark.parametrize(("seconds", "is_shown"), [(58, True), (61, False)])
def test_who_left_is_forgotten_after_a_minute(trial, desk, sign_in, form, seconds, is_shown):
    say(desk, form)
    OpenForm.objects.update(seen=timezone.now() - timedelta(seconds=seconds))
    assert ("Carla" in sign_in(trial.investigator).get(f"/forms/{form.pk}/").content.decode()) is is_shown


def test_it_costs_the_same_however_many_are_there(trial, desk, sign_in, form):
    say(desk, form)
    with CaptureQueriesContext(
        connection,
    ) as few:
        say(desk, form)
    now = timezone.now()
    people = [trial.investigator, trial.monitor, trial.data_manager, trial.sponsor, trial.auditor]
    OpenForm.objects.bulk_create(
        OpenForm(subject=form.subject, key=f"form-{form.pk}", user=person, since=now, seen=now) for person in people
    )
    with CaptureQueriesContext(connection) as many:
        say(desk, form)
    assert len(many) == len(few)
    assert OpenForm.objects.count() == 6


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("investigator", 200),
        ("coordinator", 200),
        ("monitor", 403),
        ("data_manager", 403),
        ("sponsor", 403),
        ("auditor", 403),
        ("administrator", 404),
        ("stranger", 404),
    ],
)
def test_only_who_may_type_is_in_a_form(trial, sign_in, form, who, status):
    assert say(sign_in(getattr(trial, who)), form).status_code == status
    assert OpenForm.objects.exists() is (status == 200)


@pytest.mark.parametrize("key", ["", "form-", "form-1'", "new-1-x", "x" * 500, "new-1-demography-" + "9" * 30])
def test_a_key_that_names_no_form_is_not_found(desk, form, key):
    assert desk.post(f"/subjects/{form.subject_id}/here/", {"key": key}).status_code == 404


def test_nobody_is_here_without_signing_in(client, form):
    assert "/accounts/login/" in say(client, form).url
