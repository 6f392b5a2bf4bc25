"""What somebody with the application's password for the database can and cannot do."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from accounts.access import access_for
from assessments.models import CaseForm
from cohorts.models import Subject
from reports.casebook_copy import Copying, form_contents
from signature.doubts import check_changed
from signature.models import signed_as_it_stands
from signature.signing import WITH_FORM, sign_forms, standings
from tests.cast import Trial, actor
from tests.servers import as_the_site
from tests.signature.closed import lock_form


@pytest.fixture
def records(committed_db: None) -> Trial:
    """Each site has a screened subject; the first one's demography is locked."""
    trial = Trial()
    for site in (trial.site, trial.other_site):
        trial.screen(trial.subject(site))
    form = CaseForm.objects.filter(subject__site=trial.site).get(code="demography")
    lock_form(case_form=form, reason="clean", by=actor(trial.data_manager, "data_manager"))
    return trial


@pytest.fixture
def psql(records: Trial) -> Iterator[psycopg.Connection]:
    """The application's role in a session of its own, entered by the key of the coordinator's session: without one it
    neither reads nor writes anything (test_who_is_here)."""
    client, carla = Client(), records.coordinator
    client.force_login(carla)
    with psycopg.connect(as_the_site(), autocommit=True) as session:
        session.execute("SELECT edc.enter(%s)", [client.session.session_key])
        for name, value in (("sites", "all"), ("actor_id", carla.pk), ("actor_name", "carla"), ("role", "coordinator")):
            session.execute("SELECT set_config(%s, %s, false)", [f"edc.{name}", str(value)])
        yield session


@pytest.fixture
def psql_of_the_worker(records: Trial) -> Iterator[psycopg.Connection]:
    """The role that acts for the system, by whoever's name."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        session.execute("SELECT edc.enter_system(), set_config('edc.actor_name', 'mallory', false)")
        session.execute("SELECT set_config('edc.sites', 'all', false)")
        yield session


REFUSED = {
    "becoming the owner": "SET ROLE edc_owner",
    "signing in to the session as the owner": "SET SESSION AUTHORIZATION edc_owner",
    "switching row-level security off": "ALTER TABLE cohorts_subject DISABLE ROW LEVEL SECURITY",
    "taking the policy away": "DROP POLICY site_isolation ON cohorts_subject",
    "switching the trail's trigger off": "ALTER TABLE cohorts_subject DISABLE TRIGGER trail",
    "switching the lock's trigger off": "ALTER TABLE assessments_demography DISABLE TRIGGER shut",
    "playing a replica": "SET session_replication_role = replica",
    "another function in the trail's place": "CREATE OR REPLACE FUNCTION public.audit_record() RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "a temporary table before the trail": "CREATE TEMPORARY TABLE audit_event (id int)",
    "a function of the session's own": "CREATE FUNCTION pg_temp.quiet() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "changing the trail": "UPDATE audit_event SET actor_name = 'ines'",
    "deleting from the trail": "DELETE FROM audit_event",
    "emptying the trail": "TRUNCATE audit_event",
    "writing a line of the trail by hand": "INSERT INTO audit_event (transaction, actor_name, role, reason, channel,"
    " action, table_name, row_id) VALUES (1, 'ines', '', '', '', 'update', 't', 1)",
    "changing a signature": "UPDATE signature_signature SET printed_name = 'mallory'",
    "deleting a signature": "DELETE FROM signature_signature",
    "emptying the signatures": "TRUNCATE signature_signature CASCADE",
    "rewriting the seal": "UPDATE audit_seal SET number = 99",
    "reading the server's files": "SELECT pg_read_file('/etc/passwd')",
    "running a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "reading a file into a table": "COPY cohorts_subject FROM '/etc/passwd'",
    "reading a file as a large object": "SELECT lo_import('/etc/passwd')",
    "reading the roles' passwords": "SELECT rolpassword FROM pg_authid",
    "growing": "ALTER ROLE edc_app BYPASSRLS",
    "another role": "CREATE ROLE mallory",
    "another schema": "CREATE SCHEMA mine",
    "a trigger of its own": "CREATE TRIGGER mine AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION"
    " audit_record()",
    "a rule before the trail": "CREATE RULE mine AS ON INSERT TO audit_event DO INSTEAD NOTHING",
    "a policy that shows all": "CREATE POLICY mine ON cohorts_subject USING (true)",
    "every site by default": "ALTER ROLE edc_app SET edc.sites = 'all'",
    "the system": "SELECT edc.enter_system()",
    "being somebody": "SELECT setval('edc.actor', 1)",
    "numbers of the trail used again": "SELECT setval(pg_get_serial_sequence('audit_event', 'id'), 1)",
    "changing the log of access": "UPDATE audit_accessevent SET kind = 'x'",
    "a stream of all changes": "SELECT pg_create_logical_replication_slot('x', 'pgoutput')",
    "saying that another migration ran": "UPDATE django_migrations SET name = 'x'",
}


@pytest.mark.requirement("EMA 2023 back-end changes", "EMA 2023 security", "CSA 2025 risk", "CSA 2025 unscripted tests")
@pytest.mark.parametrize("what", REFUSED)
def test_the_application_s_role_is_refused(psql: psycopg.Connection, what: str) -> None:
    with pytest.raises(psycopg.Error) as refusal:
        psql.execute(REFUSED[what])
    words = str(refusal.value)
    assert any(part in words for part in ("permission denied", "must be owner")), words


SHUT = {
    "changing a locked form": "UPDATE assessments_demography SET age = 20 WHERE caseform_ptr_id = %(form)s",
    "unlocking it at its header": "UPDATE assessments_caseform SET locked_at = NULL WHERE id = %(form)s",
    "deleting it": "DELETE FROM assessments_demography WHERE caseform_ptr_id = %(form)s",
}


@pytest.mark.requirement("ICH E6(R3) 4.2.6", "EMA 2023 back-end changes")
def test_a_locked_form_takes_nothing_by_sql_either(records: Trial, psql: psycopg.Connection) -> None:
    form = CaseForm.objects.get(code="demography", subject__site=records.site)
    from assessments.models import Demography

    key = Demography._meta.pk.column
    for what, statement in SHUT.items():
        with pytest.raises(psycopg.Error, match=r"locked|permission denied for table"):
            psql.execute(statement.replace("caseform_ptr_id", key), {"form": form.pk})
        assert CaseForm.objects.get(pk=form.pk).locked_by == "dora", what


@pytest.mark.requirement("EMA 2023 back-end changes")
def test_a_session_without_an_actor_writes_nothing(records: Trial, psql: psycopg.Connection) -> None:
    psql.execute("SELECT set_config('edc.actor_name', '', false)")
    with pytest.raises(psycopg.Error, match="needs an actor"):
        psql.execute("UPDATE cohorts_subject SET status = 'withdrawn'")


def test_who_has_the_password_and_a_user_s_session_is_that_user_in_the_trail_and_sees_their_sites(
    records: Trial, psql: psycopg.Connection
) -> None:
    """The limit of it: who has both can write past the pages' rules what the role's rights let it write."""
    for sites in ("all", str(records.other_site.pk)):
        psql.execute("SELECT set_config('edc.sites', %s, false)", [sites])
        assert psql.execute("SELECT count(*) FROM cohorts_subject").fetchone() == (1,)
    psql.execute("UPDATE cohorts_subject SET status = 'withdrawn'")
    recorded = psql.execute("SELECT actor_id, actor_name FROM audit_event ORDER BY id DESC LIMIT 1").fetchone()
    assert recorded == (records.coordinator.pk, "carla")
    assert Subject.objects.filter(status="withdrawn").count() == 1
    psql.execute("SELECT set_config('edc.actor_name', 'mallory', false)")
    with pytest.raises(psycopg.Error, match="is not of whom this session is"):
        psql.execute("UPDATE cohorts_subject SET status = 'died'")


@pytest.mark.requirement("21 CFR 11.10(e)", "EMA 2023 back-end changes")
def test_a_password_set_by_sql_and_put_back_is_in_the_trail_and_its_hash_is_not(
    records: Trial, psql: psycopg.Connection
) -> None:
    key = records.coordinator.pk
    [before] = psql.execute("SELECT password FROM accounts_user WHERE id = %s", [key]).fetchone() or [""]
    for value in ("stolen", before):
        psql.execute("UPDATE accounts_user SET password = %s WHERE id = %s", [value, key])
    events = psql.execute(
        "SELECT actor_name, old, new FROM audit_event WHERE table_name = 'accounts_user' AND row_id = %s"
        " ORDER BY id DESC LIMIT 2",
        [key],
    ).fetchall()
    change = ("carla", {"password": "not recorded"}, {"password": "changed, not recorded"})
    assert events == [change, change]
    psql.execute("UPDATE accounts_user SET last_login = now() WHERE id = %s", [key])
    assert psql.execute("SELECT new FROM audit_event ORDER BY id DESC LIMIT 1").fetchone() == (change[2],)


NOT_MADE = "not made by signing"
COPIED = (
    "INSERT INTO signature_signature (case_form_id, subject_id, act, version, signer_id, username, printed_name, role,"
    " meaning, signed_at, content, digest) SELECT {form}, subject_id, act, {version}, signer_id, username,"
    " printed_name, role, meaning, signed_at, content, digest FROM signature_signature WHERE case_form_id = %(of)s"
)


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
def test_a_signature_copied_by_sql_to_another_form_or_version_does_not_verify_wherever_it_is_shown(
    records: Trial, psql: psycopg.Connection, psql_of_the_worker: psycopg.Connection, client: Client
) -> None:
    subject = Subject.objects.get(site=records.site)
    signed, other = (subject.forms.select_related("subject", "visit").get(code=code) for code in ("consent", "ecg"))
    by = actor(records.investigator, "investigator")
    sign_forms(seen={signed.pk: 1}, signed_by=records.investigator, by=by)
    with pytest.raises(psycopg.Error, match="a signature is made by its signer"):
        psql.execute(COPIED.format(form=other.pk, version=1), {"of": signed.pk})
    psql_of_the_worker.execute(COPIED.format(form=other.pk, version=1), {"of": signed.pk})
    record = {"consent_given": "Y", "consent_date": "2007-12-19"}
    records.fill(subject, "consent", record, visit="SCR", case_form=signed, reason="typing error")
    psql_of_the_worker.execute(COPIED.format(form=signed.pk, version=2), {"of": signed.pk})
    signatures = [
        (signature.case_form_id, signature.version, how) for signature, how in standings(WITH_FORM.order_by("id"))
    ]
    assert signatures == [(signed.pk, 1, "lapsed"), (other.pk, 1, NOT_MADE), (signed.pk, 2, NOT_MADE)]
    copying = Copying(access_for(records.auditor), records.auditor, timezone.now())
    [printed] = form_contents(other, copying)["groups"][0]["forms"][0]["seals"]
    assert (printed["holds"], printed["words"][:15]) == (False, "does not verify")
    client.force_login(records.auditor)
    assert f"Does not verify: it was {NOT_MADE}." in client.get(f"/forms/{other.pk}/").content.decode()
    manifest = b"".join(client.get("/signatures.csv").streaming_content).decode("utf-8-sig")
    assert (manifest.count(f",{NOT_MADE},"), manifest.count(",lapsed,"), manifest.count("\n")) == (2, 1, 4)
    assert check_changed() == 2
    assert not CaseForm.objects.filter(signed_as_it_stands()).exists()
