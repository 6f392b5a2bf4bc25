"""What a list gives next is read by nobody: not by pages, API, trail or files, nor by the roles of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from audit.models import Event
from randomisation.models import AllocationList
from tests.cast import Trial
from tests.randomisation.conftest import STRATA, randomising
from tests.randomisation.lists import LIST, imported, randomised, sent, waiting
from tests.servers import as_the_site

STATEMENTS = (
    "SELECT * FROM edc.place",
    "SELECT cohort_code FROM edc.place LIMIT 1",
    "UPDATE edc.place SET number = '9'",
    "DELETE FROM edc.place",
    "INSERT INTO edc.place (list_id, number, stratum, cohort_code) VALUES (1, '9', '', 'WITH')",
)


def test_no_role_of_the_application_reads_or_changes_the_list(committed_db: None, under: Any) -> None:
    under(randomising(*STRATA))
    imported(Trial())
    worker = connection.get_connection_params()
    of_worker = {name: worker[name] for name in ("host", "port", "dbname", "user", "password") if name in worker}
    for address in ({"conninfo": as_the_site()}, of_worker):
        with psycopg.connect(autocommit=True, **address) as session:
            for statement in STATEMENTS:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(statement)


def test_the_trail_has_the_import_and_neither_a_group_nor_the_hash(trial: Trial) -> None:
    made = imported(trial)
    entry = Event.objects.get(table_name="randomisation_allocationlist")
    assert (entry.actor_name, entry.channel, entry.new["numbers"]) == ("adam", "import", 5)
    assert "sha256" not in entry.new
    texts = [str(values) for values in Event.objects.filter(pk__gte=entry.pk).values()]
    assert not any("WITHOUT" in text for text in texts)
    assert len(made.sha256) == 64


def test_pages_and_api_tell_no_group_before_it_is_given(trial: Trial, client: Client) -> None:
    imported(trial)
    enrolment = waiting(trial)
    for user in (trial.investigator, trial.coordinator, trial.monitor, trial.data_manager, trial.sponsor):
        client.force_login(user)
        for address in (
            f"/subjects/{enrolment.subject_id}/",
            f"/subjects/{enrolment.subject_id}/picture/",
            f"/api/v1/subjects/{enrolment.subject_id}/",
            "/api/v1/enrolments/",
        ):
            answer = client.get(address)
            assert answer.status_code == 200, (user, address)
            assert "WITHOUT" not in answer.content.decode().replace("randomised groups", "")
            assert "Without everolimus" not in answer.content.decode()
    client.force_login(trial.data_manager)
    decision = client.get(f"/enrolments/{enrolment.pk}/approve/").content.decode()
    assert "The randomised groups, requested by site 101" in decision
    assert "Without everolimus" not in decision


def test_once_given_the_group_is_shown_to_the_site(trial: Trial, client: Client) -> None:
    imported(trial)
    enrolment = waiting(trial)
    client.force_login(trial.data_manager)
    answer = client.post(f"/enrolments/{enrolment.pk}/approve/", {"on": "2008-01-04"}, follow=True)
    assert "is enrolled: Without everolimus, randomised with number 1." in answer.content.decode()
    client.force_login(trial.coordinator)
    page = client.get(f"/subjects/{enrolment.subject_id}/").content.decode()
    assert "Without everolimus (WITHOUT)" in page
    assert "number 1, Measurable disease: yes, Performance status: 1 or more" in page
    given = client.get("/api/v1/enrolments/").json()["results"][0]
    assert (given["cohort"], given["randomisation_number"]) == ("WITHOUT", "1")


def test_the_page_asks_for_randomisation_and_for_no_group(trial: Trial, client: Client) -> None:
    subject = trial.subject()
    trial.screen(subject)
    client.force_login(trial.investigator)
    address = f"/subjects/{subject.pk}/enrolment/"
    page = client.get(address).content.decode()
    assert 'value="*"' in page
    assert 'value="WITH"' not in page
    assert client.post(address, {"cohort": "WITH"}).status_code == 422
    assert client.post(address, {"cohort": "*"}).status_code == 302
    assert subject.enrolment.cohort is None
    assert "the randomised groups" in client.get(f"/subjects/{subject.pk}/").content.decode()
    client.force_login(trial.data_manager)
    assert "The randomised groups" in client.get("/cohorts/").content.decode()


def test_the_api_refuses_a_chosen_group_and_takes_none(trial: Trial, client: Client) -> None:
    subject = trial.subject()
    trial.screen(subject)
    client.force_login(trial.investigator)

    def ask(**body: Any) -> Any:
        return client.post("/api/v1/enrolments/", {"subject": subject.pk, **body}, "application/json")

    refused = ask(cohort="WITH")
    assert refused.status_code == 400
    assert "given by randomisation" in refused.content.decode()
    taken = ask(cohort=None)
    assert (taken.status_code, taken.json()["cohort"]) == (201, None)


def test_the_administrator_imports_what_was_looked_through(trial: Trial, client: Client) -> None:
    client.force_login(trial.administrator)
    looked = sent(client, LIST, "look").content.decode()
    assert "All 5 lines can be imported" in " ".join(looked.split())
    assert not AllocationList.objects.exists()
    answer = sent(client, LIST, "import")
    assert answer.status_code == 302
    page = client.get("/people/randomisation/").content.decode()
    made = AllocationList.objects.get()
    assert made.sha256 in page
    assert "Measurable disease: yes, Performance status: 1 or more" in page
    again = sent(client, LIST, "import").content.decode()
    assert "An earlier list has the number 1." in again


def test_a_faulty_list_goes_in_not_at_all_and_each_line_says_why(trial: Trial, client: Client) -> None:
    client.force_login(trial.administrator)
    faulty = LIST.replace("2,yes,below 1,WITH", "1,maybe,below 1,WTIH").replace("4,no", ",no")
    answer = sent(client, faulty, "import")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The number 1 is there 2 times." in page
    assert "nknown measurable_disease maybe; known: yes, no" in page
    assert "id you mean with" in page or "Did you mean WITH" in page
    assert "A number has 1 to 20 characters." in page
    assert not AllocationList.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("number,group\n1,WITH\n", "missing: measurable_disease, who_status."),
        (LIST.replace("group", "group,seed", 1), "Columns that the list may not have: seed."),
        ("number,measurable_disease,who_status,group\n", "The file has no numbers"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(text: str, words: str, trial: Trial, client: Client) -> None:
    client.force_login(trial.administrator)
    answer = sent(client, text, "look")
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_only_who_takes_no_part_in_enrolling_imports_a_list(trial: Trial, client: Client) -> None:
    for user in (trial.investigator, trial.coordinator, trial.monitor, trial.data_manager, trial.sponsor):
        client.force_login(user)
        assert client.get("/people/randomisation/").status_code == 403
        assert sent(client, LIST, "import").status_code == 403
    assert not AllocationList.objects.exists()


def test_the_database_conceals_for_who_may_import_alone(committed_db: None, under: Any) -> None:
    under(randomising(*STRATA))
    trial = Trial()
    made = imported(trial)
    enrolment = waiting(trial)
    with session_of(trial.data_manager) as session:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT edc.conceal(%s, '[]')", [made.pk])
        assert session.execute("SELECT count(*) FROM randomisation_allocationlist").fetchone() == (0,)
        assert session.execute("SELECT sum(numbers) FROM edc.strata()").fetchone() == (5,)
    with session_of(trial.coordinator) as session:
        assert session.execute("SELECT count(*) FROM edc.strata()").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT * FROM edc.give_next(%s, 'x')", [enrolment.subject_id])
    assert randomised(trial, enrolment).cohort.code == "WITHOUT"


@contextmanager
def session_of(user: User) -> Iterator[psycopg.Connection]:
    """A connection of the site's role in which this user works, as a page of theirs does."""
    client = Client()
    client.force_login(user)
    with psycopg.connect(as_the_site(), autocommit=True) as session:
        session.execute("SELECT edc.enter(%s)", [client.session.session_key])
        yield session
