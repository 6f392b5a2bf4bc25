import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import CLOSING, SETTINGS, SYSTEM, Actor, acting

ANNA = Actor(7, "anna", "investigator", "screen")

pytestmark = pytest.mark.django_db


def actor_of_session() -> tuple[str | None, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in SETTINGS))
        row = cursor.fetchone()
    assert row is not None
    return tuple(value or "" for value in row)


def held() -> bool:
    """Whether this transaction stands in the way of whoever locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND objid = %s",
            [CLOSING % 2**32],
        )
        return bool(cursor.fetchone() == (1,))


def test_the_transaction_says_who_in_which_role_why_and_by_which_channel() -> None:
    with acting(ANNA, reason="typing error"):
        assert actor_of_session() == ("7", "anna", "investigator", "typing error", "screen")


def test_nobody_is_behind_what_comes_after() -> None:
    with acting(ANNA):
        pass
    assert actor_of_session() == ("", "", "", "", "")


def test_an_actor_within_another_gives_way_to_the_first_again() -> None:
    with acting(ANNA, reason="first"):
        with acting(SYSTEM, reason="second"):
            assert actor_of_session()[1] == "system"
        assert actor_of_session()[1] == "anna"
        assert actor_of_session()[3] == "first"


def test_a_failure_within_leaves_the_first_actor_in_place() -> None:
    with acting(ANNA):
        with pytest.raises(ZeroDivisionError), acting(SYSTEM):
            raise ZeroDivisionError
        assert actor_of_session()[1] == "anna"


def test_a_failure_outside_leaves_nobody_behind() -> None:
    with pytest.raises(ZeroDivisionError), acting(ANNA):
        raise ZeroDivisionError
    assert actor_of_session()[1] == ""


def test_the_same_actor_again_costs_no_statement_but_the_savepoint() -> None:
    with acting(ANNA), CaptureQueriesContext(connection) as statements, acting(ANNA):
        pass
    assert [statement["sql"].split()[0] for statement in statements.captured_queries] == ["SAVEPOINT", "RELEASE"]


def test_what_no_lock_shuts_does_not_wait_for_one() -> None:
    with acting(ANNA, reason="sign-in", waits=False):
        assert (actor_of_session()[1], held()) == ("anna", False)


def test_a_write_to_the_record_within_waits_before_it_holds_a_row_also_by_the_same_actor() -> None:
    for inner in (ANNA, SYSTEM):
        with acting(ANNA, waits=False), transaction.atomic():
            with acting(inner):
                assert (actor_of_session()[1], held()) == (inner.name, True)
            assert actor_of_session()[1] == "anna"
            transaction.set_rollback(True)


def test_what_has_waited_once_waits_no_more() -> None:
    with acting(ANNA), CaptureQueriesContext(connection) as statements, acting(ANNA, waits=False), acting(ANNA):
        pass
    assert {statement["sql"].split()[0] for statement in statements.captured_queries} == {"SAVEPOINT", "RELEASE"}


def test_it_is_refused_inside_a_broken_transaction_rather_than_forgotten() -> None:
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        transaction.set_rollback(True)
        with acting(ANNA):
            pass
