"""Who has the database's password and a user's live session: the database lets it write what the user's right lets.

Without a session it writes nothing (test_who_is_here); with one it cannot grow.
"""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.actor import SYSTEM, acting
from accounts.models import User
from accounts.roles import ROLES, Permission
from assessments.models import CaseForm
from audit.rights import RIGHTS
from laboratory.models import ReferenceRange
from signature.closing import Reach, reopen, shut
from signature.models import Closure, ClosureState
from tests.cast import Trial, actor
from tests.servers import as_the_site

pytestmark = pytest.mark.requirement("21 CFR 11.10(d)", "21 CFR 11.10(g)", "EMA 2023 back-end changes")

As = Callable[[User, str], psycopg.Connection]


@pytest.fixture
def trial(committed_db: None) -> Trial:
    """A subject of site 101, screened and locked by the data manager."""
    made = Trial()
    made.screen(subject := made.subject())
    by = actor(made.data_manager, "data_manager")
    shut(reach=Reach(subject.site, subject), state=ClosureState.LOCKED, reason="clean", by=by)
    return made


@pytest.fixture
def as_user(trial: Trial) -> Iterator[As]:
    """The site's role, entered by a session of this user's and saying so."""
    opened = []

    def entered(user: User, role: str) -> psycopg.Connection:
        client = Client()
        client.force_login(user)
        session = psycopg.connect(as_the_site(), autocommit=True)
        opened.append(session)
        session.execute("SELECT edc.enter(%s)", [client.session.session_key])
        variables = (("sites", "all"), ("actor_id", user.pk), ("actor_name", user.username), ("role", role))
        for name, value in variables:
            session.execute("SELECT set_config(%s, %s, false)", [f"edc.{name}", str(value)])
        return session

    yield entered
    for session in opened:
        session.close()


GROWING = {
    "a role at all sites": "INSERT INTO accounts_membership (user_id, role, granted_at)"
    " VALUES (%(own)s, 'administrator', now())",
    "another's role ended": "UPDATE accounts_membership SET ended_at = now() WHERE user_id <> %(own)s",
    "another's password": "UPDATE accounts_user SET password = 'known' WHERE id <> %(own)s",
    "another's address for mail": "UPDATE accounts_user SET email = 'me@example.org' WHERE id <> %(own)s",
    "another suspended": "UPDATE accounts_user SET is_active = false WHERE id <> %(own)s",
    "another's second factor": "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
    " SELECT id, 'totp', '{}', now() FROM accounts_user WHERE id <> %(own)s",
    "another's statement": "INSERT INTO accounts_acceptance (user_id, version, text, printed_name, accepted_at)"
    " SELECT id, 'x', 'x', 'x', now() FROM accounts_user WHERE id <> %(own)s",
    "a site closed": "UPDATE accounts_site SET is_active = false",
}
CLINICAL = {
    "a value": "UPDATE assessments_consent SET consent_given = 'N'",
    "a form's standing": "UPDATE assessments_caseform SET state = 'draft'",
    "a laboratory value": "UPDATE assessments_haematology SET sample_time = '08:00'",
    "a subject's standing": "UPDATE cohorts_subject SET status = 'withdrawn'",
    "a visit's day": "UPDATE cohorts_visit SET visit_date = '2008-01-01'",
    "a cohort": "UPDATE cohorts_cohort SET is_open = NOT is_open",
    "a limit of normal": "UPDATE laboratory_referencerange SET low = 0",
}


def test_nobody_but_an_administrator_gives_rights_or_touches_another_s_account(trial: Trial, as_user: As) -> None:
    for role in (role for role in ROLES if Permission.MANAGE_USERS not in ROLES[role].permissions):
        user = getattr(trial, role)
        session = as_user(user, role)
        for what, statement in GROWING.items():
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="takes a right that this user does not"):
                session.execute(statement, {"own": user.pk})
                pytest.fail(f"{role}: {what}")
        session.execute("UPDATE accounts_user SET password_changed_at = now() WHERE id = %s", [user.pk])  # one's own
    session = as_user(trial.administrator, "administrator")
    session.execute("UPDATE accounts_user SET email = 'new@example.org' WHERE id = %s", [trial.monitor.pk])
    session.execute("UPDATE accounts_site SET is_active = false WHERE id = %s", [trial.other_site.pk])


def test_who_may_change_no_record_changes_none_by_sql_either(trial: Trial, as_user: As) -> None:
    form = CaseForm.objects.get(code="consent")
    by = actor(trial.data_manager, "data_manager")
    reopen(reach=Reach(trial.site, form.subject), state=ClosureState.LOCKED, reason="to go on", by=by)
    with acting(SYSTEM):
        ReferenceRange.objects.create(site=trial.site, analyte="HGB", unit="g/dL", low=1, valid_from="2007-01-01")
    for role in ("monitor", "sponsor", "auditor", "administrator"):
        session = as_user(getattr(trial, role), role)
        unseen = set()
        for what, statement in CLINICAL.items():
            try:
                assert not session.execute(statement).rowcount, f"{role}: {what}"
                unseen.add(what)
            except psycopg.errors.InsufficientPrivilege as refusal:
                assert "takes a right" in str(refusal) or "row-level security" in str(refusal), what
        # An administrator is shown no record: what is not seen is not changed, and nothing is said of it.
        assert unseen == ({*CLINICAL} - {"a cohort"} if role == "administrator" else set())


LOCK = (
    "UPDATE signature_closure SET reopened_at = now(), reopened_by = %(as)s, reopened_for = 'a word'"
    " WHERE state = 'locked'"
)
SHUT = (
    "INSERT INTO signature_closure (scope, state, site_id, subject_id, place, closed_at, closed_by, reason, overridden,"
    " reopened_by, reopened_for) SELECT 'subject', %(state)s, site_id, id, '', now() + %(late)s * interval '1 day',"
    " %(as)s, 'x', '', '', '' FROM cohorts_subject"
)


@pytest.mark.requirement("ICH E6(R3) 4.2.6")
def test_a_lock_is_ended_and_set_by_who_may_lock_alone(trial: Trial, as_user: As) -> None:
    for user, role in (("coordinator", "coordinator"), ("monitor", "monitor"), ("investigator", "investigator")):
        session = as_user(getattr(trial, user), role)
        for name in ("dora", getattr(trial, user).username):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"by who has the right to|takes a right"):
                session.execute(LOCK, {"as": name})
    assert Closure.objects.get().reopened_at is None
    session = as_user(trial.data_manager, "data_manager")
    for wrong in ({"as": "mona"}, {"as": "mona", "state": "frozen", "late": 0}):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="in their own name"):
            session.execute(SHUT if "state" in wrong else LOCK, wrong)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="at the time it says"):
        session.execute(SHUT, {"as": "dora", "state": "frozen", "late": -30})
    session.execute(LOCK, {"as": "dora"})
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="by who has the right to"):
        session.execute(LOCK, {"as": "dora"})  # what was opened once is history
    as_user(trial.monitor, "monitor").execute(SHUT, {"as": "mona", "state": "frozen", "late": 0})


def test_nobody_signs_whose_role_does_not(trial: Trial, as_user: As) -> None:
    form = CaseForm.objects.get(code="consent")
    session = as_user(trial.data_manager, "data_manager")
    session.execute(LOCK, {"as": "dora"})
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="takes a right"):
        session.execute(
            "INSERT INTO signature_signature (case_form_id, subject_id, act, version, signer_id, username,"
            " printed_name, role, meaning, signed_at, content, digest)"
            " VALUES (%s, %s, gen_random_uuid(), 1, %s, 'dora', 'Dora', 'data_manager', 'x', now(), 'x', 'x')",
            [form.pk, form.subject_id, trial.data_manager.pk],
        )


LINE = "INSERT INTO audit_accessevent (actor_id, actor_name, kind, path, detail, at) VALUES (%s, %s, %s, '', '', %s)"
LONG_AGO = "2001-01-01T00:00Z"


@pytest.mark.requirement("EMA 2023 audit trail")
def test_no_line_of_the_log_of_access_is_made_for_another_or_for_another_day(trial: Trial, as_user: As) -> None:
    of_carla = as_user(trial.coordinator, "coordinator")
    nobody = as_user(trial.coordinator, "coordinator")
    nobody.execute("SELECT edc.leave()")
    dora, carla = (trial.data_manager.pk, "dora"), (trial.coordinator.pk, "carla")
    for session, who, kind in (
        (of_carla, dora, "export"),
        (of_carla, (carla[0], "dora"), "export"),
        (of_carla, (None, "dora"), "export"),
        (of_carla, (None, "nobody"), "export"),
        (nobody, dora, "sign_in"),
        (nobody, carla, "sign_out"),
        (nobody, (None, "system"), "protocol"),
        (nobody, (None, "dora"), "refused"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is not of whom this session is"):
            session.execute(LINE, [*who, kind, LONG_AGO])
    of_carla.execute(LINE, [*carla, "export", LONG_AGO])
    nobody.execute(LINE, [None, "nobody", "refused", LONG_AGO])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_accessevent WHERE at < now() - interval '1 minute'")
        assert cursor.fetchone() == (0,)


def test_what_a_user_was_answered_is_shown_to_them_alone(trial: Trial, as_user: As) -> None:
    """A receipt keeps the answer, with whatever of the record stands in it."""
    receipt = (
        "INSERT INTO receipts_receipt (user_id, key, request, rights, body, at) VALUES (%s, 'k', '', '', 'x', now())"
    )
    carla, stella = as_user(trial.coordinator, "coordinator"), as_user(trial.stranger, "coordinator")
    carla.execute(receipt, [trial.coordinator.pk])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        stella.execute(receipt, [trial.data_manager.pk])
    assert [session.execute("SELECT count(*) FROM receipts_receipt").fetchone() for session in (carla, stella)] == [
        (1,),
        (0,),
    ]
    carla.execute("SELECT edc.leave()")
    assert carla.execute("SELECT count(*) FROM receipts_receipt").fetchone() == (0,)


WORKER = {
    "an estimate": "UPDATE endpoints_estimate SET figures = '{}'",
    "an outcome": "UPDATE endpoints_outcome SET derivation = '{}'",
    "an estimate of its own": "INSERT INTO endpoints_estimate (population) VALUES ('P2')",
    "what waits to be derived": "DELETE FROM endpoints_mark",
    "a block of the seal": "INSERT INTO audit_seal (number) VALUES (1)",
    "a doubt about a signature": "DELETE FROM signature_doubt",
    "what a verification found": "UPDATE audit_wholeverified SET faults = '[]', fault_count = 0",
    "that the worker was at work": "UPDATE trialsite_heartbeat SET at = now()",
    "what strangers tried": "DELETE FROM audit_stranger",
    "the numbers of the trail": "SELECT nextval('audit_event_id_seq')",
    "who had locked what": "SELECT signature_require_open_form(ARRAY(SELECT generate_series(1, 99))::bigint[], false)",
}


@pytest.mark.requirement("ICH E6(R3) 4.2.2")
def test_what_the_worker_alone_does_the_site_s_role_does_not(as_user: As, trial: Trial) -> None:
    session = as_user(trial.data_manager, "data_manager")
    for what, statement in WORKER.items():
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            session.execute(statement)
            pytest.fail(what)


def test_each_right_that_a_table_asks_for_is_held_by_its_trail(as_owner: psycopg.Connection) -> None:
    """The trail's trigger asks: a table without one would not."""
    trails = as_owner.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trail' AND tgenabled = 'A'"
    )
    under = {table for (table,) in trails.fetchall()}
    guarded = {table for (table,) in as_owner.execute("SELECT table_name FROM edc.writer").fetchall()}
    assert guarded == {table for table, rights in RIGHTS.items() if rights.by is not None}
    assert guarded - under == set()
    # Whoever saves moves the counts of a form; the digest is the worker's.
    assert under - guarded == {"sdv_formverification", "worklists_digest"}


@pytest.mark.django_db
def test_what_may_be_called_with_the_owner_s_rights_beside_those_of_the_entrance_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'edc') AND prosecdef"
            " AND prorettype <> 'trigger'::regtype AND has_function_privilege(%s, p.oid, 'EXECUTE')",
            [settings.APPLICATION_ROLE],
        )
        assert cursor.fetchall() == [("audit_unsealed()",)]
