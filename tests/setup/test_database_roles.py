"""The application's role may work with the records, and may do nothing to the trail or to the tables."""

import pytest
from django.db import ProgrammingError, connection, transaction

pytestmark = pytest.mark.django_db


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


def test_tests_run_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT current_user").fetchone() == ("edc_app",)


def test_the_application_owns_nothing() -> None:
    with connection.cursor() as cursor:
        owned = "SELECT count(*) FROM pg_class WHERE relowner = 'edc_app'::regrole"
        assert cursor.execute(owned).fetchone() == (0,)


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


def test_the_application_may_only_do_with_the_trail_what_the_trail_allows() -> None:
    from django.apps import apps

    for table, rights in apps.get_app_config("audit").append_only_tables.items():
        with connection.cursor() as cursor:
            asked = "SELECT has_table_privilege('edc_app', %s, %s)"
            held = [
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
                if cursor.execute(asked, [table, right]).fetchone() == (True,)
            ]
        assert sorted(held) == sorted(rights), table
