"""What somebody with the application's password for the database, a stolen page or a forged one can and cannot do."""

import csv
import os
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.access import access_for
from accounts.actor import acting
from accounts.models import Membership, User
from assessments.models import CaseForm
from cohorts.models import Subject
from reports.casebook_copy import Copying, form_contents
from review.services import answer_query, raise_query
from signature.doubts import check_changed
from signature.models import Signature, signed_as_it_stands
from signature.signing import WITH_FORM, sign_forms, standings
from tests.api.operations import OPERATIONS
from tests.cast import PASSWORD, SETUP, Trial, actor
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


@pytest.mark.requirement("21 CFR 11.10(g)", "EMA 2023 security")
@pytest.mark.django_db
def test_a_coordinator_cannot_grow_by_forms_or_api(trial: Trial, as_user: Any, api: Any) -> None:
    coordinator, roles = trial.coordinator, Membership.objects.count()
    client = as_user(coordinator)
    for address in (f"/people/{coordinator.pk}/grant/", "/people/add/"):
        sent = {"role": "data_manager", "username": "mallory", "email": "m@example.org", "reason": "x"}
        assert client.post(address, sent).status_code == 403
    caller = api(coordinator)
    assert caller.post(f"/api/v1/users/{coordinator.pk}/memberships/", {"role": "data_manager"}).status_code == 403
    assert caller.post("/api/v1/users/", {"username": "mallory", "email": "m@example.org"}).status_code == 403
    assert caller.patch("/api/v1/me/", {"is_superuser": True, "roles": ["auditor"]}).status_code == 405
    assert Membership.objects.count() == roles
    assert not User.objects.filter(username="mallory").exists()


@pytest.mark.django_db
def test_a_form_is_not_moved_to_another_subject_by_what_is_sent(trial: Trial, api: Any) -> None:
    subject, other = trial.subject(), trial.subject(trial.other_site)
    trial.screen(subject)
    form = subject.forms.get(code="demography")
    sent = {"subject": other.pk, "version": form.version, "reason": "x", "age": 55}
    api(trial.coordinator).patch(f"/api/v1/forms/demography/{form.pk}/", sent)
    assert CaseForm.objects.get(pk=form.pk).subject_id == subject.pk
    assert not other.forms.exists()


@pytest.mark.django_db
def test_a_post_without_the_page_s_token_changes_nothing(trial: Trial) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(trial.coordinator)
    assert client.post("/subjects/add/", {"site": trial.site.pk}).status_code == 403
    assert client.post("/subjects/add/", {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert not Subject.objects.exists()


@pytest.mark.requirement("21 CFR 11.100", "21 CFR 11.200")
@pytest.mark.django_db
def test_nobody_signs_with_another_one_s_name_or_for_another_site(trial: Trial, as_user: Any) -> None:
    trial.screen(screened := trial.subject())
    trial.screen(other := trial.subject(trial.other_site))
    client = as_user(trial.investigator)
    for subject, name, version in ((screened, "carla", 1), (other, "ines", 1), (screened, "ines", 7)):
        form = subject.forms.get(code="demography")
        sent = {"form": [f"{form.pk}-{version}"], "username": name, "password": PASSWORD}
        assert client.post("/sign/", sent).status_code == 422
    form = screened.forms.get(code="demography")
    sent = {"form": [f"{form.pk}-1"], "username": "ines", "password": PASSWORD}
    assert as_user(trial.coordinator).post("/sign/", sent).status_code == 403
    assert not Signature.objects.exists()


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


def asked_to_sign(form: CaseForm, **others: Any) -> dict[str, Any]:
    forms = [{"form": form.pk, "version": form.version}]
    return {"forms": forms, "username": "ines", "password": PASSWORD} | others


@pytest.mark.requirement("21 CFR 11.70", "EMA 2023 signatures")
@pytest.mark.django_db
def test_a_form_that_changed_between_the_look_and_the_signature_is_not_signed_by_the_api(
    trial: Trial, api: Any
) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    seen = asked_to_sign(form)
    record = {"birth_date": "1953-05", "age": 55, "sex": "F", "race": "WHITE"}
    trial.fill(subject, "demography", record, visit="SCR", case_form=form, reason="typing error")
    answer = api(trial.investigator).post("/api/v1/signatures/", seen, format="json")
    assert (answer.status_code, answer.json()["code"], answer.json()["version"]) == (409, "stale", 2)
    assert not Signature.objects.exists()


@pytest.mark.requirement("21 CFR 11.200")
@pytest.mark.django_db
def test_a_signature_that_is_sent_again_signs_nothing_more(trial: Trial, api: Any, as_user: Any) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    caller = api(trial.investigator)
    assert caller.post("/api/v1/signatures/", asked_to_sign(form), format="json").status_code == 201
    again = caller.post("/api/v1/signatures/", asked_to_sign(form), format="json")
    assert (again.status_code, again.json()["code"]) == (409, "signed")
    sent = {"form": [f"{form.pk}-1"], "username": "ines", "password": PASSWORD}
    assert as_user(trial.investigator).post("/sign/", sent).status_code == 422
    assert Signature.objects.count() == 1


@pytest.mark.requirement("21 CFR 11.100", "21 CFR 11.200")
@pytest.mark.django_db
def test_by_the_api_nobody_signs_with_another_one_s_name_or_password_or_without_the_right(
    trial: Trial, api: Any
) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    with acting(SETUP):
        trial.coordinator.set_password("another one's Password 7")
        trial.coordinator.save(update_fields=["password"])
    for who, others, status in (
        (trial.coordinator, {}, 403),
        (trial.monitor, {"username": "mona"}, 403),
        (trial.stranger, {"username": "stella"}, 404),
        (trial.investigator, {"username": "carla", "password": "another one's Password 7"}, 400),
        (trial.investigator, {"password": "another one's Password 7"}, 400),
    ):
        answer = api(who).post("/api/v1/signatures/", asked_to_sign(form, **others), format="json")
        assert answer.status_code == status, (who, others)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_another_site_s_keys_find_nothing_in_filters_of_lists_and_files(trial: Trial, as_user: Any) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    client = as_user(trial.stranger)
    filters = {"site": trial.site.pk, "subject": subject.pk, "form": form.pk, "q": subject.label}
    for address in (
        "/subjects/",
        "/queries/",
        "/queries.csv",
        "/trail/",
        "/trail.csv",
        "/signatures/",
        "/signatures.csv",
        "/worklists/",
        "/laboratory/",
    ):
        for name, value in filters.items():
            answer = client.get(address, {name: value})
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code in (200, 302, 400, 404, 422), (address, name)
            # What was typed into the search stands there again.
            assert name == "q" or subject.label.encode() not in content, (address, name)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/api/v1/subjects/", "/nowhere/"])
def test_a_request_for_another_host_is_refused_with_a_page(client: Client, address: str) -> None:
    answer = client.get(address, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


FILES = ("/csv/", "/xlsx/")
LINE = "{subject},SCR,2007-12-28,HGB,121,g/L"
WHAT_WAS_SAID = re.compile(r"[^<>]*\bit\b[^<>]*at your sites[^<>]*|[^<>]*no subject[^<>]*")
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.mark.requirement("EMA 2023 security")
@pytest.mark.django_db
def test_markup_and_formulas_typed_into_a_query_are_text_on_every_page_and_in_every_file(
    trial: Trial, as_user: Any
) -> None:
    trial.screen(subject := trial.subject())
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text=SCRIPT, by=actor(trial.monitor, "monitor"))
    answer_query(query=query, text='=HYPERLINK("http://evil.example")', by=trial.by)
    client = as_user(trial.data_manager)
    pages = [f"/queries/{query.pk}/", f"/forms/{form.pk}/", f"/subjects/{subject.pk}/", "/queries/", "/trail/"]
    for address in (*pages, *(f"{page}?{urlencode({'q': SCRIPT, 'user': SCRIPT})}" for page in pages)):
        answer = client.get(address)
        content = answer.content.decode()
        assert "<script>alert" not in content and "<img src=x" not in content, address
        assert "default-src 'self'" in answer["Content-Security-Policy"]
    for address in ("/queries.csv", "/trail.csv"):
        content = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
        cells = [cell for row in csv.reader(StringIO(content)) for cell in row]
        assert any(cell.startswith("'=HYPERLINK") for cell in cells), address
        assert not any(cell.startswith("=") for cell in cells), address


@pytest.mark.requirement("EMA 2023 security")
@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_signing_in_leads_nowhere_else_and_gives_another_session_than_was_planted(trial: Trial, elsewhere: str) -> None:
    cache.clear()
    client = Client()
    planted = client.session.session_key
    sent = {"login": "carla", "password": PASSWORD, "next": elsewhere}
    answer = client.post(f"/accounts/login/?{urlencode({'next': elsewhere})}", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session.session_key != planted
    assert client.get("/subjects/").status_code == 200


@pytest.mark.requirement("21 CFR 11.10(d)")
@pytest.mark.django_db
def test_filters_and_orders_of_the_api_find_nothing_of_another_site(trial: Trial, api: Any) -> None:
    trial.screen(other := trial.subject(trial.other_site))
    site, form = trial.other_site.pk, other.forms.get(code="demography").pk
    query = raise_query(case_form=other.forms.get(code="consent"), text="x", by=actor(trial.data_manager, "x"))
    client = api(trial.coordinator)
    parameters = ("ordering=-subject__site__code&page_size=100000", f"site={site}", "site=102", f"subject={other.pk}")
    lists = {row[1] for row in OPERATIONS if row[0] == "get" and "{" not in row[1] and not row[1].endswith(FILES)}
    # Of the forms, which are all of one making, one kind.
    for address in sorted(address for address in lists if "/forms/" not in address or "demography" in address):
        for what in (*parameters, f"form={form}&subject__site={site}"):
            answer = client.get(f"{address}?{what}")
            assert answer.status_code in (200, 400, 403, 404), (address, what)
            assert other.label not in answer.content.decode(), (address, what)
    assert client.post(f"/api/v1/queries/{query.pk}/answer/", {"text": "x"}).status_code == 404
    assert client.post("/api/v1/subjects/", {"site": "102"}).status_code == 404
    sent = {"site": "101", "status": "enrolled", "number": 99}
    # What the system gives out is given out by the system: said by somebody else, it is refused.
    assert set(client.post("/api/v1/subjects/", sent).json()["errors"]) == {"status", "number"}
    assert client.post("/api/v1/subjects/", {"site": "101"}).status_code == 201
    made = Subject.objects.get(site=trial.site)
    assert (made.label, made.status, hasattr(made, "enrolment")) == ("101-001", "screening", False)


@pytest.mark.requirement("21 CFR 11.10(d)", "EMA 2023 security")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "who", "head", "line"),
    [
        ("/queries/import/", "monitor", "subject,text", "{subject},?"),
        ("/laboratory/import/", "coordinator", "subject,visit,sample_date,analyte,value,unit", LINE),
    ],
)
def test_a_file_that_names_another_site_s_subject_hears_what_is_said_of_nobody(
    trial: Trial, as_user: Any, address: str, who: str, head: str, line: str
) -> None:
    trial.screen(elsewhere := trial.subject(trial.other_site))
    faults = []
    for label in (elsewhere.label, "102-777"):
        content = f"{head}\n{line.format(subject=label)}\n".encode()
        file = SimpleUploadedFile("<img src=x onerror=alert(1)>.csv", content)
        answer = as_user(getattr(trial, who)).post(address, {"file": file, "action": "look"})
        assert answer.status_code == 422
        assert b"<img src=x" not in answer.content
        faults.append(WHAT_WAS_SAID.findall(answer.content.decode().replace(label, "it")))
    assert faults[0] == faults[1] != []
