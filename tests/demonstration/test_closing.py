"""The last visits of the synthetic trial leave each page of the review something, in the names of who does it."""

from collections import Counter
from datetime import date

import pytest

from audit.models import Event
from demonstration.closing import Closing, review_access
from demonstration.design import HOSPITALS
from demonstration.people import People
from review.models import Query
from sdv.models import FormVerification, MonitoringVisit, Verification
from signature.models import Closure
from signature.signing import WITH_FORM, SignatureStanding, standings
from staff.models import AccessReview
from tests.cast import Trial, actor

pytestmark = pytest.mark.django_db
DAY = date(2013, 6, 27)


@pytest.fixture
def closed() -> Trial:
    """Three subjects, of whom the last has a form in progress."""
    trial = Trial()
    for _ in range(2):
        trial.screen(trial.subject())
    begun = trial.subject()
    trial.screen(begun)
    trial.fill(begun, "adverse_event", {"term": "Nausea"}, complete=False)
    Closing(people_of(trial)).visit(HOSPITALS[0], DAY)
    return trial


def people_of(trial: Trial) -> People:
    actors = {
        "coordinator101": actor(trial.coordinator, "coordinator"),
        "investigator101": actor(trial.investigator, "investigator"),
        "monitor101": actor(trial.monitor, "monitor"),
        "datamanager": actor(trial.data_manager, "data_manager"),
    }
    return People(sites={"101": trial.site}, actors=actors)


def test_one_subject_is_verified_signed_frozen_and_locked(closed: Trial) -> None:
    assert dict(Closure.objects.values_list("state", "closed_by")) == {"frozen": "mona", "locked": "dora"}
    subject = Closure.objects.get(state="locked").subject
    assert subject is not None
    assert not FormVerification.objects.filter(subject=subject, outstanding__gt=0).exists()
    assert FormVerification.objects.filter(subject=subject).count() == subject.forms.count()
    held = standings(WITH_FORM.all())
    assert {(signature.username, signature.subject_id, standing) for signature, standing in held} == {
        ("ines", subject.pk, SignatureStanding.HOLDS)
    }
    assert len(held) == subject.forms.count()


def test_questions_stand_in_several_states_and_some_are_somebody_s_turn(closed: Trial) -> None:
    queries = Query.objects.filter(origin="manual")
    assert Counter(queries.values_list("state", flat=True)) == {"open": 3, "answered": 1, "closed": 1}
    assert queries.filter(reopened=True, assigned_to=closed.coordinator).count() == 1
    assert queries.filter(assigned_role="coordinator").count() == 1
    assert queries.filter(case_form=None).count() == 1


def test_consents_are_verified_and_one_of_them_is_taken_back(closed: Trial) -> None:
    ended = Verification.objects.exclude(ended_at=None).filter(lapsed=False)
    assert set(ended.values_list("ended_by", flat=True)) == {"mona"}
    assert ended.values("case_form").distinct().count() == 1


def test_another_one_lapsed_because_the_coordinator_corrected_it_afterwards(closed: Trial) -> None:
    [lapsed] = Verification.objects.filter(lapsed=True)
    assert (lapsed.item, lapsed.ended_by) == ("consent_version", "carla")
    shown = FormVerification.objects.get(case_form=lapsed.case_form)
    assert (shown.lapsed, shown.version) == (1, lapsed.case_form.version)


def test_the_visit_is_over_and_is_not_made_twice(closed: Trial) -> None:
    visit = MonitoringVisit.objects.get()
    assert (visit.monitor, visit.ends_on) == ("mona", DAY)
    events = Event.objects.count()
    Closing(people_of(closed)).visit(HOSPITALS[0], DAY)
    assert Event.objects.count() == events


def test_a_review_of_access_is_under_way_once(closed: Trial) -> None:
    people = people_of(closed)
    people.actors["admin"] = actor(closed.administrator, "administrator")
    for _ in range(2):
        review_access(people)
    [review] = AccessReview.objects.all()
    assert review.signed_at is None
    assert 0 < review.lines.filter(decision="kept").count() < review.lines.count()
