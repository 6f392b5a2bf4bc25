"""The tests' own database is put back after each test that commits: rows, numbers, tables and rights."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection

from accounts.actor import acting
from accounts.models import Site
from audit.models import Event
from in_force.models import InForce
from signature.models import Signature
from signature.signing import sign_forms
from tests.cast import SETUP, Trial, actor
from tests.servers import TestServers
from tests.unlimited import unlimited


@pytest.fixture
def signed(database: TestServers) -> Signature:
    # A test before, that commits nothing, may have changed a trigger and changed it back.
    database.as_migrated.restore()
    connection.close()
    trial = Trial()
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)
    return Signature.objects.get()


def session() -> int:
    return int(connection.connection.info.backend_pid)


def test_rows_and_their_numbers_go_and_the_session_stays(signed: Signature, database: TestServers) -> None:
    before = session()
    assert database.as_migrated.restore(before)
    assert not Signature.objects.exists()
    assert not Event.objects.exists()
    with acting(SETUP):
        assert Site.objects.create(code="101", name="North Hospital", country="France").pk == 1
    assert session() == before


@pytest.mark.parametrize("change", ["SELECT 1", "CREATE TABLE extra ()"])
def test_a_version_of_the_protocol_gets_no_key_that_another_one_had(
    database: TestServers, as_owner: Any, change: str
) -> None:
    before = took_force()
    as_owner.execute(change)
    database.as_migrated.restore()
    connection.close()
    assert not InForce.objects.exists()
    assert took_force() == before + 1


def took_force() -> int:
    with acting(SETUP):
        return InForce.objects.create(code="X", version="1", sha256="a" * 64).pk


def test_what_refuses_every_write_refuses_it_again(signed: Signature, database: TestServers) -> None:
    assert database.as_migrated.restore(session())
    with pytest.raises(DatabaseError, match="never changed or deleted"), unlimited():
        Signature.objects.update(meaning="none")
    with pytest.raises(DatabaseError, match="needs an actor"):
        Site.objects.create(code="101", name="North Hospital", country="France")


def test_rows_that_migrations_put_in_come_back(database: TestServers) -> None:
    kept = list(Permission.objects.order_by("pk").values_list())
    assert kept
    with unlimited():
        Permission.objects.first().delete()  # type: ignore[union-attr]
    assert database.as_migrated.restore(session())
    assert list(Permission.objects.order_by("pk").values_list()) == kept


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE extra ()",
        "ALTER TABLE accounts_site DISABLE TRIGGER trail",
        "ALTER TABLE accounts_site ADD extra integer",
        "GRANT DELETE ON accounts_site TO edc_app",
        "DROP FUNCTION signature_stands() CASCADE",
        "DROP POLICY site_isolation ON cohorts_subject",
    ],
)
def test_a_database_of_another_shape_is_copied(database: TestServers, as_owner: Any, change: str) -> None:
    as_owner.execute(change)
    assert not database.as_migrated.restore()
    connection.close()
    assert database.as_migrated.restore()
