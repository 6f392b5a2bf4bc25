"""The dry run of many subjects: the worker looks, the page shows, in statements that do not grow with them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from amendments import views
from amendments.dry_run import look_and_keep, looked_at_once
from amendments.figures import compared_with
from amendments.services import propose
from amendments.tasks import look_at_amendment
from cohorts.models import GoesOver, ProtocolVersion, Subject
from tests.cast import SETUP, Trial
from tests.cohorts.amended import OTHER_DOSE_STEPS, SCANS_EVERY_12_WEEKS, amended


def proposed(*changes: tuple[str, str]) -> ProtocolVersion:
    return propose(content=amended(*changes), goes_over=GoesOver.VISIT, by=SETUP)


def on_treatment(trial: Trial, started: date) -> Subject:
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    trial.infuse(subject, started)
    return subject


def test_statements_do_not_grow_with_subjects(trial: Trial) -> None:
    version, today = proposed(*SCANS_EVERY_12_WEEKS), timezone.localdate()
    asked = []
    for subjects in (1, 4):
        while Subject.objects.count() < subjects:
            on_treatment(trial, today)
        looked_at_once(version, today, compared_with(version))
        with CaptureQueriesContext(connection) as seen:
            look = looked_at_once(version, today, compared_with(version))
        assert (look.totals["subjects"], look.totals["over"], look.totals["moved"]) == (subjects,) * 3
        asked.append(len(seen))
    assert asked[0] == asked[1], asked


def test_of_many_subjects_the_page_says_how_far_the_worker_is(
    trial: Trial, as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    subject, version = on_treatment(trial, today), proposed(*SCANS_EVERY_12_WEEKS)
    asked: list[Any] = []
    monkeypatch.setattr(views, "AT_ONCE", 0)
    monkeypatch.setattr(look_at_amendment, "apply_async", lambda given, **_: asked.append(given))
    desk, address = as_user(trial.data_manager), f"/protocol/versions/{version.pk}/"
    for _ in range(2):
        page = desk.get(address).content.decode()
        assert "The worker looks at all subjects" in page
        assert "Figures under both plans" not in page
    assert asked == [[version.pk, today.isoformat()]]
    look_at_amendment(*asked[0])
    with CaptureQueriesContext(connection) as seen:
        page = " ".join(desk.get(address).content.decode().split())
    assert "of 1 subject that is neither frozen nor locked 1 goes over; 0 visits added, 1 moved" in page
    assert "Figures under both plans" in page
    assert subject.label not in page and "Choose a site" in page
    of_site = desk.get(f"{address}?site=101").content.decode()
    assert subject.label in of_site and "Tumour assessment 1: " in of_site
    on_treatment(trial, today)
    look_and_keep(version, today, compared_with(version))
    with CaptureQueriesContext(connection) as more:
        desk.get(address)
    assert len(more) == len(seen)
    assert desk.post(address).status_code == 302
    assert "The worker looks at all subjects" in desk.get(address).content.decode()


@pytest.mark.parametrize(("active_from", "asked"), [(date(2008, 2, 1), 1), (date(2008, 3, 1), 0)])
def test_it_says_what_checks_would_ask(trial: Trial, as_user: Any, active_from: date, asked: int) -> None:
    """Of a dose that was a step of the protocol on its day, and would be none."""
    subject = trial.treated_subject()
    rows = [{"start_date": "2008-02-04", "dose_mg": "5", "frequency": "QD", "reason": "ADVERSE EVENT"}]
    trial.fill(subject, "everolimus", {"any_taken": "Y"}, rows)
    version = proposed(*OTHER_DOSE_STEPS)
    look = looked_at_once(version, active_from, compared_with(version))
    assert look.totals["questions"] == asked
    address = f"/protocol/versions/{version.pk}/?active_from={active_from}"
    page = as_user(trial.data_manager).get(address).content.decode()
    assert ("5 mg every day is no step of the protocol" in page) is bool(asked)
