"""Row-level security: what the database shows to whom, whatever the code forgets to ask."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from accounts.access import access_for
from accounts.actor import acting
from assessments.models import CaseForm, Demography
from audit.models import Event
from casebook.enrolment import cohort_offers
from cohorts.models import Cohort, Subject, Visit
from cohorts.reading import cohort_states
from cohorts.services import Refused, reserve_slot
from database.prepared import in_one_go
from database.scope import EVERYWHERE, NOWHERE, showing
from tests.audit.test_every_model import LEADS_TO_A_SITE, NOT_ISOLATED, leading, models
from tests.cast import SETUP, Trial
from tests.servers import as_the_site
from trialsite.celery import app


def tables() -> list[str]:
    """Of which test_every_model shows that they are isolated."""
    return sorted(models()[name]._meta.db_table for name in leading(LEADS_TO_A_SITE, NOT_ISOLATED))


@pytest.fixture
def two_sites(db: None) -> Trial:
    """Each site has a treated subject."""
    trial = Trial()
    trial.treated_subject()
    trial.treated_subject(site=trial.other_site)
    return trial


@pytest.mark.django_db
def test_a_session_that_was_told_nothing_is_shown_nothing(two_sites: Trial) -> None:
    with showing(NOWHERE):
        assert [table for table in tables() if rows(table)] == ["audit_event"]
        assert not Event.objects.exclude(site_id=None).exists()


def test_the_site_s_role_in_a_session_of_its_own_is_shown_nothing_whatever_it_says(committed_db: None) -> None:
    trial = Trial()
    trial.treated_subject()
    with psycopg.connect(as_the_site(), autocommit=True) as session:
        with pytest.raises(psycopg.Error, match="not yet defined in this session"):
            session.execute("SELECT count(*) FROM cohorts_subject")
        session.execute("SELECT edc.leave()")
        for sites in ("", "all", str(trial.site.pk)):
            session.execute("SELECT set_config('edc.sites', %s, false)", [sites])
            assert session.execute("SELECT count(*) FROM cohorts_subject").fetchone() == (0,)


@pytest.mark.requirement("21 CFR 11.10(d)", "EMA 2023 access control")
@pytest.mark.django_db
def test_a_row_of_another_site_can_be_neither_changed_nor_added(two_sites: Trial) -> None:
    other = Subject.objects.get(site=two_sites.other_site)
    with showing(str(two_sites.site.pk)), acting(SETUP):
        assert Subject.objects.filter(pk=other.pk).update(status="withdrawn") == 0
        assert Visit.objects.filter(subject=other).delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Visit.objects.create(subject=other, code="UNS99", label="elsewhere", kind="unscheduled")


@pytest.mark.django_db
def test_what_a_rollback_takes_back_is_shown_no_longer(two_sites: Trial) -> None:
    with showing(NOWHERE):
        with pytest.raises(RuntimeError), transaction.atomic(), showing(EVERYWHERE):
            assert Subject.objects.count() == 2
            raise RuntimeError
        assert Subject.objects.count() == 0


@pytest.mark.django_db
def test_a_failed_statement_widens_nothing(two_sites: Trial) -> None:
    with showing(NOWHERE):
        with pytest.raises(DatabaseError), transaction.atomic(), showing(EVERYWHERE):
            run("SELECT 1 / 0")
        assert Subject.objects.count() == 0


@pytest.mark.django_db
def test_what_was_told_after_a_savepoint_is_told_again_after_going_back_to_it(two_sites: Trial) -> None:
    before = transaction.savepoint()
    with showing(str(two_sites.site.pk)):
        assert Subject.objects.count() == 1
        transaction.savepoint_rollback(before)
        assert Subject.objects.count() == 1


@pytest.mark.parametrize("within", [(in_one_go,), (transaction.atomic,), (transaction.atomic, in_one_go)])
def test_so_it_is_where_what_was_sent_in_one_go_or_a_whole_transaction_failed(committed_db: None, within: Any) -> None:
    trial = Trial()
    trial.treated_subject()
    trial.treated_subject(site=trial.other_site)
    assert Subject.objects.count() == 2
    with showing(str(trial.site.pk)):
        with pytest.raises(DatabaseError), ExitStack() as stack:
            for begun in within:
                stack.enter_context(begun())
            run("SELECT 1 / 0")
        assert Subject.objects.count() == 1


def test_a_request_finds_a_connection_that_the_server_ended_and_makes_another(committed_db: None) -> None:
    trial, client = Trial(), Client()
    client.force_login(trial.coordinator)
    ended = run("SELECT pg_backend_pid()")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    assert client.get("/subjects/").status_code == 200
    assert run("SELECT pg_backend_pid()") != ended


@pytest.mark.django_db
def test_a_connection_that_is_made_later_knows_what_was_said_before(two_sites: Trial) -> None:
    with showing(str(two_sites.site.pk)):
        made = connection.copy()
        made.settings_dict = connection.settings_dict
        try:
            assert told_to(made) == str(two_sites.site.pk)
        finally:
            made.close()


def test_a_list_reads_the_shown_once_and_a_single_row_is_looked_up(committed_db: None) -> None:
    site = Trial().site
    with acting(SETUP):
        many = [Subject(site=site, number=number, label=f"101-{number}") for number in range(300)]
        subjects = Subject.objects.bulk_create(many)
        begun = [CaseForm(subject=subject, code="demography") for subject in subjects]
        Demography.objects.bulk_create(Demography(case_form=form) for form in CaseForm.objects.bulk_create(begun))
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE cohorts_subject, assessments_caseform, assessments_demography")
    with showing(str(site.pk)):
        for table, key in (("assessments_caseform", "id"), ("assessments_demography", "case_form_id")):
            assert "hashed SubPlan" in plan(f"SELECT * FROM {table}")
            assert "hashed SubPlan" not in plan(f"SELECT * FROM {table} WHERE {key} = 7")


def forgetful(request: Any) -> HttpResponse:
    """A page whose author forgot to limit what it lists."""
    request.access.held  # noqa: B018
    return HttpResponse(",".join(Subject.objects.values_list("label", flat=True)))


def careless(request: Any) -> HttpResponse:
    """A page that asks nobody."""
    return HttpResponse(str(Subject.objects.count()))


careless.login_required = False  # type: ignore[attr-defined]


def stream(request: Any) -> StreamingHttpResponse:
    request.access.held  # noqa: B018
    return StreamingHttpResponse(label for label in Subject.objects.values_list("label", flat=True).iterator())


class ThreePages:
    urlpatterns = [path("forgetful/", forgetful), path("careless/", careless), path("stream/", stream)]


@pytest.fixture
def client(two_sites: Trial, settings: Any) -> Iterator[Client]:
    settings.ROOT_URLCONF = ThreePages
    settings.LOGIN_URL = "/"
    browser = Client()
    browser.force_login(two_sites.coordinator)
    yield browser
    assert told_to(connection) == EVERYWHERE, "the request left its scope behind"


@pytest.mark.django_db
def test_a_page_that_forgets_its_filter_shows_the_own_site_alone(two_sites: Trial, client: Client) -> None:
    labels = Subject.objects.filter(site=two_sites.site).values_list("label", flat=True)
    assert client.get("/forgetful/").content.decode() == ",".join(labels)


@pytest.mark.django_db
def test_a_page_that_asks_nobody_shows_nothing(client: Client) -> None:
    assert client.get("/careless/").content == b"0"


@pytest.mark.django_db
def test_a_stream_goes_on_in_the_scope_of_its_request(two_sites: Trial, client: Client) -> None:
    labels = Subject.objects.filter(site=two_sites.site).values_list("label", flat=True)
    assert b"".join(client.get("/stream/").streaming_content).decode() == "".join(labels)


@pytest.mark.django_db
def test_an_administrator_is_shown_no_subject(two_sites: Trial, client: Client) -> None:
    client.force_login(two_sites.administrator)
    assert client.get("/forgetful/").content == b""


@pytest.mark.django_db
def test_slots_are_the_trial_s_whichever_site_takes_them(two_sites: Trial) -> None:
    cohort = Cohort.objects.get(code="P2-10D")
    subject = Subject.objects.get(site=two_sites.site)
    with showing(str(two_sites.site.pk)):
        assert cohort.enrolments.count() == 1
        assert {state.taken for state in cohort_states(access_for(two_sites.coordinator))} == {0, 2}
        assert {offer.taken for offer in cohort_offers(subject)} == {0, 2}
        assert cohort.enrolments.count() == 1


@pytest.mark.django_db
def test_no_slot_is_given_that_another_site_took(two_sites: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort, third = Cohort.objects.get(code="P2-10D"), two_sites.subject()
    monkeypatch.setattr(Cohort, "plan", cohort.plan.model_copy(update={"planned": 2}))
    with showing(str(two_sites.site.pk)), pytest.raises(Refused, match="2 of 2 slots are taken"):
        reserve_slot(subject=third, cohort=cohort, by=two_sites.by)


@pytest.mark.django_db
def test_a_worker_s_task_sees_every_site(two_sites: Trial) -> None:
    def counting() -> int:
        return Subject.objects.count()

    with showing(NOWHERE):
        assert app.task(counting)() == 2
        assert Subject.objects.count() == 0


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


def rows(table: str) -> int:
    return int(run(f"SELECT count(*) FROM {table}"))


def told_to(session: Any) -> str:
    with session.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('edc.sites', true), '')")
        return str(cursor.fetchone()[0])


def run(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
