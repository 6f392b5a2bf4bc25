"""The pages of serious events: who sees what, the differences, the clock, the confirmation."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import acting
from cohorts.models import Cohort
from safety.alerts import give_notices
from safety.models import Notice, SeriousReport
from safety.reading import Clock, Promptness, span
from safety.services import considered_now
from tests.cast import PASSWORD, SETUP, Trial
from tests.safety.conftest import EVENT, SERIOUS
from tests.unlimited import unlimited


@pytest.fixture
def report(trial: Trial) -> SeriousReport:
    trial.fill(trial.treated_subject(), "adverse_event", SERIOUS)
    give_notices()
    return SeriousReport.objects.get()


def test_the_list_shows_the_last_version_of_each_event(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    form = report.event.case_form
    trial.fill(form.subject, "adverse_event", SERIOUS | {"grade": "4"}, case_form=form, reason="worse")
    page = sign_in(trial.sponsor).get("/serious/")
    (row,) = page.context["rows"]
    assert (row.report.version, row.grade, row.term) == (2, "4 Life-threatening", "Pneumonitis/pulmonary infiltrates")
    assert row.criteria == ["Requires or prolongs hospitalisation"]


def test_each_site_sees_its_own_events(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    assert len(sign_in(trial.coordinator).get("/serious/").context["rows"]) == 1
    assert sign_in(trial.stranger).get("/serious/").context["rows"] == []
    assert sign_in(trial.stranger).get(f"/serious/{report.event_id}/").status_code == 404


def test_the_list_is_filtered_by_site_and_by_confirmation(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    client = sign_in(trial.sponsor)

    def shown(query: str) -> int:
        return len(client.get(f"/serious/?{query}").context["rows"])

    assert (shown(f"site={trial.site.pk}"), shown(f"site={trial.other_site.pk}")) == (1, 0)
    assert (shown("state=waiting"), shown("state=confirmed")) == (1, 0)
    refused = client.get("/serious/?site=x")
    assert refused.status_code == 400
    assert "Select a valid choice" in refused.content.decode()


def test_a_later_version_shows_what_differs(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    form = report.event.case_form
    changed = {"grade": "4", "life_threatening": "Y"}
    trial.fill(form.subject, "adverse_event", SERIOUS | changed, case_form=form, reason="worse")
    newest, first = sign_in(trial.sponsor).get(f"/serious/{report.event_id}/").context["versions"]
    different = {line.label: (line.before, line.value) for line in newest.lines if line.before is not None}
    assert different == {
        "CTCAE 3.0 grade, the worst": ("3 Severe", "4 Life-threatening"),
        "Is life-threatening": ("No", "Yes"),
    }
    assert all(line.before is None for line in first.lines)


def test_the_site_s_own_words_are_withheld_from_the_sponsor(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    address = f"/serious/{report.event_id}/"
    assert "on oxygen" in sign_in(trial.coordinator).get(address).content.decode()
    page = sign_in(trial.sponsor).get(address).content.decode()
    assert "on oxygen" not in page
    assert "both lungs" not in page
    assert "Pneumonitis/pulmonary infiltrates" in page


def test_the_sponsor_confirms_and_the_clock_stops(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    client = sign_in(trial.sponsor)
    assert client.post(f"/serious/reports/{report.pk}/confirm/").status_code == 302
    report.refresh_from_db()
    assert report.confirmed_by == "sven"
    assert Notice.objects.get(user=trial.sponsor).read_at is not None
    assert Notice.objects.get(user=trial.data_manager).read_at is None
    page = client.post(f"/serious/reports/{report.pk}/confirm/", follow=True).content.decode()
    assert "sven has confirmed this version already." in page


def test_the_list_keeps_the_oldest_clock_and_a_later_version_confirms_those_before_it(
    trial: Trial, report: SeriousReport, sign_in: Any
) -> None:
    form = report.event.case_form
    trial.fill(form.subject, "adverse_event", SERIOUS | {"grade": "4"}, case_form=form, reason="worse")
    give_notices()
    with acting(SETUP):
        long_ago = timezone.now() - timedelta(days=2)
        SeriousReport.objects.filter(version=1).update(reported_at=long_ago, aware_at=long_ago - timedelta(hours=26))
    client = sign_in(trial.sponsor)
    (row,) = client.get("/serious/").context["rows"]
    assert (row.report.version, row.clock.state) == (2, "overdue")
    assert row.promptness.words == "Reported 2 h 00 min late"
    page = client.get(f"/forms/{form.pk}/clock/").content.decode()
    assert [words in page for words in ("Overdue", "Reported 2 h 00 min late")] == [True, True]
    client.post(f"/serious/reports/{row.report.pk}/confirm/")
    assert list(SeriousReport.objects.values_list("confirmed_by", flat=True)) == ["sven", "sven"]
    (row,) = client.get("/serious/").context["rows"]
    assert row.clock.state == "confirmed"
    assert not Notice.objects.filter(user=trial.sponsor, read_at=None).exists()


@pytest.mark.parametrize("name", ["coordinator", "investigator", "monitor", "auditor"])
def test_nobody_else_confirms(trial: Trial, report: SeriousReport, sign_in: Any, name: str) -> None:
    assert sign_in(getattr(trial, name)).post(f"/serious/reports/{report.pk}/confirm/").status_code == 403
    report.refresh_from_db()
    assert report.confirmed_at is None


def test_notices_are_counted_in_the_frame_until_they_are_read(
    trial: Trial, report: SeriousReport, sign_in: Any
) -> None:
    client = sign_in(trial.sponsor)
    counted = '<span class="count">1<span class="visually-hidden"> new</span></span>'
    assert counted in client.get("/subjects/").content.decode()
    assert len(client.get("/notices/").context["rows"]) == 1
    assert counted in client.get("/subjects/").content.decode()
    assert "Mark all as read" in client.get("/notices/").content.decode()
    client.post("/notices/read/")
    assert "Mark all as read" not in client.get("/notices/").content.decode()
    assert counted not in client.get("/subjects/").content.decode()
    assert "Notices" not in sign_in(trial.coordinator).get("/subjects/").content.decode()


def test_nobody_reads_another_s_notices(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    with acting(SETUP), unlimited():
        Notice.objects.filter(user=trial.data_manager).delete()
    assert sign_in(trial.data_manager).get("/notices/").context["rows"] == []
    sign_in(trial.data_manager).post("/notices/read/")
    assert Notice.objects.get(user=trial.sponsor).read_at is None


def test_the_clock_stands_on_the_event_s_form(trial: Trial, report: SeriousReport, sign_in: Any) -> None:
    address = f"/forms/{report.event.case_form_id}/clock/"
    for user in (trial.coordinator, trial.sponsor):
        client = sign_in(user)
        assert address in client.get(f"/forms/{report.event.case_form_id}/").content.decode()
        assert report.event.number in client.get(address).content.decode()
    assert sign_in(trial.stranger).get(address).status_code == 404


def test_a_draft_of_a_serious_event_says_that_nobody_was_told(trial: Trial, sign_in: Any) -> None:
    form = trial.fill(trial.treated_subject(), "adverse_event", SERIOUS, complete=False)
    page = sign_in(trial.coordinator).get(f"/forms/{form.pk}/clock/").content.decode()
    assert [words in page for words in ("Not reported yet.", "Overdue by", 'data-clock-to="report"')] == [True] * 3


def test_a_form_of_an_event_that_is_not_serious_has_no_clock(trial: Trial, sign_in: Any) -> None:
    form = trial.fill(trial.treated_subject(), "adverse_event", EVENT)
    assert sign_in(trial.coordinator).get(f"/forms/{form.pk}/clock/").content.strip() == b""


def test_an_event_that_is_no_longer_serious_has_no_clock_that_runs(
    trial: Trial, report: SeriousReport, sign_in: Any
) -> None:
    form = report.event.case_form
    trial.fill(form.subject, "adverse_event", EVENT, case_form=form, reason="a mistake")
    client = sign_in(trial.sponsor)
    assert [version.clock.state for version in client.get(f"/serious/{report.event_id}/").context["versions"]] == [
        "ended"
    ] * 2
    page = client.get(f"/serious/{report.event_id}/").content.decode()
    assert ("Nothing to confirm" in page, "data-clock=" in page, "was received" in page) == (True, False, False)
    assert client.get("/serious/?state=waiting").context["rows"] == []
    assert len(client.get("/serious/?state=confirmed").context["rows"]) == 1


@pytest.mark.parametrize(
    ("took", "in_time", "words"),
    [
        (timedelta(hours=6, minutes=5), True, "Reported after 6 h 05 min"),
        (timedelta(hours=24), True, "Reported after 24 h 00 min"),
        (timedelta(hours=24, minutes=1), False, "Reported 0 h 01 min late"),
        (timedelta(days=5), False, "Reported 4 d 0 h late"),
    ],
)
def test_a_report_says_how_long_after_it_was_known_it_came(took: timedelta, in_time: bool, words: str) -> None:
    assert (Promptness(took).in_time, Promptness(took).words) == (in_time, words)


NOW = timezone.now()


@pytest.mark.parametrize(
    ("left", "confirmed", "state", "words"),
    [
        (timedelta(hours=23, minutes=59, seconds=59), None, "running", "23 h 59 min left to confirm"),
        (timedelta(), None, "running", "0 h 00 min left to confirm"),
        (timedelta(seconds=-1), None, "overdue", "Overdue by 0 h 00 min"),
        (timedelta(hours=-25), None, "overdue", "Overdue by 25 h 00 min"),
        (timedelta(hours=-1), timedelta(hours=-1), "confirmed", "Confirmed in time"),
        (timedelta(hours=-1), timedelta(minutes=-30), "late", "Confirmed 0 h 30 min late"),
    ],
)
def test_the_clock_says_how_long(left: timedelta, confirmed: timedelta | None, state: str, words: str) -> None:
    clock = Clock(NOW + left, NOW + confirmed if confirmed is not None else None, NOW)
    assert (clock.state, clock.words) == (state, words)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=1, minutes=5, seconds=59), "24 h 05 min"),
        (timedelta(hours=71, minutes=59), "71 h 59 min"),
        (timedelta(hours=72), "3 d 0 h"),
        (timedelta(days=100, hours=5, minutes=59), "100 d 5 h"),
    ],
)
def test_a_span_is_in_hours_and_minutes_and_a_long_one_in_days(length: timedelta, words: str) -> None:
    assert span(length) == words


@pytest.mark.parametrize("address", ["/serious/", "/notices/"])
def test_lists_cost_the_same_for_few_and_for_many(
    trial: Trial, report: SeriousReport, sign_in: Any, address: str
) -> None:
    client = sign_in(trial.sponsor)

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    few = cost()
    for day in range(10, 16):
        trial.fill(report.event.subject, "adverse_event", SERIOUS | {"start_date": f"2008-01-{day}"})
    give_notices()
    assert cost() == few


def test_a_decision_on_figures_of_before_comes_back_with_those_of_now_to_sign(trial: Trial, sign_in: Any) -> None:
    url = f"/cohorts/levels/{Cohort.objects.get(code='P1-10D').pk}/decide/"
    typed = {"decision": "close", "decided_on": "2008-03-01", "participants": "Dr A", "rationale": "two toxicities"}
    signed = {"username": "dora", "password": PASSWORD}
    page = sign_in(trial.data_manager).post(url, typed | signed | {"seen": "of before"})
    assert page.status_code == 422
    assert "figures have changed" in page.content.decode()
    assert f'name="seen" value="{considered_now()[1]}"' in page.content.decode()
