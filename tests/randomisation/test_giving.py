"""A subject is randomised by the next number of its stratum, once, whatever happens meanwhile."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actor import acting
from audit.models import Event
from casebook.services import approve_enrolment, request_enrolment
from cohorts.models import Cohort, Enrolment
from cohorts.services import Refused, close_cohort, refuse_enrolment
from randomisation.models import Allocation
from tests.assessments.test_saves_at_the_same_time import at_once
from tests.cast import ELIGIBLE, SETUP, Trial, actor
from tests.randomisation.conftest import STRATA, randomising
from tests.randomisation.lists import HEAD, given_to, imported, randomised, waiting


def test_numbers_are_given_by_stratum_in_the_order_of_the_list(trial: Trial) -> None:
    imported(trial)
    given = [given_to(randomised(trial, waiting(trial)).subject) for _ in range(2)]
    assert given == [("1", "WITHOUT"), ("3", "WITH")]
    other = randomised(trial, waiting(trial, who_status=0))
    assert given_to(other.subject) == ("2", "WITH")
    assert other.cohort.code == "WITH"
    assert other.status == "approved"


def test_the_trail_has_the_number_with_its_moment_and_who_gave_it(trial: Trial) -> None:
    imported(trial)
    enrolment = randomised(trial, waiting(trial))
    entry = Event.objects.get(table_name="randomisation_allocation")
    assert (entry.actor_name, entry.role, entry.new["number"]) == ("dora", "data_manager", "1")
    assert entry.subject_id == enrolment.subject_id
    moved = Event.objects.filter(table_name="cohorts_enrolment", action="update").latest("pk")
    assert moved.new["cohort_id"] == Cohort.objects.get(code="WITHOUT").pk
    assert moved.new["enrolled_on"] == "2008-01-04"


def test_a_group_is_never_chosen(trial: Trial) -> None:
    subject = trial.subject()
    trial.screen(subject)
    by = actor(trial.investigator, "investigator")
    with pytest.raises(Refused, match="given by randomisation, and not chosen"):
        request_enrolment(subject=subject, cohort=Cohort.objects.get(code="WITH"), by=by)
    assert not Enrolment.objects.exists()


def test_the_database_takes_no_group_that_the_list_did_not_give(trial: Trial) -> None:
    imported(trial)
    first, other = waiting(trial), randomised(trial, waiting(trial))
    with acting(SETUP):
        for enrolment, code in ((first, "WITH"), (other, "WITH"), (other, "P2-10D")):
            cohort = Cohort.objects.get(code=code)
            with pytest.raises(DatabaseError, match="the one that the list gave"), transaction.atomic():
                Enrolment.objects.filter(pk=enrolment.pk).update(cohort=cohort)


def test_a_number_of_a_subject_who_left_is_not_given_again(trial: Trial) -> None:
    imported(trial)
    gone = randomised(trial, waiting(trial)).subject
    trial.fill(gone, "end_of_treatment", {"end_date": "2008-01-05", "reason": "WITHDRAWAL OF CONSENT"})
    assert given_to(randomised(trial, waiting(trial)).subject) == ("3", "WITH")


def test_a_refused_request_takes_no_number(trial: Trial) -> None:
    imported(trial)
    refuse_enrolment(enrolment=waiting(trial), reason="Too ill", by=actor(trial.data_manager, "data_manager"))
    assert given_to(randomised(trial, waiting(trial)).subject) == ("1", "WITHOUT")


def test_nobody_is_randomised_without_a_list(trial: Trial) -> None:
    with pytest.raises(Refused, match="No randomisation list has been imported"):
        randomised(trial, waiting(trial))


def test_an_exhausted_list_is_refused_in_words_until_there_is_a_further_one(trial: Trial) -> None:
    imported(trial)
    randomised(trial, waiting(trial, who_status=0))
    last = waiting(trial, who_status=0)
    with pytest.raises(Refused) as refusal:
        randomised(trial, last)
    assert refusal.value.errors[""] == [
        "The randomisation list is exhausted for Measurable disease: yes, Performance status: below 1: each of its 1 "
        "numbers was given. A further list is to be imported."
    ]
    imported(trial, f"{HEAD}\n21,no,below 1,WITH\n22,yes,below 1,WITHOUT\n", "further.csv")
    assert given_to(randomised(trial, last).subject) == ("22", "WITHOUT")


def test_a_list_without_the_stratum_is_refused_in_words(trial: Trial) -> None:
    imported(trial, f"{HEAD}\n1,yes,below 1,WITH\n")
    with pytest.raises(Refused, match="no numbers for Measurable disease: yes, Performance status: 1 or more"):
        randomised(trial, waiting(trial))
    assert not Allocation.objects.exists()


def test_a_subject_who_is_eligible_no_more_takes_no_number(trial: Trial) -> None:
    imported(trial)
    enrolment = waiting(trial)
    form = enrolment.subject.forms.get(code="eligibility")
    trial.fill(enrolment.subject, "eligibility", ELIGIBLE | {"neutrophils": "1"}, case_form=form, reason="Read again")
    with pytest.raises(Refused, match="I11"):
        randomised(trial, enrolment)
    assert not Allocation.objects.exists()


def test_while_a_group_is_closed_nobody_is_randomised_and_nothing_tells_of_the_next(trial: Trial) -> None:
    imported(trial)
    enrolment = waiting(trial)
    by = actor(trial.data_manager, "data_manager")
    close_cohort(cohort=Cohort.objects.get(code="WITH"), reason="Interim analysis", by=by)
    with pytest.raises(Refused, match="With everolimus is closed to enrolment"):
        randomised(trial, enrolment)
    assert not Allocation.objects.exists()


def test_two_randomised_at_once_have_two_numbers(committed_db: None, under: Any) -> None:
    under(randomising(*STRATA))
    trial = Trial()
    imported(trial)
    requests = [waiting(trial) for _ in range(3)]
    raised = at_once(*(lambda enrolment=enrolment: randomised(trial, enrolment) for enrolment in requests))
    assert raised == []
    assert sorted(Allocation.objects.values_list("number", flat=True)) == ["1", "3", "5"]
    assert all(enrolment.cohort_id == enrolment.subject.allocation.cohort_id for enrolment in Enrolment.objects.all())  # type: ignore[attr-defined]


def test_one_request_approved_twice_at_once_has_one_number(committed_db: None, under: Any) -> None:
    under(randomising(*STRATA))
    trial = Trial()
    imported(trial)
    enrolment = waiting(trial)
    raised = at_once(*[lambda: randomised(trial, Enrolment.objects.get(pk=enrolment.pk))] * 2)
    assert [type(error) for error in raised] == [Refused]
    assert Allocation.objects.get().number == "1"


def test_a_site_with_numbers_of_its_own_is_given_those(under: Any, db: None) -> None:
    under(randomising(more="by_site = true\n"))
    trial = Trial()
    imported(trial, "number;site;group\n1;102;WITH\n2;101;WITHOUT\n")
    assert given_to(randomised(trial, waiting(trial)).subject) == ("2", "WITHOUT")


def test_the_trial_as_a_whole_is_full_when_all_its_places_are_taken(under: Any, db: None) -> None:
    under(randomising(*STRATA).replace("planned = 20", "planned = 1"))
    trial = Trial()
    imported(trial)
    randomised(trial, waiting(trial))
    waiting(trial)
    with pytest.raises(Refused, match="full: 2 of 2 slots"):
        waiting(trial)


def test_an_unknown_stratum_is_refused_before_anything_is_given(under: Any, db: None) -> None:
    history = '{ form = "history", item = "tumour_grade", label = "Grade", levels = ["g1", "g2", "g3"] }'
    under(randomising(history))
    trial = Trial()
    with pytest.raises(Refused, match="The stratum is not known; not recorded: Grade"):
        waiting(trial)


def test_the_day_of_randomisation_is_not_before_consent(trial: Trial) -> None:
    imported(trial)
    enrolment = waiting(trial)
    with pytest.raises(Refused, match="gave consent later"):
        by = actor(trial.data_manager, "data_manager")
        approve_enrolment(enrolment=enrolment, on=date(2007, 12, 19), by=by)


def test_an_allocation_is_never_changed_nor_taken_back(trial: Trial) -> None:
    imported(trial)
    randomised(trial, waiting(trial))
    for statement in (
        "UPDATE randomisation_allocation SET number = '2'",
        "DELETE FROM randomisation_allocation",
        "INSERT INTO randomisation_allocation (subject_id, cohort_id, place, number) VALUES (1, 1, 9, '9')",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as at:
            at.execute(statement)
