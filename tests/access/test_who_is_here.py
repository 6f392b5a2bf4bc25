"""Who has the site's password for the database, and what of it is whose: held by how a session of it is entered."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from accounts.models import ApiToken, Session, SignIn, User
from accounts.roles import ROLES, Permission
from accounts.services import create_token, revoke_token, suspend_user
from accounts.sessions import kept_as, proof_of_session
from accounts.standing import end_all_sessions
from assessments.models import CaseForm
from database.entering import proof_of
from tests.accounts.staff import signed_in
from tests.cast import Trial
from tests.servers import as_the_site

pytestmark = pytest.mark.requirement("21 CFR 11.10(d)", "EMA 2023 back-end changes")

WITHDRAW = "UPDATE cohorts_subject SET status = 'withdrawn'"


@pytest.fixture
def trial(committed_db: None) -> Trial:
    """A subject at each of two sites."""
    made = Trial()
    for site in (made.site, made.other_site):
        made.subject(site)
    return made


@pytest.fixture
def psql(trial: Trial) -> Iterator[psycopg.Connection]:
    """The site's role in a session of its own, which says that it is shown everything."""
    with psycopg.connect(as_the_site(), autocommit=True) as session:
        session.execute("SELECT edc.leave(), set_config('edc.sites', 'all', false)")
        yield session


def key_of(client: Client) -> str:
    return str(client.session.session_key)


def seen(psql: psycopg.Connection) -> int:
    return int(psql.execute("SELECT count(*) FROM cohorts_subject").fetchone()[0])  # type: ignore[index]


def here(psql: psycopg.Connection) -> int:
    """The user whom the session is entered by; 0 is nobody."""
    return int(psql.execute("SELECT currval('edc.actor')").fetchone()[0])  # type: ignore[index]


def say(psql: psycopg.Connection, user: User, role: str, name: str = "") -> None:
    actor = (str(user.pk), name or user.username, role)
    psql.execute(
        "SELECT set_config('edc.actor_id', %s, false), set_config('edc.actor_name', %s, false),"
        " set_config('edc.role', %s, false)",
        actor,
    )


def refused(psql: psycopg.Connection, statement: str = WITHDRAW) -> bool:
    try:
        psql.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_settings_alone_show_nothing_and_write_nothing(trial: Trial, psql: psycopg.Connection) -> None:
    say(psql, trial.administrator, "administrator")
    new = "INSERT INTO accounts_training (user_id, course, held_on, recorded_by) VALUES (1, 'x', '2020-01-01', 'x')"
    assert seen(psql) == 0
    assert refused(psql, new)
    for role in ("", "none", "system"):
        say(psql, trial.coordinator, role)
        assert refused(psql, new)
    psql.execute("SELECT set_config('edc.actor_id', '', false), set_config('edc.actor_name', 'system', false)")
    assert refused(psql, new)


def test_the_key_of_a_session_gives_its_user_their_sites_and_no_more(trial: Trial, psql: psycopg.Connection) -> None:
    psql.execute("SELECT edc.enter(%s)", [key_of(signed_in(trial.coordinator))])
    assert (here(psql), seen(psql)) == (trial.coordinator.pk, 1)
    psql.execute("SELECT set_config('edc.sites', %s, false)", [str(trial.other_site.pk)])
    [label] = psql.execute("SELECT label FROM cohorts_subject").fetchone() or [""]
    assert label.startswith("101")
    psql.execute("SELECT edc.enter(%s)", [key_of(signed_in(trial.data_manager))])
    assert seen(psql) == 1  # the site that was asked for, of all
    psql.execute("SELECT set_config('edc.sites', 'all', false)")
    assert seen(psql) == 2
    psql.execute("SELECT edc.enter(%s)", [key_of(signed_in(trial.administrator))])
    assert seen(psql) == 0


def test_who_works_in_a_session_stays_so_while_its_statements_are_logged(trial: Trial) -> None:
    client = signed_in(trial.coordinator)
    for _ in range(2):
        with CaptureQueriesContext(connection):
            page = client.get("/subjects/").content.decode()
        assert "101-001" in page


def test_a_session_writes_by_its_user_s_name_in_a_role_that_is_held(trial: Trial, psql: psycopg.Connection) -> None:
    psql.execute("SELECT edc.enter(%s)", [key_of(signed_in(trial.coordinator))])
    for user, role, name in (
        (trial.investigator, "investigator", ""),
        (trial.coordinator, "investigator", ""),
        (trial.coordinator, "data_manager", ""),
        (trial.coordinator, "system", ""),
        (trial.coordinator, "coordinator", "ines"),
    ):
        say(psql, user, role, name)
        assert refused(psql), (user, role, name)
    say(psql, trial.coordinator, "coordinator")
    psql.execute(WITHDRAW)
    actor = psql.execute("SELECT actor_id, actor_name, role FROM audit_event ORDER BY id DESC LIMIT 1").fetchone()
    assert actor == (trial.coordinator.pk, "carla", "coordinator")


OWN = {
    "its actor": "SELECT setval('edc.actor', 1)",
    "its scope": "SELECT setval('edc.scope', 1)",
    "its roles": "SELECT nextval('edc.roles')",
    "the numbers behind them": "ALTER SEQUENCE edc.actor RESTART WITH 1",
    "what a scope is": "UPDATE edc.scopes SET sites = '{1,2}'",
    "a scope more": "INSERT INTO edc.scopes (sites) VALUES ('{1,2}')",
    "what a role is": "UPDATE edc.role SET bit = 1, shows = true",
    "the keys": "SELECT * FROM edc.key",
    "a key of its own": "INSERT INTO edc.key VALUES (9, '', '')",
    "a proof": "SELECT edc.proved('', '')",
    "standing as somebody": "SELECT edc.stand_as(1, '', NULL)",
    "standing anywhere": "SELECT edc.stand(1, 1, 1)",
    "the system": "SELECT edc.enter_system()",
    "a function of the same name": "CREATE FUNCTION edc.leave(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
}


@pytest.mark.parametrize("what", OWN)
def test_where_it_is_written_the_site_s_role_writes_nothing(psql: psycopg.Connection, what: str) -> None:
    with pytest.raises(psycopg.Error, match=r"permission denied|must be owner"):
        psql.execute(OWN[what])
    assert here(psql) == 0


def forged(user: User, key: str, proof: str = "", ends: Any = None) -> Session:
    return Session(
        session_key=kept_as(key),
        session_data="x",
        expire_date=ends or timezone.now() + timedelta(hours=1),
        user_id=user.pk,
        proof=proof,
    )


def test_a_session_s_row_made_or_changed_by_sql_enters_nobody(trial: Trial, psql: psycopg.Connection) -> None:
    session = Session.objects.get(session_key=kept_as(key_of(signed_in(trial.coordinator))))
    key = key_of(signed_in(trial.coordinator))
    forged(trial.administrator, "planted-1").save()
    forged(trial.administrator, "planted-2", session.proof, session.expire_date).save()
    for planted in ("planted-1", "planted-2"):
        psql.execute("SELECT edc.enter(%s)", [planted])
        assert here(psql) == 0
    psql.execute("SELECT edc.enter(%s)", [key])
    assert here(psql) == trial.coordinator.pk
    for change in ("user_id = %s", "expire_date = expire_date + interval '1 day' + %s * interval '0'"):
        with psql.transaction(force_rollback=True):
            psql.execute(
                f"UPDATE accounts_session SET {change} WHERE session_key = %s", [trial.investigator.pk, kept_as(key)]
            )
            psql.execute("SELECT edc.enter(%s)", [key])
            assert here(psql) == 0, change


def test_what_a_session_keeps_is_worth_nothing_in_another_row(trial: Trial, psql: psycopg.Connection) -> None:
    """It is signed, and says who is signed in: copied into a row of one's own it would be a way in as them."""
    theirs = Session.objects.get(session_key=kept_as(key_of(signed_in(trial.data_manager))))
    session = Session.objects.get(session_key=kept_as(key := key_of(signed_in(trial.coordinator))))
    columns = "session_key, session_data, expire_date, user_id, proof"
    put = f"INSERT INTO accounts_session ({columns}) VALUES (%s, %s, %s, %s, %s)"
    for planted, user, proof in (
        ("planted-1", None, ""),
        ("planted-2", None, theirs.proof),
        ("planted-3", theirs.user_id, theirs.proof),
        ("planted-4", session.user_id, session.proof),
    ):
        psql.execute(put, [kept_as(planted), theirs.session_data, theirs.expire_date, user, proof])
    psql.execute(
        "UPDATE accounts_session SET session_data = %s WHERE session_key = %s",
        [theirs.session_data, session.session_key],
    )
    for cookie in ("planted-1", "planted-2", "planted-3", "planted-4", key):
        assert psql.execute("SELECT edc.enter(%s)", [cookie]).fetchone() == (None,)
        assert here(psql) == 0
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert client.get("/account/").status_code == 302, cookie


def test_what_the_database_keeps_of_a_session_is_no_key(trial: Trial, psql: psycopg.Connection) -> None:
    key = key_of(signed_in(trial.coordinator))
    [kept] = psql.execute("SELECT session_key FROM accounts_session WHERE user_id = %s", [trial.coordinator.pk])
    assert kept == (kept_as(key),)
    assert not SignIn.objects.filter(session_key=key).exists()
    psql.execute("SELECT edc.enter(%s)", [kept[0]])
    assert here(psql) == 0
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept[0]
    assert thief.get("/subjects/").status_code == 302


def test_a_session_that_ended_enters_nobody(trial: Trial, psql: psycopg.Connection) -> None:
    client = signed_in(trial.coordinator)
    key = key_of(client)
    row = Session.objects.get(session_key=kept_as(key))
    client.post("/accounts/logout/")
    psql.execute("SELECT edc.enter(%s)", [key])
    assert here(psql) == 0
    row.save(force_insert=True)
    psql.execute("SELECT edc.enter(%s)", [key])
    assert here(psql) == trial.coordinator.pk  # put back whole, it is the session that it was
    end_all_sessions(user=trial.coordinator, by=SYSTEM, reason="a lost computer")
    row.save(force_insert=not Session.objects.filter(pk=row.pk).exists())
    psql.execute("SELECT edc.enter(%s)", [key])
    assert here(psql) == 0  # but for what ends all of them


def test_a_suspended_user_s_session_and_token_enter_nobody(trial: Trial, psql: psycopg.Connection) -> None:
    key, token = key_of(signed_in(trial.coordinator)), create_token(user=trial.coordinator, by=SYSTEM)
    row = ApiToken.objects.get()
    suspend_user(user=trial.coordinator, by=SYSTEM, reason="left")
    with acting(SYSTEM):
        row.save(force_insert=True)  # as it was: the suspension had taken it away
    for call, given in (("edc.enter", key), ("edc.enter_by_token", token)):
        psql.execute(f"SELECT {call}(%s)", [given])
        assert here(psql) == 0


def test_a_session_past_its_time_enters_nobody(trial: Trial, psql: psycopg.Connection) -> None:
    ends = timezone.now() - timedelta(seconds=1)
    epoch = User.objects.get(pk=trial.coordinator.pk).session_epoch
    late = forged(trial.coordinator, "late", ends=ends)
    for put_off, user in ((timedelta(), 0), (timedelta(minutes=1), trial.coordinator.pk)):
        late.expire_date += put_off
        late.proof = proof_of_session(late, epoch)
        late.save()
        psql.execute("SELECT edc.enter('late')")
        assert here(psql) == user


def test_a_token_enters_with_what_it_carries(trial: Trial, psql: psycopg.Connection) -> None:
    token = create_token(user=trial.coordinator, by=SYSTEM)
    assert psql.execute("SELECT edc.enter_by_token(%s)", [token]).fetchone() == (True,)
    assert (here(psql), seen(psql)) == (trial.coordinator.pk, 1)
    revoke_token(user=trial.coordinator, by=SYSTEM)
    assert psql.execute("SELECT edc.enter_by_token(%s)", [token]).fetchone() == (False,)
    assert (here(psql), seen(psql)) == (0, 0)


def test_a_token_s_row_made_by_sql_enters_nobody(trial: Trial, psql: psycopg.Connection) -> None:
    """Not by an administrator, whose right it takes to make one for somebody else."""
    token = create_token(user=trial.administrator, by=SYSTEM)
    real = ApiToken.objects.get()
    psql.execute("SELECT edc.enter_by_token(%s)", [token])
    say(psql, trial.administrator, "administrator")
    make = (
        "INSERT INTO accounts_apitoken (user_id, digest, expires_at, scope, only_role, proof)"
        " VALUES (%s, %s, %s, 'write', '', %s)"
    )
    for proof in ("", real.proof):
        digest = ApiToken.digest_of(f"mine{proof}")
        psql.execute("DELETE FROM accounts_apitoken WHERE user_id = %s", [trial.data_manager.pk])
        psql.execute(make, [trial.data_manager.pk, digest, real.expires_at, proof])
        with psql.transaction(force_rollback=True):
            assert psql.execute("SELECT edc.enter_by_token(%s)", [f"mine{proof}"]).fetchone() == (False,)
        psql.execute("SELECT edc.enter_by_token(%s)", [token])
    assert refused(psql, "UPDATE accounts_apitoken SET expires_at = expires_at + interval '1 year'")


def test_at_the_door_only_the_site_itself_vouches_and_only_here_and_now(trial: Trial, psql: psycopg.Connection) -> None:
    user, at, backend = trial.coordinator.pk, int(time.time()), psql.info.backend_pid
    vouch = "SELECT edc.vouch(%s, %s, %s)"
    for proof in (
        (user, at, ""),
        (user, at, proof_of("vouch", user, at, backend + 1)),
        (user, at - 90, proof_of("vouch", user, at - 90, backend)),
        (trial.administrator.pk, at, proof_of("vouch", user, at, backend)),
    ):
        assert psql.execute(vouch, proof).fetchone() == (False,)
        assert here(psql) == 0
    assert psql.execute(vouch, (user, at, proof_of("vouch", user, at, backend))).fetchone() == (True,)
    assert (here(psql), seen(psql)) == (user, 0)
    say(psql, trial.coordinator, "coordinator")
    assert refused(psql, "UPDATE accounts_user SET last_login = now() WHERE username = 'carla'")
    say(psql, trial.coordinator, "none")
    assert not refused(psql, "UPDATE accounts_user SET last_login = now() WHERE username = 'carla'")


def test_who_has_not_come_in_is_told_nothing_of_the_trial(trial: Trial, psql: psycopg.Connection) -> None:
    cohorts = "(SELECT array_agg(id) FROM cohorts_cohort)"
    for question, nothing in (
        ("edc.label_is_taken('101-001')", False),
        ("(SELECT count(*) FROM edc.visit_codes())", 0),
        (f"(SELECT count(*) FROM edc.first_cycles({cohorts}))", 0),
        ("(SELECT count(*) FROM edc.entries_of_roles((SELECT array_agg(id) FROM accounts_membership)))", 0),
        ("edc.last_entry_of('setup')", None),
        ("edc.site_of('cohorts_subject', (SELECT max(last_value) FROM cohorts_subject_id_seq))", None),
        (f"(SELECT count(*) FROM edc.times_of('assessments_chemistry', 'sample', {trial.site.pk}))", 0),
    ):
        assert psql.execute(f"SELECT {question}").fetchone() == (nothing,), question


def test_what_is_told_of_the_whole_trial_is_told_to_those_whose_pages_show_it(
    trial: Trial, psql: psycopg.Connection
) -> None:
    trial.fill(trial.subject(), "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    form = CaseForm.objects.get().pk
    roles = "(SELECT array_agg(id) FROM accounts_membership)"
    # To a coordinator, a monitor, an administrator.
    answers_to = {
        "edc.label_is_taken('101-001')": (True, True, False),
        "(SELECT count(*) > 0 FROM edc.visit_codes())": (True, True, False),
        "edc.last_entry_of('carla') IS NOT NULL": (False, True, True),
        f"(SELECT count(*) > 0 FROM edc.entries_of_roles({roles}))": (False, True, True),
        f"coalesce(edc.site_of('assessments_caseform', {form}), 0) = {trial.site.pk}": (True, True, True),
        f"edc.site_of('assessments_consent', {form}) IS NOT NULL": (False, False, False),
    }
    for place, user in enumerate((trial.coordinator, trial.monitor, trial.administrator)):
        psql.execute("SELECT edc.enter(%s)", [key_of(signed_in(user))])
        for question, answers in answers_to.items():
            assert psql.execute(f"SELECT {question}").fetchone() == (answers[place],), (user, question)


def test_the_database_knows_the_roles_as_the_site_does(trial: Trial, psql: psycopg.Connection) -> None:
    held = psql.execute("SELECT name, shows FROM edc.role").fetchall()
    shows = {role.value: Permission.VIEW_SUBJECTS in definition.permissions for role, definition in ROLES.items()}
    assert dict(held) == shows
    bits = [bit for (bit,) in psql.execute("SELECT bit FROM edc.role").fetchall()]
    assert len({*bits}) == len(ROLES) and all(bit & (bit - 1) == 0 < bit for bit in bits)


OPEN = {
    "edc.by_the_list",
    "edc.conceal",
    "edc.enter",
    "edc.enter_by_token",
    "edc.entries_of_roles",
    "edc.first_cycles",
    "edc.give_next",
    "edc.is_given_by_list",
    "edc.label_is_taken",
    "edc.last_entry_of",
    "edc.leave",
    "edc.numbers_taken",
    "edc.put_instant",
    "edc.sees_lists",
    "edc.site_of",
    "edc.slots_taken",
    "edc.slots_waiting",
    "edc.strata",
    "edc.times_of",
    "edc.visit_codes",
    "edc.vouch",
}


def test_what_the_site_s_role_may_call_with_the_owner_s_rights_is_named_here(psql: psycopg.Connection) -> None:
    functions = psql.execute(
        "SELECT pronamespace::regnamespace || '.' || proname, proconfig FROM pg_proc"
        " WHERE pronamespace = 'edc'::regnamespace AND has_function_privilege(oid, 'EXECUTE')"
    ).fetchall()
    assert {name for name, _ in functions} == OPEN
    assert all(config == ["search_path=pg_catalog, public, pg_temp"] for _, config in functions)
