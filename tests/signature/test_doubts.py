"""Lists call a form signed by its version alone, until a check finds that the signature does not verify."""

from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from accounts.actor import acting
from assessments.models import CaseForm, Demography
from audit.models import Event
from casebook.reading import casebooks
from signature import doubts
from signature.doubts import answered, check_all, check_changed
from signature.models import Doubt, Signature, signed_as_it_stands
from signature.preflight import signed_counts, unsigned
from signature.signing import sign_forms
from tests.cast import SETUP, actor


@pytest.fixture
def form(trial):
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)
    return form


def alter(form, age):
    with acting(SETUP):
        Demography.objects.filter(pk=form.pk).update(age=age)


def listed_as_signed(form):
    return CaseForm.objects.filter(signed_as_it_stands(), pk=form.pk).exists()


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
def test_a_form_altered_behind_its_signature_is_signed_in_no_list_once_it_was_found(trial, form):
    alter(form, 34)
    assert listed_as_signed(form)
    assert check_changed() == 1
    assert not listed_as_signed(form)
    assert form in unsigned(CaseForm.objects.all())
    assert signed_counts(CaseForm.objects.filter(pk=form.pk)) == (1, 0)
    book = casebooks([form.subject], timezone.localdate())[form.subject_id]
    [shown] = [slot.state for visit in book.visits for slot in visit.forms if slot.pk == form.pk]
    assert shown == "complete"


def test_what_verifies_again_is_signed_again_and_the_trail_tells_of_both(trial, form):
    age = Demography.objects.get(pk=form.pk).age
    alter(form, 34)
    check_changed()
    alter(form, age)
    assert check_changed() == 0
    assert listed_as_signed(form)
    events = Event.objects.filter(table_name="signature_doubt").order_by("id").values_list("action", "actor_name")
    assert list(events) == [("insert", "system"), ("delete", "system")]


def test_what_holds_or_lapsed_is_not_in_doubt_and_nothing_is_written_twice(trial, form):
    assert check_all() == 0
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, visit="SCR", case_form=form, reason="typing error")
    assert (check_all(), Doubt.objects.count()) == (0, 0)
    alter(CaseForm.objects.get(pk=form.pk), 34)
    assert (check_all(), check_all(), Doubt.objects.count()) == (0, 0, 0)


def test_the_night_finds_what_the_minutes_did_not(trial, form, monkeypatch):
    alter(form, 34)
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(doubts.timezone, "now", lambda: later)
    assert (check_changed(), check_all(), check_all()) == (0, 1, 0)
    assert not listed_as_signed(form)


def sign_of_another(trial, *codes):
    trial.screen(subject := trial.subject())
    by = actor(trial.investigator, "investigator")
    versions = dict(subject.forms.filter(code__in=codes).values_list("pk", "version"))
    sign_forms(seen=versions, signed_by=trial.investigator, by=by)


def test_many_signatures_on_a_kind_of_form_are_checked_by_the_statements_of_one(trial, form, statements):
    of_one = statements(check_all)
    for _ in range(3):
        sign_of_another(trial, "demography")
    assert (Signature.objects.count(), statements(check_all)) == (4, of_one)


def test_batches_hold_few_kinds_of_form_whatever_the_order_of_signing(trial, form, monkeypatch):
    for _ in range(3):
        sign_of_another(trial, "demography", "consent")
    batches = []
    monkeypatch.setattr(doubts, "CHUNK", 4)
    monkeypatch.setattr(doubts, "_settle", lambda keys: batches.append(keys) or 0)
    check_all()
    kinds = [Signature.objects.filter(pk__in=keys).values_list("case_form__code", flat=True) for keys in batches]
    assert [sorted(batch) for batch in kinds] == [["consent"] * 3 + ["demography"], ["demography"] * 3]


@pytest.mark.requirement("EMA 2023 back-end changes")
@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET version = 2", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_owner_of_the_tables_does_not_change_a_signature_either(as_owner, statement):
    with pytest.raises(psycopg.Error, match="signatures are never changed or deleted"):
        as_owner.execute(statement.format("signature_signature"))


def test_a_verification_of_all_names_the_signature_that_does_not_verify(trial, form):
    assert answered() == (1, "1 signature: each verifies.", [])
    alter(form, 34)
    answer = answered()
    assert answer.says == "1 signature: 1 of them does not verify."
    at = f"at demography of {form.subject} (form {form.pk})"
    assert f"{at} does not verify: the signature or what it covers was altered" in answer.faults[0]
