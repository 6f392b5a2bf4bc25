"""What was asked for and never begun is said before one signs and before one locks."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.access import access_for
from accounts.actor import acting
from assessments.catalogue import CATALOGUE
from assessments.place import Place
from assessments.services import mark_not_done
from assessments.visits.unbegun import never_begun
from cohorts.models import Subject, Visit
from signature.closing import Reach, reach_of_form
from signature.models import Closure
from signature.preflight import open_work
from tests.cast import SETUP

CONSENT = {"consent_given": "Y", "consent_date": "2007-12-20"}


def add_visit(subject, code, kind, *, window_to=None, held=None, cycle=None):
    with acting(SETUP):
        return Visit.objects.create(
            subject=subject,
            code=code,
            label=code,
            kind=kind,
            cycle=cycle,
            target_date=window_to,
            window_from=window_to,
            window_to=window_to,
            visit_date=held,
        )


def count(subject, **options):
    return never_begun(today=date(2008, 5, 1), subject=subject.pk, **options)


def test_a_form_that_is_asked_for_at_a_visit_that_took_place_counts_until_it_is_begun(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", CONSENT, visit="SCR")
    before = count(subject)
    assert before == 11
    trial.fill(subject, "demography", {"age": 54}, visit="SCR", complete=False)
    assert count(subject) == before - 1


def test_what_was_marked_as_not_done_does_not_count(trial):
    subject = trial.subject()
    trial.fill(subject, "consent", CONSENT, visit="SCR")
    before = count(subject)
    place = Place(subject, CATALOGUE["ecg"], subject.visits.get(code="SCR"))
    mark_not_done(place=place, why="Device broken", by=trial.by)
    assert count(subject) == before - 1


@pytest.mark.parametrize(("today", "number"), [(date(2008, 3, 10), 0), (date(2008, 3, 11), 1)])
def test_a_planned_visit_counts_from_the_day_after_its_window(trial, subject, today, number):
    add_visit(subject, "TA1", "tumour", window_to=date(2008, 3, 10))
    assert never_begun(today=today, subject=subject.pk) == number


def test_a_form_filled_once_a_subject_is_begun_wherever_it_is_filled(trial, subject):
    assert count(subject) == 0
    add_visit(subject, "EOT", "end_of_treatment", held=date(2008, 4, 1))
    before = count(subject)
    begun = trial.fill(subject, "end_of_treatment", {"end_date": "2008-04-01"}, complete=False)
    assert (begun.visit, before, count(subject)) == (None, 7, 6)


@pytest.mark.parametrize(("status", "number"), [("withdrawn", 0), ("screen_failure", 0), ("on_treatment", 1)])
def test_of_who_withdrew_only_the_agreed_follow_up_is_asked_and_of_a_screen_failure_nothing(
    trial, subject, status, number
):
    add_visit(subject, "TA1", "tumour", held=date(2008, 3, 10))
    with acting(SETUP):
        Subject.objects.filter(pk=subject.pk).update(status=status)
    assert count(subject) == number


def test_it_is_counted_by_visit_subject_site_and_trial_and_at_a_form_not(trial, subject):
    visit = add_visit(subject, "TA1", "tumour", held=date(2008, 3, 10))
    trial.screen(other := trial.subject(trial.other_site))
    add_visit(other, "TA1", "tumour", held=date(2008, 3, 10))
    access, site = access_for(trial.data_manager), subject.site
    form = subject.forms.select_related("subject__site", "visit").get(code="consent")
    counts = [
        open_work(reach, access).never_begun
        for reach in (Reach(site, subject, visit), Reach(site, subject), Reach(site), Reach(), reach_of_form(form))
    ]
    assert counts == [1, 1, 1, 2, 0]


def test_it_is_said_before_the_site_is_locked_and_kept_with_the_lock(trial, subject, as_user):
    add_visit(subject, "TA1", "tumour", held=date(2008, 3, 10))
    client, words = as_user(trial.data_manager), "1 form of past visits not started or marked as not done"
    page = client.post(f"/sites/{trial.site.pk}/lock/", {"reason": "clean"})
    assert (page.status_code, words in page.content.decode()) == (422, True)
    client.post(f"/sites/{trial.site.pk}/lock/", {"reason": "clean", "all_the_same": "on"})
    assert words in Closure.objects.get().overridden


def test_it_is_said_before_one_signs_a_casebook_and_not_of_another_site(trial, subject, as_user):
    add_visit(subject, "TA1", "tumour", window_to=timezone.localdate().replace(year=2008))
    trial.screen(other := trial.subject(trial.other_site))
    add_visit(other, "TA1", "tumour", held=date(2008, 3, 10))
    client = as_user(trial.investigator)
    for address in (f"/sign/?subject={subject.pk}", "/sign/"):
        assert "1 form of past visits not started" in " ".join(client.get(address).content.decode().split()), address
    for address in (f"/sign/?subject={other.pk}", f"/sign/?form={subject.forms.get(code='consent').pk}"):
        assert "not started" not in client.get(address).content.decode(), address
