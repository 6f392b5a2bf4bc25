"""A serious event is reported by the save that tells of it, and each later change is a version of its report."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import Actor, acting
from assessments import consequences
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry
from assessments.models import CaseForm
from assessments.withdrawing import restore, withdraw
from audit.models import Event
from cohorts.services import Refused
from safety.difference import aware_at
from safety.models import SeriousEvent, SeriousReport
from safety.services import confirm_report
from tests.cast import SETUP, Trial, actor
from tests.safety.conftest import EVENT, SERIOUS
from tests.unlimited import unlimited


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


def test_a_form_that_was_entered_in_error_withdraws_the_report(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    withdraw(case_form=form, why="entered twice", by=trial.by, seen_version=1)
    assert [report.kind for report in SeriousReport.objects.order_by("version")] == ["initial", "withdrawn"]
    restore(case_form=form, why="it was another one", by=trial.by, seen_version=2)
    assert SeriousReport.objects.get(version=3).kind == "follow_up"


def test_reports_stand_in_the_trail_with_their_actor(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    event = Event.objects.get(table_name="safety_seriousreport")
    assert (event.actor_name, event.subject_id) == ("carla", subject.pk)
    assert Event.objects.get(table_name="safety_seriousevent").case_form_id == form.pk


@pytest.mark.parametrize("complete", [True, False])
def test_the_term_of_an_event_is_looked_up_once_a_save(
    trial: Trial, subject: Any, monkeypatch: pytest.MonkeyPatch, complete: bool
) -> None:
    looked_up: list[str] = []
    look_up = consequences.coded
    monkeypatch.setattr(consequences, "coded", lambda text, **first: looked_up.append(text) or look_up(text, **first))
    save(trial, subject, complete=complete)
    assert looked_up == [SERIOUS["dictionary_term"]]


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
    ("day", "at", "known"),
    [
        (None, "", NOW),
        ("", "08:00", NOW),
        ("2026-03-10", "", datetime(2026, 3, 10, tzinfo=UTC)),
        ("2026-03-10", "15:29", datetime(2026, 3, 10, 15, 29, tzinfo=UTC)),
        ("2026-03-10", "15:31", NOW),
        ("2026-03-09", "23:59", datetime(2026, 3, 9, 23, 59, tzinfo=UTC)),
        ("2026-03-01", None, datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_the_site_knew_at_the_time_that_it_says_and_without_one_from_the_day_s_first_moment(
    day: str | None, at: str | None, known: datetime
) -> None:
    assert aware_at({"aware_date": day, "aware_time": at}, NOW, ZoneInfo("UTC")) == known


@pytest.mark.parametrize(
    ("at", "refused"),
    [("24:00", True), ("9:60", True), ("9:30", False), ("0930", False), ("09:30", False), ("", False)],
)
def test_the_time_is_a_time_of_day_or_not_known(trial: Trial, subject: Any, at: str, refused: bool) -> None:
    entry = Entry(CATALOGUE["adverse_event"], subject=subject, data=SERIOUS | {"aware_time": at}, complete=True)
    assert (entry.errors.get("aware_time") is not None) is refused


def test_a_time_that_has_not_come_is_refused(trial: Trial, subject: Any) -> None:
    now = timezone.now()
    if now.hour == 23:  # pragma: no cover
        pytest.skip("the day is nearly over")
    typed = SERIOUS | {"aware_date": now.date().isoformat(), "aware_time": f"{now.hour + 1:02d}:00"}
    errors = Entry(CATALOGUE["adverse_event"], subject=subject, data=typed, complete=True).errors
    assert "is in the future" in errors["aware_time"][0]


def test_the_first_report_runs_from_when_the_site_knew_and_its_receipt_from_the_report(
    trial: Trial, subject: Any
) -> None:
    save(trial, subject, aware_time="14:30")
    report = SeriousReport.objects.get()
    assert report.aware_at == datetime(2008, 1, 22, 14, 30, tzinfo=UTC)
    assert report.due_at == report.reported_at + timedelta(hours=24)


def test_a_later_version_is_known_when_it_is_entered(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    save(trial, subject, form, grade="4")
    second = SeriousReport.objects.get(version=2)
    assert second.took == timedelta()
    assert abs(second.due_at - timezone.now() - timedelta(hours=24)) < timedelta(minutes=1)


def test_a_version_that_says_not_serious_ends_its_clock_and_those_before_it(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    trial.fill(subject, "adverse_event", EVENT, case_form=form, reason="a mistake")
    first, second = SeriousReport.objects.order_by("version")
    assert first.ended_at == second.ended_at == second.reported_at


def test_what_changes_in_an_event_that_is_no_longer_serious_is_reported_to_nobody(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    trial.fill(subject, "adverse_event", EVENT, case_form=form, reason="a mistake")
    trial.fill(subject, "adverse_event", EVENT | {"grade": "2"}, case_form=form, reason="a mistake")
    assert SeriousReport.objects.count() == 2
    save(trial, subject, form)
    again = SeriousReport.objects.get(version=3)
    assert (again.kind, again.ended_at) == ("follow_up", None)


def test_a_clock_that_was_confirmed_stays_confirmed(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    confirm_report(report=SeriousReport.objects.get(), by=actor(trial.sponsor, "sponsor"))
    trial.fill(subject, "adverse_event", EVENT, case_form=form, reason="a mistake")
    first, second = SeriousReport.objects.order_by("version")
    assert (first.confirmed_by, first.ended_at) == ("sven", None)
    with pytest.raises(Refused, match="nothing to confirm"):
        confirm_report(report=second, by=actor(trial.sponsor, "sponsor"))


def test_an_item_that_an_older_report_does_not_know_is_no_change(trial: Trial, subject: Any) -> None:
    form = save(trial, subject)
    report = SeriousReport.objects.get()
    with acting(SETUP), unlimited():
        del report.content["aware_time"]
        report.save()
    save(trial, subject, form)
    assert SeriousReport.objects.count() == 1


def test_an_ordinary_save_costs_nothing_more(trial: Trial, subject: Any) -> None:
    with CaptureQueriesContext(connection) as seen:
        trial.assess(subject, 57, {"T01": "30", "T02": "20"}, "PR")
    assert not [query for query in seen.captured_queries if "safety_" in query["sql"]]
