"""Dates as people type them on every page and filter and send them by the API: what was meant, or refused in words."""

import json
from datetime import date, timedelta

import pytest
from django import forms
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as some

from assessments.models import BreastCancerHistory, Consent
from components.days import TypedDayField, TypedMomentField, TypedPartialDayField
from tests.assessments.posting import CONSENT, consent_of, new_form, on_screen, posted
from tests.assessments.test_numbers_typed import subclasses

DAYS = some.dates(date(1900, 1, 1), date(2199, 12, 31))
NO_DATES = ["260302", "２００７-12-20", "٢٠٠٧-12-20", "20/12/2007", "2007-02-30", "yesterday", "2603-02"]


def test_no_form_of_the_product_reads_a_date_by_a_reader_of_its_own():
    others = ("django", "allauth", "tests", "rest_framework")
    form_classes = [form for form in subclasses(forms.BaseForm) if not form.__module__.startswith(others)]
    fields = [(form, name, field) for form in form_classes for name, field in getattr(form, "base_fields", {}).items()]
    kinds = (forms.DateField, forms.DateTimeField, forms.SplitDateTimeField, TypedMomentField)
    dated = [(form.__name__, name, field) for form, name, field in fields if isinstance(field, kinds)]
    assert len(dated) > 20
    readers = TypedDayField | TypedMomentField
    assert [(form, name) for form, name, field in dated if not isinstance(field, readers)] == []


@given(DAYS)
@settings(max_examples=50)
def test_what_a_box_shows_of_a_day_is_taken_back_as_no_change(day):
    whole, partial = TypedDayField(), TypedPartialDayField()
    assert whole.to_python(whole.prepare_value(day)) == day
    assert not whole.has_changed(day, whole.prepare_value(day))
    for stored in (f"{day}", f"{day}"[:7], f"{day}"[:4]):
        assert partial.to_python(partial.prepare_value(stored)) == stored
        assert not partial.has_changed(stored, partial.prepare_value(stored))


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["2007-12-20", "20 Dec 2007", "20-DEC-2007", "20071220", "2007-12-20 "])
def test_a_day_is_read_as_people_write_it_and_shown_in_one_form(trial, desk, typed):
    subject = trial.subject()
    desk.post(new_form(subject, "consent"), posted(CONSENT | {"consent_date": typed}))
    consent = Consent.objects.get()
    assert consent.consent_date == date(2007, 12, 20)
    assert on_screen(consent.case_form)["consent_date"] == "20 Dec 2007"
    assert 'value="20 Dec 2007"' in desk.get(f"/forms/{consent.case_form_id}/?edit=1").content.decode()


@pytest.mark.django_db
def test_t_is_today_and_is_shown_as_that_day_once_it_was_sent(trial, desk):
    tomorrow = timezone.localdate() + timedelta(1)
    address, body = new_form(trial.subject(), "consent"), posted(CONSENT | {"consent_date": "t"})
    page = desk.post(address, body | {"consent_given": "NEITHER"}).content.decode()
    assert f'value="{timezone.localdate():%-d %b %Y}"' in page
    desk.post(address, body)
    assert Consent.objects.get().consent_date in (timezone.localdate(), tomorrow)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", NO_DATES)
def test_what_is_no_date_stays_in_its_box_with_its_error(trial, desk, typed):
    page = desk.post(new_form(trial.subject(), "consent"), posted(CONSENT | {"consent_date": typed}))
    shown = page.content.decode()
    assert page.status_code == 422
    assert f'value="{typed}"' in shown
    assert f"“{typed}”" in shown
    assert not Consent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("Mar 2006", "2006-03", "Mar 2006"),
        ("UN-MAR-2006", "2006-03", "Mar 2006"),
        ("2006", "2006", "2006"),
        ("20060302", "2006-03-02", "2 Mar 2006"),
    ],
)
def test_a_partial_date_is_stored_as_iso_and_shown_with_what_is_known(trial, desk, typed, stored, shown):
    subject = consent_of(trial).subject
    desk.post(new_form(subject, "history"), posted({"diagnosis_date": typed}, action="draft"))
    history = BreastCancerHistory.objects.get()
    assert history.diagnosis_date == stored
    assert on_screen(history.case_form)["diagnosis_date"] == shown


@pytest.mark.django_db
@pytest.mark.parametrize("typed", NO_DATES)
def test_a_filter_of_a_page_refuses_it_in_words_too(trial, sign_in, typed):
    page = sign_in(trial.data_manager).get("/laboratory/", {"on": typed})
    assert page.status_code == 400
    assert f"“{typed}”" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", NO_DATES)
def test_the_api_refuses_it_in_the_same_words(trial, desk, sign_in, typed):
    subject = trial.subject()
    record = CONSENT | {"consent_date": typed}
    visit = subject.visits.get(code="SCR").pk
    body = json.dumps({"subject": subject.pk, "visit": visit, "record": record})
    refused = desk.post("/api/v1/forms/consent/", body, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"]["consent_date"][0].startswith(f"“{typed}”")
    filtered = sign_in(trial.data_manager).get("/api/v1/reference-ranges/", {"on": typed})
    assert filtered.status_code == 400
    assert filtered.json()["errors"]["on"][0].startswith(f"“{typed}”")


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [True, 20071220, 2007.5])
def test_a_date_of_json_is_a_text(trial, desk, sent):
    body = json.dumps({"subject": trial.subject().pk, "record": CONSENT | {"consent_date": sent}})
    refused = desk.post("/api/v1/forms/consent/", body, content_type="application/json")
    assert (refused.status_code, next(iter(refused.json()["errors"]))) == (400, "consent_date")
