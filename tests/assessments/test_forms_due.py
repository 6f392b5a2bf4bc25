"""Which forms are due at a visit: over thousands of them a statement says it, of one in hand the program does."""

import pytest
from django.db import connection

from accounts.actor import acting
from assessments.catalogue import CATALOGUE
from assessments.visits.applicable import NONE, not_applicable
from assessments.visits.asked import asked_now
from assessments.visits.due import DUE, parameters_of_due
from assessments.visits.placing import due_at
from cohorts.models import Subject, SubjectStatus
from tests.cast import SETUP

pytestmark = pytest.mark.django_db
CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20", "consent_version": "2.0"}


def by_statement(**narrowed):
    """By visit: what is due, and what was begun."""
    with connection.cursor() as cursor:
        cursor.execute(DUE + "SELECT visit_id, forms, there FROM due", parameters_of_due(asked_now(), **narrowed))
        return {visit: (set(due), set(begun)) for visit, due, begun in cursor.fetchall()}


def by_program(*subjects):
    spared = not_applicable([subject.pk for subject in subjects])
    return {
        visit.pk: (_due(subject, visit, spared.get(subject.pk, NONE)), _begun(subject, visit))
        for subject in subjects
        for visit in subject.visits.all()
        if due_at(visit, NONE)
    }


def _due(subject, visit, spared):
    withdrew = subject.status == SubjectStatus.WITHDRAWN
    return {code for code in due_at(visit, spared) if CATALOGUE[code].after_withdrawal or not withdrew}


def _begun(subject, visit):
    return {form.code for form in subject.forms.all() if form.visit_id == visit.pk or CATALOGUE[form.code].is_once}


def subject_of(trial, sex):
    subject = trial.subject()
    trial.fill(subject, "consent", CONSENT, visit="SCR")
    trial.fill(subject, "demography", {"birth_date": "1953-05", "age": 54, "sex": sex}, visit="SCR", complete=False)
    return subject


def test_of_each_kind_of_subject_the_statement_and_the_program_say_the_same(trial):
    woman, man, treated, withdrew = (
        subject_of(trial, "F"),
        subject_of(trial, "M"),
        trial.treated_at_visits(),
        trial.treated_subject(),
    )
    with acting(SETUP):
        Subject.objects.filter(pk=withdrew.pk).update(status=SubjectStatus.WITHDRAWN)
    subjects = Subject.objects.filter(pk__in=[kind.pk for kind in (woman, man, treated, withdrew)])
    by_visit = by_program(*subjects)
    assert by_statement() == by_visit
    screening = {subject: by_visit[subject.visits.get(kind="screening").pk][0] for subject in subjects}
    assert screening[woman] - screening[man] == {"pregnancy_test"}
    assert screening[withdrew] == set()


def test_a_form_that_counts_once_a_subject_is_begun_wherever_it_was_filled(trial):
    subject = subject_of(trial, "F")
    trial.fill(subject, "medical_history", {"any_condition": "N"}, complete=False)
    [(due, begun)] = by_statement(subject=subject.pk).values()
    assert {"medical_history", "consent", "demography"} <= due & begun
    assert by_statement(subject=subject.pk) == by_program(subject)


def test_what_was_entered_in_error_is_due_again(trial):
    subject = subject_of(trial, "F")
    form = trial.fill(subject, "ecg", {"ecg_date": "2007-12-21"}, visit="SCR", complete=False)
    assert "ecg" in by_statement(subject=subject.pk).popitem()[1][1]
    with acting(SETUP):
        subject.forms.filter(pk=form.pk).update(
            state="in_error", withdrawn_by="A", withdrawn_reason="Another subject", withdrawn_at="2008-01-01T00:00Z"
        )
    assert "ecg" not in by_statement(subject=subject.pk).popitem()[1][1]
    assert by_statement(subject=subject.pk) == by_program(subject)


def test_of_a_screen_failure_nothing_is_due(trial):
    subject = subject_of(trial, "F")
    with acting(SETUP):
        Subject.objects.filter(pk=subject.pk).update(status=SubjectStatus.SCREEN_FAILURE)
    assert by_statement(subject=subject.pk) == {}


def test_one_visit_of_a_subject_is_read_alone(trial):
    subject = trial.treated_at_visits()
    visit = subject.visits.filter(kind="cycle").first()
    assert by_statement(visit=visit.pk) == {visit.pk: by_program(subject)[visit.pk]}
