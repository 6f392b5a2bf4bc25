"""Where a user's work begins after sign-in: at what waits for the own hand, else at the role's page."""

import pytest

from assessments.models import CaseForm
from signature.models import Signature
from signature.signing import sign_forms
from tests.cast import actor, person
from tests.review.conftest import as_user, statements
from tests.signature.closed import lock_form

__all__ = ["as_user", "statements"]


@pytest.fixture
def subject(trial):
    trial.screen(subject := trial.subject())
    return subject


def begins(client):
    answer = client.get("/")
    assert answer.status_code == 302
    return answer.url


def sign_all(trial, subject):
    seen = dict(subject.forms.filter(state="complete").values_list("pk", "version"))
    sign_forms(seen=seen, signed_by=trial.investigator, by=actor(trial.investigator, "investigator"))


def test_an_investigator_begins_at_what_waits_for_a_signature_with_the_subjects_in_reach(trial, subject, as_user):
    client = as_user(trial.investigator)
    assert begins(client) == "/sign/"
    assert 'href="/subjects/"' in client.get("/sign/").content.decode()


def test_where_everything_is_signed_an_investigator_begins_at_the_subjects(trial, subject, as_user):
    sign_all(trial, subject)
    assert Signature.objects.exists()
    assert begins(as_user(trial.investigator)) == "/subjects/"


def test_a_change_brings_the_investigator_back_to_what_waits(trial, subject, as_user):
    sign_all(trial, subject)
    form = subject.forms.get(code="demography")
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(subject, "demography", record, visit="SCR", case_form=form, reason="typing error")
    assert begins(as_user(trial.investigator)) == "/sign/"


def test_what_waits_at_another_site_or_is_locked_waits_for_nobody_here(trial, subject, as_user):
    other = person("otto", "investigator", trial.other_site)
    assert begins(as_user(other)) == "/subjects/"
    for form in CaseForm.objects.filter(subject=subject).select_related("subject__site", "visit"):
        lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    assert begins(as_user(trial.investigator)) == "/subjects/"


def test_a_monitor_begins_at_what_is_to_be_verified_with_the_queries_in_reach_else_at_the_queries(
    trial, subject, as_user
):
    client = as_user(trial.monitor)
    assert begins(client) == "/sdv/"
    page = client.get("/sdv/").content.decode()
    assert 'href="/queries/"' in page
    assert 'href="/subjects/"' in page
    nobody = person("maud", "monitor", trial.other_site)
    assert begins(as_user(nobody)) == "/queries/"


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("coordinator", "/subjects/"),
        ("data_manager", "/cohorts/"),
        ("sponsor", "/endpoints/"),
        ("auditor", "/endpoints/"),
        ("administrator", "/people/"),
    ],
)
def test_the_other_roles_begin_at_their_page(trial, subject, as_user, who, address):
    assert begins(as_user(getattr(trial, who))) == address


def test_the_way_in_costs_the_same_for_many_forms(trial, subject, as_user, statements):
    for user in (trial.investigator, trial.monitor):
        client = as_user(user)
        few = statements(lambda client=client: client.get("/"))
        trial.screen(trial.subject())
        assert statements(lambda client=client: client.get("/")) == few
