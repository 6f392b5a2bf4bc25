"""What the application may not do to the trail, whatever its code says."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actor import acting
from accounts.models import Site
from audit.models import AccessEvent, Event
from tests.cast import SETUP

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    with acting(SETUP):
        return Site.objects.create(code="101", name="North Hospital")


def refused(statement):
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refusal.value)


@pytest.mark.requirement("21 CFR 11.10(e)", "ICH E6(R3) 4.2.2", "ICH E6(R3) 4.2.7", "EMA 2023 audit trail")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_name = 'somebody else'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "INSERT INTO audit_event (transaction, actor_name, role, reason, channel, action, table_name, row_id)"
        " VALUES (1, 'x', '', '', '', 'update', 't', 1)",
        "UPDATE audit_accessevent SET actor_name = 'somebody else'",
        "DELETE FROM audit_accessevent",
        "TRUNCATE audit_accessevent",
    ],
)
def test_the_application_cannot_rewrite_what_was_recorded(site, statement):
    AccessEvent.objects.create(actor_name="carla", kind="sign_in")
    assert "permission denied" in refused(statement)
    assert Event.objects.filter(table_name="accounts_site").count() == 1


@pytest.mark.requirement("21 CFR 11.10(e)", "ICH E6(R3) 4.2.2", "EMA 2023 audit trail", "FDA 2024 audit trail")
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE accounts_site DISABLE TRIGGER trail",
        "DROP TRIGGER trail ON accounts_site",
        "CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "DROP TABLE audit_event",
    ],
)
def test_the_application_cannot_take_the_trail_away(statement):
    answer = refused(statement)
    assert "must be owner" in answer or "permission denied" in answer


def test_a_replica_s_session_does_not_get_past_the_trail(site):
    assert "permission denied" in refused("SET session_replication_role = replica")


@pytest.mark.requirement("21 CFR 11.10(e)", "EMA 2023 audit trail")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_site SET time_zone = 'Europe/Paris'",
        "INSERT INTO cohorts_cohort (code, is_open) VALUES ('X', true)",
        "INSERT INTO accounts_site (code, name, country, time_zone, is_active) VALUES ('999', 'N', '', 'UTC', true)",
    ],
)
def test_a_write_with_nobody_behind_it_is_refused_from_raw_sql_too(site, statement):
    assert "needs an actor" in refused(statement)
    assert (Site.objects.get().name, Site.objects.get().time_zone) == ("North Hospital", "UTC")


@pytest.mark.requirement("21 CFR 11.10(e)", "EMA 2023 audit trail")
def test_a_write_by_raw_sql_with_an_actor_is_recorded_with_old_and_new(site):
    with acting(SETUP, reason="renamed"), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_site SET time_zone = 'Europe/Paris'")
    event = Event.objects.latest("id")
    assert (event.action, event.old, event.new) == ("update", {"time_zone": "UTC"}, {"time_zone": "Europe/Paris"})
    assert (event.actor_name, event.reason, event.site_id) == ("setup", "renamed", site.pk)


def test_the_owner_of_the_trail_is_not_the_application(as_owner):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableowner, current_user FROM pg_tables WHERE tablename = 'audit_event'")
        owner, user = cursor.fetchone()
    assert owner != user


def test_no_temporary_table_comes_before_those_that_a_function_with_the_owner_s_rights_means():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        functions = dict(cursor.fetchall())
    assert "audit_record" in functions
    search_path = ["search_path=pg_catalog, public, pg_temp"]
    assert {name: settings for name, settings in functions.items() if settings != search_path} == {}
