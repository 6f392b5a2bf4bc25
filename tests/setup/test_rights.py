"""What the application's role may do with each table, as the database's catalogue says, against audit.rights."""

import os
from collections.abc import Iterator
from functools import cache

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.db import connection, connections

from audit.management.commands.setup_database import columns_of_tables, grant_rights
from audit.rights import RIGHTS
from tests.audit.test_every_table import NOT_THE_RECORD
from tests.cast import Trial, actor
from tests.servers import as_the_site

WHOLE = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
# Rows of the record that go, as the program has it; each is in the trail when it does.
GOING = {
    "accounts_apitoken",
    "assessments_itemabsence",
    "assessments_lesionresult",
    "assessments_untakentext",
    "cohorts_visit",
    "review_keptfilter",
    "signature_doubt",
}


@cache
def tables() -> list[str]:
    return sorted(RIGHTS)


@pytest.fixture
def session(committed_db: None) -> Iterator[psycopg.Connection]:
    """The site's role in a session of its own."""
    with psycopg.connect(as_the_site(), autocommit=True) as session:
        yield session


@pytest.mark.requirement("EMA 2023 back-end changes", "21 CFR 11.10(c)", "21 CFR 11.10(d)")
@pytest.mark.django_db
@pytest.mark.parametrize("role", [settings.APPLICATION_ROLE, settings.WORKER_ROLE])
@pytest.mark.parametrize("table", tables())
def test_each_role_has_of_a_table_the_rights_of_its_line_and_no_other(table: str, role: str) -> None:
    line = RIGHTS[table] if role == settings.WORKER_ROLE else RIGHTS[table].of_the_site()
    with connection.cursor() as cursor:
        columns = columns_of_tables(cursor)[table]
        assert _held(cursor, "has_table_privilege(%s, %s, 'SELECT')", role, table)
        held = [right for right in WHOLE if _held(cursor, "has_table_privilege(%s, %s, %s)", role, table, right)]
        may = "has_column_privilege(%s, %s, %s, 'UPDATE')"
        updated = [column for column in columns if _held(cursor, may, role, table, column)]
    # A right on the whole table would be one on each column to come.
    assert held == line.held
    assert sorted(updated) == line.updated(columns, settings.SYNTHETIC_DATA)
    assert {*line.update, *line.update_but, *line.synthetic} <= {*columns}
    whole = RIGHTS[table]
    changes = whole.updated(columns, settings.SYNTHETIC_DATA) or whole.delete
    assert bool(line.because) == bool(changes), "what changes or goes says why"


def _held(cursor: object, question: str, *values: str) -> bool:
    return bool(cursor.execute(f"SELECT {question}", values).fetchone()[0])  # type: ignore[attr-defined]


def test_nothing_of_the_record_goes_but_what_is_named_here() -> None:
    ours = {name for name in settings.INSTALLED_APPS if "." not in name}
    record = {
        model._meta.db_table for model in apps.get_models() if model._meta.app_config.name in ours
    } - NOT_THE_RECORD
    assert {table for table in record if RIGHTS[table].delete} == GOING


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_table_without_a_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RIGHTS, "signature_closure")
    with pytest.raises(CommandError, match="signature_closure"):
        grant_rights(connections["owner"], "edc_app")


def test_rights_that_were_given_before_are_taken_away(committed_db: None) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("GRANT ALL ON signature_closure TO edc_app")
        owner.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO edc_app")
        grant_rights(connections["owner"], "edc_app")
        owner.execute("CREATE TABLE later (id int)")
        question = (
            "SELECT has_table_privilege('edc_app', %s, 'DELETE'), has_table_privilege('edc_app', 'later', 'SELECT')"
        )
        assert owner.execute(question, ["signature_closure"]).fetchone() == (False, False)
    connections["owner"].close()


LOST = {
    "opening a lock without a word": "DELETE FROM signature_closure",
    "another's lock": "UPDATE signature_closure SET closed_by = 'ines', closed_at = now() - interval '1 year'",
    "a lock's place": "UPDATE signature_closure SET subject_id = NULL, scope = 'site'",
    "a signature": "DELETE FROM signature_signature",
    "an acceptance of the statement": "DELETE FROM accounts_acceptance",
    "a training": "UPDATE accounts_training SET held_on = '2001-01-01'",
    "a decision of the dose committee": "DELETE FROM safety_doseleveldecision",
    "what a serious event's report says": "UPDATE safety_seriousreport SET content = '{}'",
    "a report of a serious event": "DELETE FROM safety_seriousreport",
    "a subject": "DELETE FROM cohorts_subject",
    "a subject's site": "UPDATE cohorts_subject SET site_id = site_id",
    "a form": "DELETE FROM assessments_caseform",
    "the subject of a form": "UPDATE assessments_caseform SET subject_id = subject_id",
    "the stamp of a lock": "UPDATE assessments_caseform SET locked_at = NULL, locked_by = ''",
    "a record": "DELETE FROM assessments_demography",
    "the form of a record": "UPDATE assessments_demography SET case_form_id = case_form_id",
    "a query": "DELETE FROM review_query",
    "a step of a query": "UPDATE review_querystep SET text = ''",
    "who was verified by whom": "UPDATE sdv_verification SET verified_by = 'mona'",
    "a user's name": "UPDATE accounts_user SET username = 'ines2'",
    "rights by a flag": "UPDATE accounts_user SET is_superuser = true",
    "a role at another site": "UPDATE accounts_membership SET site_id = NULL, role = 'auditor'",
    "what a protocol file said": "UPDATE cohorts_protocolversion SET content = ''",
    "the protocol in force": "UPDATE protocol_inforce SET version = '2'",
    "emptying": "TRUNCATE assessments_openform",
}


@pytest.mark.requirement("EMA 2023 back-end changes", "ICH E6(R3) 4.2.6")
def test_what_the_program_never_does_the_application_s_role_cannot(session: psycopg.Connection) -> None:
    trial = Trial()
    trial.screen(trial.subject())
    for what, statement in LOST.items():
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table"):
            session.execute(statement)
            pytest.fail(what)


@pytest.mark.requirement("ICH E6(R3) 4.2.6", "EMA 2023 back-end changes")
def test_a_locked_subject_stays_locked_when_its_lock_is_to_be_deleted(session: psycopg.Connection) -> None:
    from assessments.models import CaseForm
    from signature.closing import Reach, shut
    from signature.models import ClosureState

    trial = Trial()
    trial.screen(subject := trial.subject())
    by = actor(trial.data_manager, "data_manager")
    shut(reach=Reach(subject.site, subject), state=ClosureState.LOCKED, reason="clean", by=by)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("DELETE FROM signature_closure WHERE subject_id = %s", [subject.pk])
    assert not CaseForm.objects.filter(subject=subject, locked_at=None).exists()
