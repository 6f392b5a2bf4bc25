"""The record at a past moment, beside copies of it that were taken at the time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, NotSupportedError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import CaseForm, Demography
from assessments.withdrawing import restore, withdraw
from cohorts.models import Subject
from database.scope import showing, sites_shown
from endpoints.models import Outcome
from history.past import the_past
from history.views import our_tables
from review.models import Query
from review.services import answer_query, raise_query
from signature.models import Signature
from signature.signing import sign_forms
from tests.cast import Trial, actor
from tests.examples import EXAMPLES

Copy = dict[str, list[dict[str, Any]]]
# What no trail is kept of, column by column, as the trigger of the table says.
RECORDED = """
    SELECT c.relname, coalesce(string_to_array(trim(trailing '\\000' FROM encode(tgargs, 'escape')), '\\000'), '{}')
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE tgname = 'trail' ORDER BY 1
"""


def recorded() -> dict[str, list[str]]:
    """The columns that are left out, by table."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDED)
        return dict(cursor.fetchall())


def rows(table: str, left_out: list[str]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(r) - %s::text[] FROM {table} r ORDER BY 1", [left_out])
        return [json.loads(row) for (row,) in cursor.fetchall()]


def copied() -> tuple[datetime, Copy]:
    """The database's time, and every table of the record as it is then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment, {table: rows(table, left_out) for table, left_out in recorded().items()}


def corrected(trial: Trial, form: CaseForm, record: dict[str, Any], lines: Any = (), reason: str = "misread") -> None:
    trial.fill(form.subject, form.code, record, lines, case_form=form, reason=reason)


class Desk:
    """What people do to one subject, in any order; what cannot be done just then is left."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.subject = trial, trial.subject()

    def form(self, code: str) -> CaseForm | None:
        return CaseForm.objects.filter(subject=self.subject, code=code).exclude(state="in_error").first()

    def type_consent(self) -> None:
        if self.form("consent") is None:
            self.trial.fill(self.subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")

    def type_demography(self) -> None:
        self.type_consent()
        record = {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}
        if self.form("demography") is None:
            self.trial.fill(self.subject, "demography", record, visit="SCR")

    def correct(self) -> None:
        if form := self.form("demography"):
            age = Demography.objects.get(case_form=form).age
            corrected(self.trial, form, {"birth_date": "1953-05", "age": age % 60 + 1, "sex": "F", "race": "WHITE"})

    def move_the_day(self) -> None:
        if form := self.form("consent"):
            day = 1 + form.version % 28
            corrected(self.trial, form, {"consent_given": "Y", "consent_date": f"2007-12-{day:02}"})

    def add_medication(self) -> None:
        self.type_consent()
        self.trial.fill(self.subject, "medication", *EXAMPLES["medication"])

    def withdraw(self) -> None:
        if form := self.form("medication"):
            withdraw(case_form=form, why="Another subject's.", by=self.trial.by, seen_version=form.version)

    def restore(self) -> None:
        if form := CaseForm.objects.filter(subject=self.subject, state="in_error").first():
            restore(case_form=form, why="It was hers.", by=self.trial.by, seen_version=form.version)

    def ask(self) -> None:
        if form := self.form("consent"):
            monitor = actor(self.trial.monitor, "monitor")
            raise_query(case_form=form, item="consent_date", text="Why?", by=monitor)

    def answer(self) -> None:
        if query := Query.objects.filter(subject=self.subject, state="open").first():
            answer_query(query=query, text="As in the source.", by=self.trial.by)

    def sign(self) -> None:
        form = self.form("demography")
        signed = {signature.version for signature in Signature.objects.filter(case_form=form)}
        if form and form.state == "complete" and form.version not in signed:
            by = actor(self.trial.investigator, "investigator")
            sign_forms(seen={form.pk: form.version}, signed_by=self.trial.investigator, by=by)

    def another_subject(self) -> None:
        self.trial.subject()


DOINGS: list[Callable[[Desk], None]] = [
    *(Desk.type_consent, Desk.type_demography, Desk.correct, Desk.move_the_day),
    *(Desk.add_medication, Desk.withdraw, Desk.restore, Desk.ask, Desk.answer, Desk.sign, Desk.another_subject),
]


def assert_as_copied(moment: datetime, copy: Copy) -> None:
    with the_past(moment):
        for table, left_out in recorded().items():
            assert (table, rows(table, left_out)) == (table, copy[table])


@pytest.mark.usefixtures("committed_db")
def test_any_moment_is_as_copies_taken_at_the_time(trial: Trial) -> None:
    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.lists(st.sampled_from(DOINGS), min_size=4, max_size=14))
    def in_any_order(doings: list[Callable[[Desk], None]]) -> None:
        desk, copies = Desk(trial), [copied()]
        for do in doings:
            do(desk)
            copies.append(copied())
        for moment, copy in copies:
            assert_as_copied(moment, copy)

    in_any_order()


@pytest.mark.usefixtures("committed_db")
def test_a_subject_s_past_is_that_subject_s_alone(trial: Trial) -> None:
    subject, other = trial.treated_subject(), trial.treated_subject()
    moment, copy = copied()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    with the_past(moment, subject.pk):
        assert [each.pk for each in Subject.objects.all()] == [subject.pk]
        assert CaseForm.objects.filter(code="tumour").count() == 0
        for table, left_out in recorded().items():
            of_subject = [row for row in copy[table] if row.get("subject_id") == subject.pk]
            if of_subject:
                assert (table, rows(table, left_out)) == (table, of_subject)
    assert Subject.objects.filter(pk__in=[subject.pk, other.pk]).count() == 2


@pytest.mark.usefixtures("committed_db")
def test_half_a_save_was_never_the_record(trial: Trial) -> None:
    subject = trial.subject()
    with transaction.atomic():
        trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
        moment, _ = copied()
        trial.fill(
            subject, "demography", {"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}, visit="SCR"
        )
    with the_past(moment):
        assert CaseForm.objects.count() == 0
        assert Subject.objects.count() == 1
    assert CaseForm.objects.count() == 2


@pytest.mark.django_db
def test_a_moment_still_to_come_is_refused(trial: Trial) -> None:
    with pytest.raises(DataError, match="nothing is known of"), the_past(datetime.now(UTC) + timedelta(hours=1)):
        pass


@pytest.mark.django_db
def test_what_no_trail_is_kept_of_is_refused_rather_than_shown_as_it_is_now(trial: Trial) -> None:
    with pytest.raises(NotSupportedError, match="keeps no past of endpoints_outcome"), the_past(datetime.now(UTC)):
        list(Outcome.objects.all())


@pytest.mark.django_db
def test_every_table_of_ours_is_either_read_from_the_trail_or_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'past'")
        shown = {name for (name,) in cursor.fetchall()}
    assert our_tables() - shown == set()
    assert shown >= recorded().keys()


@pytest.mark.django_db
def test_nothing_is_written_in_the_past(trial: Trial) -> None:
    subject = trial.subject()
    with pytest.raises(Exception, match="cannot update view"), the_past(datetime.now(UTC)):
        Subject.objects.filter(pk=subject.pk).update(label="101-999")


@pytest.mark.django_db
def test_afterwards_the_session_reads_the_present(trial: Trial) -> None:
    before = datetime.now(UTC)
    subject = trial.subject()
    with the_past(before):
        assert Subject.objects.count() == 0
    assert Subject.objects.get() == subject


@pytest.mark.usefixtures("committed_db")
def test_a_site_sees_the_past_of_its_own_subjects_alone(trial: Trial) -> None:
    here, elsewhere = trial.subject(), trial.subject(trial.other_site)
    moment, _ = copied()
    with showing(sites_shown(frozenset({trial.other_site.pk}))):
        with the_past(moment):
            assert [each.pk for each in Subject.objects.all()] == [elsewhere.pk]
        with the_past(moment, here.pk):
            assert list(Subject.objects.all()) == []
