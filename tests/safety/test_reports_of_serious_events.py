"""A serious event is reported by the save that tells of it, and each later change is a version of its report."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import Actor
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from assessments.services import Place, mark_not_done
from audit.models import Event
from safety.difference import aware_at
from safety.models import SeriousEvent, SeriousReport
from tests.cast import Trial
from tests.safety.conftest import EVENT, SERIOUS


@pytest.fixture
def subject(trial: Trial) -> Any:
    return trial.treated_subject()


def save(trial: Trial, subject: Any, form: CaseForm | None = None, complete: bool = True, **changed: Any) -> CaseForm:
    reason = "corrected" if form else ""
    return trial.fill(subject, "adverse_event", SERIOUS | changed, complete=complete, case_form=form, reason=reason)


def test_a_complete_serious_event_is_reported_at_once(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    report = SeriousReport.objects.get()
    assert (report.event.case_form, report.version, report.kind) == (form, 1, "initial")
    assert (report.reported_by, report.role, report.form_version) == ("carla", "coordinator", 1)
    assert (report.content["grade"], report.content["hospitalisation"]) == ("3", "Y")
    assert report.content["dictionary"] == "CTCAE 3.0"


def test_an_event_that_is_not_serious_is_not_reported(trial: Trial, subject: Any) -> None:
    trial.fill(subject, "adverse_event", EVENT)
    assert not SeriousEvent.objects.exists()


def test_a_draft_is_no_report_yet(trial: Trial, subject: Any) -> None:
    form = save(trial, subject, complete=False)
    assert not SeriousEvent.objects.exists()
    save(trial, subject, form)
    assert SeriousReport.objects.get().form_version == 2


def test_a_later_change_is_a_further_version(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    save(trial, subject, form, grade="4", life_threatening="Y")
    first, second = SeriousReport.objects.order_by("version")
    assert (second.version, second.kind) == (2, "follow_up")
    assert (first.content["grade"], second.content["grade"]) == ("3", "4")


def test_an_event_may_become_serious_later(trial: Trial, subject: Any) -> None:
    form = trial.fill(subject, "adverse_event", EVENT)
    save(trial, subject, form)
    assert SeriousReport.objects.get().kind == "initial"


def test_an_event_that_is_no_longer_serious_is_told_of_too(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    trial.fill(subject, "adverse_event", EVENT, case_form=form, reason="a mistake")
    assert [report.kind for report in SeriousReport.objects.order_by("version")] == ["initial", "not_serious"]


def test_saving_the_same_again_makes_no_version(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    save(trial, subject, form)
    assert SeriousReport.objects.count() == 1


def test_a_form_that_is_marked_as_not_done_withdraws_the_report(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    place = Place(subject, CATALOGUE["adverse_event"], None, form)
    mark_not_done(place=place, why="entered twice", by=trial.by, seen_version=1, reason="entered twice")
    assert [report.kind for report in SeriousReport.objects.order_by("version")] == ["initial", "withdrawn"]
    form.refresh_from_db()
    save(trial, subject, form)
    assert SeriousReport.objects.get(version=3).kind == "follow_up"


def test_reports_stand_in_the_trail_with_their_actor(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    event = Event.objects.get(table_name="safety_seriousreport")
    assert (event.actor_name, event.subject_id) == ("carla", subject.pk)
    assert Event.objects.get(table_name="safety_seriousevent").case_form_id == form.pk


def test_a_save_that_fails_leaves_no_report(trial: Trial, subject: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("assessments.services.mark_changed", refuse)
    with pytest.raises(RuntimeError):
        save(trial, subject)
    assert not SeriousReport.objects.exists()


def test_a_form_by_another_hand_names_that_hand(trial: Trial, subject: Any) -> None:
    by = Actor(trial.investigator.pk, "ines", "investigator", "api")
    trial.fill(subject, "adverse_event", SERIOUS, by=by)
    assert SeriousReport.objects.get().reported_by == "ines"


NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "began"),
    [
        (None, NOW),
        ("", NOW),
        ("2026-03-10", NOW),
        ("2026-03-09", datetime(2026, 3, 10, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 2, tzinfo=UTC)),
    ],
)
def test_the_clock_begins_with_the_end_of_the_day_on_which_the_site_knew(known: str | None, began: datetime) -> None:
    assert aware_at(known, NOW) == began


def test_a_later_version_has_a_clock_of_its_own(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    save(trial, subject, form, grade="4")
    first, second = SeriousReport.objects.order_by("version")
    assert first.due_at == datetime(2008, 1, 24, tzinfo=UTC)
    assert abs(second.due_at - timezone.now() - timedelta(hours=24)) < timedelta(minutes=1)


def test_an_ordinary_save_costs_nothing_more(trial: Trial, subject: Any) -> None:
    with CaptureQueriesContext(connection) as seen:
        trial.assess(subject, 57, {"T01": "30", "T02": "20"}, "PR")
    assert not [query for query in seen.captured_queries if "safety_" in query["sql"]]
