"""Statements that are built once, and those that are sent together: they answer as the ORM would."""

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from accounts.models import Site
from cohorts.models import Visit
from cohorts.reading import SUBJECT, VISIT
from database.prepared import add, ahead, in_one_go, insert
from endpoints.models import Mark
from tests.cast import Trial
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db


def test_reads_asked_for_ahead_answer_what_the_orm_does(trial: Trial) -> None:
    subject = trial.subject()
    visit = subject.visits.first()
    with ahead((SUBJECT, (subject.pk,)), (VISIT, (subject.pk, visit.pk))):
        assert SUBJECT.first(subject.pk) == subject
        assert VISIT.all(subject.pk, visit.pk) == list(Visit.objects.filter(pk=visit.pk))


def test_a_read_asked_for_ahead_serves_once_and_only_within(trial: Trial) -> None:
    subject = trial.subject()
    with ahead((SUBJECT, (subject.pk,))):
        SUBJECT.first(subject.pk)
        with acting(SYSTEM, reason="renamed"), unlimited():
            Site.objects.filter(pk=subject.site_id).update(name="Renamed")
        assert SUBJECT.first(subject.pk).site.name == "Renamed"
    with ahead((SUBJECT, (subject.pk,))):
        pass
    with acting(SYSTEM, reason="renamed"), unlimited():
        Site.objects.filter(pk=subject.site_id).update(name="Renamed again")
    assert SUBJECT.first(subject.pk).site.name == "Renamed again"


def test_of_writes_sent_in_one_go_a_wrong_one_undoes_all(trial: Trial) -> None:
    subject = trial.subject()
    before = Mark.objects.count()
    broken = pytest.raises(IntegrityError, match="visit_code_once_a_subject")
    with broken, acting(SYSTEM, reason="two visits of one code"), in_one_go():
        add(Mark, [{"subject": subject.pk, "at": timezone.now()}])
        twice = {"subject": subject.pk, "label": "Twice", "kind": "unscheduled", "code": "UNS1"}
        add(Visit, [twice])
        add(Visit, [twice])
    assert (Mark.objects.count(), subject.visits.filter(code="UNS1").count()) == (before, 0)
    assert connection.is_usable()


def test_what_is_inserted_has_the_keys_that_are_given_back(trial: Trial) -> None:
    subject = trial.subject()
    row = {"subject": subject.pk, "label": "Asked between", "kind": "unscheduled"}
    with acting(SYSTEM, reason="two visits"):
        keys = insert(Visit, [row | {"code": "UNS1"}, row | {"code": "UNS2"}])
    assert [visit.code for visit in Visit.objects.filter(pk__in=keys).order_by("pk")] == ["UNS1", "UNS2"]
    assert insert(Visit, []) == []
