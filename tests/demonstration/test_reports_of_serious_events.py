"""Serious events of the synthetic trial are told in its own days: late ones by hours, never by years."""

from datetime import date, timedelta
from random import Random

import pytest

from demonstration.people import People
from demonstration.safety import report_in_its_time
from safety.models import Notice, SeriousReport
from safety.reading import Clock, Promptness
from tests.cast import Trial, actor
from tests.safety.conftest import EVENT, SERIOUS

pytestmark = pytest.mark.django_db
LONGEST = timedelta(hours=54)
EVENTS = 14


@pytest.fixture
def people(trial: Trial) -> People:
    sponsor, manager = actor(trial.sponsor, "sponsor"), actor(trial.data_manager, "data_manager")
    return People(actors={"sponsor": sponsor, "datamanager": manager})


def test_most_are_reported_and_confirmed_in_time_and_no_clock_runs(trial: Trial, people: People) -> None:
    subject = trial.treated_subject()
    for number in range(EVENTS):
        form = trial.fill(subject, "adverse_event", SERIOUS | {"start_date": f"2008-01-{number + 10}"})
        report_in_its_time(form, date(2008, 2, 20), Random(number), people)
    reports = list(SeriousReport.objects.all())
    assert max(report.took for report in reports) <= LONGEST
    assert EVENTS * 0.6 < sum(Promptness(report.took).in_time for report in reports) < EVENTS
    states = [Clock(report.due_at, report.confirmed_at, report.reported_at).state for report in reports]
    assert set(states) <= {"confirmed", "late"}
    assert states.count("confirmed") > EVENTS * 0.6
    assert not Notice.objects.filter(user=trial.sponsor, read_at=None).exists()


def test_a_later_version_is_dated_to_its_own_day_and_the_first_one_stays(trial: Trial, people: People) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", SERIOUS)
    report_in_its_time(form, date(2008, 1, 24), Random(1), people)
    first = SeriousReport.objects.get()
    trial.fill(subject, "adverse_event", SERIOUS | {"grade": "4"}, case_form=form, reason="worse")
    report_in_its_time(form, date(2008, 2, 20), Random(2), people)
    trial.fill(subject, "adverse_event", EVENT, case_form=form, reason="a mistake")
    report_in_its_time(form, date(2008, 3, 3), Random(3), people)
    version_1, version_2, version_3 = SeriousReport.objects.order_by("version")
    assert (version_1.reported_at, version_2.reported_at.date(), version_3.reported_at.date()) == (
        first.reported_at,
        date(2008, 2, 20),
        date(2008, 3, 3),
    )
    assert (version_3.confirmed_at, version_3.ended_at) == (None, version_3.reported_at)
