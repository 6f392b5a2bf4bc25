"""The list of checks, and all of them run again over all records: with progress, once, and on after a kill."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import SYSTEM, acting
from assessments.checks import CHECKS
from audit.models import Event
from endpoints.models import Mark
from review import rechecking, tasks
from review.models import CheckRun, Query
from review.rechecking import check_next
from review.services import NotAllowed, close_query
from review.tasks import ask_for_run
from tests.cast import actor
from tests.unlimited import unlimited

OF_OTHER_TRIALS = ("exposure-", "event-drug-", "dispensing-drug")

pytestmark = pytest.mark.django_db


def ask(trial):
    return ask_for_run(reason="protocol 1.1", by=actor(trial.data_manager, "data_manager"))


def run_all():
    batches = 0
    while check_next():
        batches += 1
    return batches


def forgotten(trial):
    """A dose after death that nobody was asked about, as if the check were new."""
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 3, 3))
    trial.fill(subject, "death", {"death_date": "2008-03-01", "cause": "DISEASE UNDER STUDY"})
    with acting(SYSTEM), unlimited():
        query = Query.objects.get(check_id="dose-after-death")
        query.steps.all().delete()
        query.delete()
    return subject


def test_a_run_asks_what_a_new_check_finds_in_old_records(trial):
    subject = forgotten(trial)
    ask(trial)
    run_all()
    assert Query.objects.get(check_id="dose-after-death").subject == subject


def test_a_second_run_changes_no_question(trial):
    forgotten(trial)
    ask(trial)
    run_all()
    before = list(Query.objects.order_by("id").values())
    ask(trial)
    run_all()
    assert list(Query.objects.order_by("id").values()) == before
    again, first = CheckRun.objects.all()
    assert again.found == first.found


def test_what_a_monitor_closed_stays_closed(trial):
    forgotten(trial)
    ask(trial)
    run_all()
    query = Query.objects.get(check_id="dose-after-death")
    close_query(query=query, text="The date of death is right.", by=actor(trial.monitor, "monitor"))
    ask(trial)
    run_all()
    assert Query.objects.filter(check_id="dose-after-death").count() == 1


def test_the_run_is_the_system_s_and_the_request_the_data_manager_s_with_the_reason(trial):
    forgotten(trial)
    ask(trial)
    run_all()
    request = Event.objects.get(table_name="review_checkrun", action="insert")
    assert (request.actor_name, request.reason) == ("dora", "protocol 1.1")
    opened = Event.objects.filter(table_name="review_query", action="insert").latest("id")
    assert (opened.actor_name, opened.reason) == ("system", "checks run again: protocol 1.1")


def test_every_subject_is_derived_afresh_too(trial):
    subject = forgotten(trial)
    with acting(SYSTEM):
        Mark.objects.all().delete()
    ask(trial)
    run_all()
    assert Mark.objects.filter(subject=subject).exists()


def test_one_run_at_a_time(trial):
    ask(trial)
    with pytest.raises(NotAllowed, match="being run already"):
        ask(trial)
    run_all()
    assert ask(trial).finished_at is None


def test_of_two_who_ask_at_once_the_second_is_told_that_a_run_is_under_way(trial, monkeypatch):
    """The second looks before the first has written: what refuses it is the table."""
    ask(trial)
    monkeypatch.setattr(type(CheckRun.objects.all()), "exists", lambda self: False)
    with pytest.raises(NotAllowed, match="being run already"):
        ask(trial)
    assert CheckRun.objects.count() == 1


def test_a_killed_run_goes_on_after_the_last_subject_and_repeats_none(trial, monkeypatch):
    for _ in range(3):
        trial.subject()
    run = ask(trial)
    assert check_next()

    def killed(pk, findings, run):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(rechecking, "ask_what_was_found", killed)
        with pytest.raises(KeyboardInterrupt):
            check_next()
    run.refresh_from_db()
    assert (run.done, run.finished_at) == (1, None)
    seen = []
    monkeypatch.setattr(rechecking, "ask_what_was_found", lambda pk, findings, run: seen.append(pk))
    run_all()
    run.refresh_from_db()
    assert (run.done, len(seen), run.finished_at is not None) == (3, 2, True)


def test_without_a_run_the_clock_s_call_does_nothing(trial):
    assert run_all() == 0


def test_the_page_lists_every_check_of_the_protocol_with_its_open_queries(trial, client):
    forgotten(trial)
    ask(trial)
    run_all()
    client.force_login(trial.data_manager)
    page = client.get("/checks/")
    listed = {row.check.id: row.live for row in page.context["checks"]}
    # This trial's file asks for no item of the forms and drugs of other trials.
    assert set(listed) == {check.id for check in CHECKS if not check.id.startswith(OF_OTHER_TRIALS)}
    assert listed["dose-after-death"] == 1
    assert "/queries/?check=dose-after-death" in page.content.decode()
    queries = client.get("/queries/?check=dose-after-death").context["queries"]
    assert [row.query.check_id for row in queries] == ["dose-after-death"]


def test_a_site_sees_the_checks_with_the_queries_of_its_own(trial, client):
    forgotten(trial)
    ask(trial)
    run_all()
    client.force_login(trial.stranger)
    page = client.get("/checks/")
    assert {row.live for row in page.context["checks"]} == {0}
    assert "Run all again" not in page.content.decode()


def test_a_run_is_asked_for_on_its_page_and_shows_how_far_it_is(trial, client, monkeypatch):
    monkeypatch.setattr(tasks, "_ask", lambda: None)
    trial.subject()
    client.force_login(trial.data_manager)
    assert client.post("/checks/run/", {"reason": "protocol 1.1"}).url == "/checks/"
    assert "0 of 1 subject," in client.get("/checks/run/progress/").content.decode()
    again = client.post("/checks/run/", {"reason": "once more"})
    assert (again.status_code, "being run already" in again.content.decode()) == (422, True)
    run_all()
    progress = client.get("/checks/run/progress/").content.decode()
    assert "Last run" in progress
    assert "hx-get" not in progress


def test_the_page_costs_the_same_with_few_questions_and_with_many(trial, client):
    client.force_login(trial.data_manager)
    client.get("/checks/")

    def statements():
        with CaptureQueriesContext(connection) as seen:
            client.get("/checks/")
        return len(seen)

    ask(trial)
    run_all()
    few = statements()
    forgotten(trial)
    ask(trial)
    run_all()
    assert statements() == few


def test_a_run_ends_with_what_it_did_as_a_list(trial, client):
    subject = forgotten(trial)
    client.force_login(trial.data_manager)
    ask(trial)
    run_all()
    page = client.get("/checks/")
    query = Query.objects.get(check_id="dose-after-death")
    assert [(row.check_id, row.raised, row.closed) for row in page.context["did"]] == [("dose-after-death", 1, 0)]
    shown = " ".join(page.content.decode().split())
    assert "dose-after-death</a>: 1 raised, 0 closed" in shown.replace(" </a>", "</a>")
    assert f'href="/queries/{query.pk}/"' in shown and subject.label in shown
    ask(trial)
    run_all()
    assert "it raised nothing and closed nothing" in client.get("/checks/run/progress/").content.decode()


def test_what_a_run_did_at_another_site_is_not_listed(trial, client):
    forgotten(trial)
    ask(trial)
    run_all()
    client.force_login(trial.stranger)
    assert client.get("/checks/").context["did"] == []
