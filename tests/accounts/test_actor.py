import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import SETTINGS, SYSTEM, Actor, acting

ANNA = Actor(7, "anna", "investigator", "screen")

pytestmark = pytest.mark.django_db


def told() -> tuple[str | None, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in SETTINGS))
        found = cursor.fetchone()
    assert found is not None
    return tuple(value or "" for value in found)


def test_the_transaction_says_who_in_which_role_why_and_by_which_channel() -> None:
    with acting(ANNA, reason="typing error"):
        assert told() == ("7", "anna", "investigator", "typing error", "screen")


def test_nobody_is_behind_what_comes_after() -> None:
    with acting(ANNA):
        pass
    assert told() == ("", "", "", "", "")


def test_an_actor_within_another_gives_way_to_the_first_again() -> None:
    with acting(ANNA, reason="first"):
        with acting(SYSTEM, reason="second"):
            assert told()[1] == "system"
        assert told()[1] == "anna"
        assert told()[3] == "first"


def test_a_failure_within_leaves_the_first_actor_in_place() -> None:
    with acting(ANNA):
        with pytest.raises(ZeroDivisionError), acting(SYSTEM):
            raise ZeroDivisionError
        assert told()[1] == "anna"


def test_a_failure_outside_leaves_nobody_behind() -> None:
    with pytest.raises(ZeroDivisionError), acting(ANNA):
        raise ZeroDivisionError
    assert told()[1] == ""


def test_the_same_actor_again_costs_no_statement_but_the_savepoint() -> None:
    with acting(ANNA), CaptureQueriesContext(connection) as asked, acting(ANNA):
        pass
    assert [one["sql"].split()[0] for one in asked.captured_queries] == ["SAVEPOINT", "RELEASE"]


def test_it_is_refused_inside_a_broken_transaction_rather_than_forgotten() -> None:
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        transaction.set_rollback(True)
        with acting(ANNA):
            pass
