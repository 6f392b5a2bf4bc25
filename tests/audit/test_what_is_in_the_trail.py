"""What else but values is in the trail: questions, locks, people and their rights, the protocol's files, imports.

Whatever gets a table of its own is under the trail by tests.audit.test_every_table.
"""

import pytest

from accounts.actor import SYSTEM
from accounts.models import Membership
from accounts.roles import Role
from accounts.services import create_token, grant_membership, revoke_membership, suspend_user
from audit.kinds import KINDS, tables_of
from audit.models import AccessEvent, Event
from audit.wording import models_by_table
from review.services import answer_query, close_query, raise_query
from tests.cast import actor
from tests.signature.closed import lock_form, unlock_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return subject.forms.get(code="consent")


@pytest.fixture
def since():
    """The events since the test began to act."""
    begun = []

    def events(**conditions):
        return Event.objects.filter(id__gt=begun[0], **conditions).order_by("id")

    begun.append(Event.objects.order_by("-id").values_list("id", flat=True).first() or 0)
    return events


@pytest.mark.requirement("ICH E6(R3) 4.2.4")
def test_each_step_of_a_query_with_who_took_it_and_its_words(trial, form, since):
    query = raise_query(case_form=form, item="consent_date", text="Right?", by=actor(trial.monitor, "monitor"))
    answer_query(query=query, text="Yes", by=actor(trial.coordinator, "coordinator"))
    close_query(query=query, text="Thanks", by=actor(trial.monitor, "monitor"))
    steps = since(table_name="review_querystep", row_id__gte=1)
    mine = [step for step in steps if step.new["query_id"] == query.pk]
    assert [(step.actor_name, step.new["state"], step.new["text"]) for step in mine] == [
        ("mona", "open", "Right?"),
        ("carla", "answered", "Yes"),
        ("mona", "closed", "Thanks"),
    ]
    assert {(step.subject_id, step.site_id) for step in mine} == {(form.subject_id, trial.site.pk)}


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
def test_a_lock_and_its_end_with_their_reasons(trial, form, since):
    by = actor(trial.data_manager, "data_manager")
    lock_form(case_form=form, reason="clean", by=by)
    unlock_form(case_form=form, reason="a late report", by=by)
    turns = since(table_name="assessments_caseform", case_form_id=form.pk)
    assert [(turn.reason, bool(turn.new["locked_at"])) for turn in turns] == [("clean", True), ("a late report", False)]


@pytest.mark.requirement("EMA 2023 user management")
def test_a_role_given_and_taken_back_a_token_and_a_suspension(trial, since):
    by = actor(trial.administrator, "administrator")
    given = grant_membership(user=trial.coordinator, role=Role.COORDINATOR, site=trial.other_site, by=by)
    revoke_membership(membership=given, reason="back home", by=by)
    create_token(user=trial.coordinator, by=SYSTEM)
    suspend_user(user=trial.coordinator, reason="left", by=by)
    writes = [(event.table_name, event.action, event.actor_name) for event in since()]
    assert ("accounts_membership", "insert", trial.administrator.username) in writes
    assert ("accounts_membership", "update", trial.administrator.username) in writes
    assert ("accounts_apitoken", "insert", "system") in writes
    assert ("accounts_user", "update", trial.administrator.username) in writes
    assert not any("digest" in (event.new or {}) or "password" in (event.new or {}) for event in since())
    assert Membership.objects.get(pk=given.pk).ended_at


@pytest.mark.requirement("21 CFR 11.10(k)")
def test_the_protocol_file_that_was_read(trial):
    event = Event.objects.get(table_name="cohorts_protocolversion")
    assert (event.reason, event.action) == ("protocol file read", "insert")
    assert event.new["sha256"] and event.new["content"]


@pytest.mark.requirement("21 CFR 11.10(h)", "ICH E6(R3) 4.2.5")
def test_an_import_by_its_channel(trial, since):
    by = actor(trial.coordinator, "coordinator", "import")
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR", by=by)
    assert {event.table_name for event in since(channel="import")} >= {"assessments_caseform", "assessments_consent"}


def test_a_file_that_was_taken(trial, client):
    client.force_login(trial.data_manager)
    assert b"".join(client.get("/trail.csv?who=dora").streaming_content)
    taken = AccessEvent.objects.get(kind="export")
    assert (taken.actor_name, taken.detail) == (trial.data_manager.username, "trail as CSV, filter: who=dora")


def test_every_table_that_a_reader_may_look_for_is_of_some_kind():
    from tests.audit.test_every_table import record_tables

    of_a_kind = {table for code in KINDS for table in tables_of(code)}
    assert record_tables().keys() - of_a_kind == set()
    assert of_a_kind <= models_by_table().keys()
