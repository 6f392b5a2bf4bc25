"""The application's role may work with the records, and may do nothing to the trail or to the tables."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from audit.management.commands.setup_database import refuse_too_mighty
from tests.servers import TestServers


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@pytest.mark.django_db
def test_tests_run_as_the_worker_s_role() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT current_user").fetchone() == ("edc_worker",)


@pytest.mark.django_db
def test_the_application_owns_nothing() -> None:
    with connection.cursor() as cursor:
        owned = "SELECT count(*) FROM pg_class WHERE relowner IN ('edc_app'::regrole, 'edc_worker'::regrole)"
        assert cursor.execute(owned).fetchone() == (0,)


@pytest.mark.requirement("EMA 2023 back-end changes")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (id int)",
        "CREATE TEMPORARY TABLE accounts_user (id int)",
        "DROP TABLE accounts_user",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "TRUNCATE accounts_user",
        "SET session_replication_role = replica",
        "UPDATE django_migrations SET name = 'x'",
        "SET ROLE edc_owner",
    ],
)
def test_the_application_may_not_change_the_structure(statement: str) -> None:
    assert refused(statement)


def test_one_role_for_both_is_refused_in_production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["owner"].settings_dict, "USER", "edc_worker")
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="connects as the owner of the tables"):
        call_command("setup_database")


@pytest.mark.django_db(databases=["default", "owner"])
def test_an_application_role_that_may_act_as_the_owner_is_refused(as_owner: Any) -> None:
    with pytest.raises(CommandError, match="may act as the owner"):
        refuse_too_mighty(connections["owner"], "postgres")
    refuse_too_mighty(connections["owner"], "edc_app")
    assert as_owner.execute("SELECT current_user").fetchone() == ("edc_owner",)


def test_a_database_put_back_after_a_test_keeps_the_same_rights(
    committed_db: None, broker: TestServers, as_owner: Any
) -> None:
    connections.close_all()
    as_owner.execute("CREATE TABLE accounts_extra ()")
    assert not broker.as_migrated.restore()
    assert refused("CREATE TEMPORARY TABLE accounts_user (id int)")
    assert refused("CREATE TABLE extra (id int)")
