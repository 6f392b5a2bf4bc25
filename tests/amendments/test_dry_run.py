"""The dry run of many subjects: the worker looks, the page shows, in statements that do not grow with them."""

import html
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from amendments import views
from amendments.dry_run import look_and_keep, looked_at_once
from amendments.figures import compared_with
from amendments.services import propose
from amendments.tasks import look_at_amendment
from cohorts.amendments import put_in_force
from cohorts.following import follow
from cohorts.models import GoesOver, ProtocolVersion, Subject
from endpoints.refresh import refresh_marked
from review.models import Query
from tests.cast import SETUP, Trial, actor
from tests.cohorts.amended import BASELINE_WITHIN_3_DAYS, OTHER_DOSE_STEPS, SCANS_EVERY_12_WEEKS, amended


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
    counts = []
    for subjects in (1, 4):
        while Subject.objects.count() < subjects:
            on_treatment(trial, today)
        looked_at_once(version, today, compared_with(version))
        with CaptureQueriesContext(connection) as seen:
            look = looked_at_once(version, today, compared_with(version))
        assert (look.totals["subjects"], look.totals["over"], look.totals["moved"]) == (subjects,) * 3
        counts.append(len(seen))
    assert counts[0] == counts[1], counts


def test_of_many_subjects_the_page_says_how_far_the_worker_is(
    trial: Trial, as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    subject, version = on_treatment(trial, today), proposed(*SCANS_EVERY_12_WEEKS)
    calls: list[Any] = []
    monkeypatch.setattr(views, "AT_ONCE", 0)
    monkeypatch.setattr(look_at_amendment, "apply_async", lambda given, **_: calls.append(given))
    desk, address = as_user(trial.data_manager), f"/protocol/versions/{version.pk}/"
    for _ in range(2):
        page = desk.get(address).content.decode()
        assert "The worker looks at all subjects" in page
        assert "Figures under both plans" not in page
    assert calls == [[version.pk, today.isoformat()]]
    look_at_amendment(*calls[0])
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


@pytest.mark.parametrize(("active_from", "questions"), [(date(2008, 2, 1), 1), (date(2008, 3, 1), 0)])
def test_it_says_what_checks_would_ask(trial: Trial, as_user: Any, active_from: date, questions: int) -> None:
    """Of a dose that was a step of the protocol on its day, and would be none."""
    subject = trial.treated_subject()
    rows = [{"start_date": "2008-02-04", "dose_mg": "5", "frequency": "QD", "reason": "ADVERSE EVENT"}]
    trial.fill(subject, "everolimus", {"any_taken": "Y"}, rows)
    version = proposed(*OTHER_DOSE_STEPS)
    look = looked_at_once(version, active_from, compared_with(version))
    assert look.totals["questions"] == questions
    address = f"/protocol/versions/{version.pk}/?active_from={active_from}"
    page = as_user(trial.data_manager).get(address).content.decode()
    assert ("5 mg every day is no step of the protocol" in page) is bool(questions)


def test_it_says_what_is_asked_about_the_figures_of_all(trial: Trial, as_user: Any, tmp_path: Path) -> None:
    """They go by the newest version at every site: a baseline five days before the first dose would be none."""
    subject = trial.treated_subject()
    while refresh_marked():
        pass
    version, today = proposed(BASELINE_WITHIN_3_DAYS), timezone.localdate()
    look = looked_at_once(version, today, compared_with(version))
    [line] = look.lines["101"]
    [question] = line.questions
    assert (look.sites["101"]["questions"], line.label) == (1, subject.label)
    page = as_user(trial.data_manager).get(f"/protocol/versions/{version.pk}/?site=101").content.decode()
    assert question in html.unescape(page)
    output = StringIO()
    file = tmp_path / "amendment.toml"
    file.write_bytes(amended(BASELINE_WITHIN_3_DAYS, version="2.1"))
    call_command("amend", str(file), stdout=output)
    assert f"a check would raise a query: {question}" in output.getvalue()
    asked_before = {query.text for query in Query.objects.all()}
    by = actor(trial.data_manager, "data_manager")
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    while refresh_marked():
        pass
    # What was foretold is asked, and nothing else; then nothing is left to foretell.
    assert {query.text for query in Query.objects.all()} - asked_before == {question}
    assert looked_at_once(version, today, compared_with(version)).totals["questions"] == 0


def test_it_says_which_forms_are_asked_for_at_no_visit(trial: Trial) -> None:
    subject = trial.treated_subject()
    version = proposed(('log_forms = [\n  "everolimus",\n', 'log_forms = [\n  "everolimus",\n  "exposure",\n'))
    look = looked_at_once(version, date(2008, 2, 1), compared_with(version))
    [line] = look.lines["101"]
    assert line.label == subject.label
    assert [words for words in line.asked if words.startswith("Forms outside visits: ")] == [
        "Forms outside visits: Study drug too"
    ]


def test_who_died_before_it_does_not_go_over(trial: Trial) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "death", {"death_date": "2008-01-20", "cause": "DISEASE UNDER STUDY"})
    version = proposed(*SCANS_EVERY_12_WEEKS)
    look = looked_at_once(version, date(2008, 2, 1), compared_with(version))
    assert (look.totals["subjects"], look.totals["over"]) == (1, 0)
