"""Times of day are typed and shown by the clocks of the subject's site; the record keeps the instant too, as UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.access import access_for
from accounts.actor import Locked, acting
from accounts.models import Membership, Site
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import AdverseEvent, Haematology
from assessments.site_clock import set_time_zone, times_recorded
from audit.models import Event
from safety.models import SeriousReport
from signature.closing import reach_of_form, shut
from signature.models import ClosureState
from tests.cast import SETUP, Trial, actor
from tests.examples import EXAMPLES
from tests.safety.conftest import SERIOUS
from values.times import shown_moment

pytestmark = pytest.mark.django_db
PARIS = "Europe/Paris"
SAMPLE = {"sample_date": "2008-01-15", "sample_time": "8:30"}


@pytest.fixture
def subject(trial: Trial):
    set_time_zone(site=trial.site, time_zone=PARIS, by=SETUP, reason="opened in Paris")
    trial.site.refresh_from_db()
    subject = trial.subject()
    trial.fill(subject, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"})
    return subject


def entered(subject, code: str, record: dict) -> Entry:
    return Entry(CATALOGUE[code], subject=subject, data=typed(record), complete=False)


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        ("2008-01-15", "8:30", datetime(2008, 1, 15, 7, 30, tzinfo=UTC)),
        ("2008-07-15", "8h30", datetime(2008, 7, 15, 6, 30, tzinfo=UTC)),
        ("2008-07-15", "0030", datetime(2008, 7, 14, 22, 30, tzinfo=UTC)),
        ("2008-10-26", "02.30", datetime(2008, 10, 26, 0, 30, tzinfo=UTC)),  # shown twice: the first
    ],
)
def test_the_time_stays_as_typed_and_its_instant_stands_beside_it(trial: Trial, subject, day, at, moment) -> None:
    saved = trial.fill(subject, "haematology", {"sample_date": day, "sample_time": at}, visit="SCR", complete=False)
    record = Haematology.objects.get(pk=saved.pk)
    assert (record.sample_time[-2:], record.sample_at) == (at[-2:], moment)


def test_an_hour_that_the_clocks_skipped_is_refused_at_its_field(subject) -> None:
    entry = entered(subject, "haematology", {"sample_date": "2008-03-30", "sample_time": "2:30"})
    assert entry.errors == {
        "sample_time": ["There was no 02:30 on that day: the clocks were put forward (Europe/Paris)."]
    }


@pytest.mark.parametrize("at", ["24:00", "8:60", "half past eight", "８:30", "8"])
def test_what_is_no_time_of_day_stays_and_says_why(subject, at) -> None:
    entry = entered(subject, "haematology", {"sample_date": "2008-01-15", "sample_time": at})
    assert "24-hour clock" in entry.errors["sample_time"][0]
    assert entry.record_form["sample_time"].value() == at


def test_today_is_the_site_s_today(trial: Trial, subject, monkeypatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    errors = {
        day: entered(subject, "haematology", {"sample_date": day, "sample_time": at}).errors
        for day, at in (("2026-03-02", "0:20"), ("2026-03-03", ""))
    }
    assert errors["2026-03-02"] == {}
    assert list(errors["2026-03-03"]) == ["sample_date"]
    assert list(entered(subject, "haematology", {"sample_date": "2026-03-02", "sample_time": "0:40"}).errors) == [
        "sample_time"
    ]


def test_the_clock_of_a_serious_event_starts_from_local_time(trial: Trial, subject) -> None:
    trial.fill(subject, "adverse_event", SERIOUS | {"aware_date": "2026-03-10", "aware_time": "8:30"})
    assert (
        SeriousReport.objects.get().aware_at
        == AdverseEvent.objects.get().aware_at
        == datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
    )


def test_a_serious_event_known_on_a_day_is_known_from_its_local_midnight(trial: Trial, subject) -> None:
    trial.fill(subject, "adverse_event", SERIOUS | {"aware_date": "2026-03-10", "aware_time": ""})
    assert SeriousReport.objects.get().aware_at == datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert AdverseEvent.objects.get().aware_at is None


def test_the_page_and_the_reading_name_the_zone(trial: Trial, subject, client) -> None:
    record, rows = EXAMPLES["haematology"]
    saved = trial.fill(subject, "haematology", record | {"sample_time": "8:30"}, rows, visit="SCR")
    for user in (trial.coordinator, trial.monitor):
        client.force_login(user)
        page = client.get(f"/forms/{saved.pk}/").content.decode()
        assert "08:30" in page
        assert PARIS in page


def test_who_works_at_sites_of_one_zone_reads_all_times_by_its_clocks(trial: Trial, subject, client) -> None:
    saved = trial.fill(subject, "adverse_event", SERIOUS | {"aware_date": "2026-03-10", "aware_time": "8:30"})
    at = SeriousReport.objects.get().reported_at
    client.force_login(trial.coordinator)
    for path in (f"/forms/{saved.pk}/", "/serious/"):
        page = client.get(path).content.decode()
        assert " UTC" not in page.replace("filter by are UTC", "")
    assert shown_moment(at, trial.site.zone) in page
    client.force_login(trial.sponsor)
    assert shown_moment(at) in client.get("/serious/").content.decode()


def test_a_serious_event_is_told_by_its_site_s_clocks_to_everybody(trial: Trial, subject, client) -> None:
    trial.fill(subject, "adverse_event", SERIOUS | {"aware_date": "2026-03-10", "aware_time": "8:30"})
    for user in (trial.coordinator, trial.sponsor):
        client.force_login(user)
        page = client.get(SeriousReport.objects.get().event.get_absolute_url()).content.decode()
        assert "The site became aware of it 10 Mar 2026 08:30 CET" in " ".join(page.split())


def test_the_api_speaks_utc_whoever_asks(trial: Trial, subject, client) -> None:
    saved = trial.fill(subject, "haematology", SAMPLE, visit="SCR", complete=False)
    client.force_login(trial.coordinator)
    record = client.get(f"/api/v1/forms/haematology/{saved.pk}/").json()["record"]
    assert (record["sample_time"], record["sample_at"]) == ("08:30", "2008-01-15T07:30:00Z")


def test_no_zone_is_left_behind_by_a_page(trial: Trial, subject, client) -> None:
    client.force_login(trial.coordinator)
    client.get("/subjects/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_who_works_in_several_zones_reads_utc(trial: Trial, subject) -> None:
    assert access_for(trial.coordinator).zone == ZoneInfo(PARIS)
    with acting(SETUP):
        Membership.objects.create(user=trial.coordinator, role="coordinator", site=trial.other_site)
    assert access_for(trial.coordinator).zone is None
    assert access_for(trial.data_manager).zone is None


def test_a_zone_put_right_reads_the_times_that_were_typed_anew(trial: Trial, subject) -> None:
    saved = trial.fill(
        subject, "haematology", {"sample_date": "2008-01-15", "sample_time": "8:30"}, visit="SCR", complete=False
    )
    assert times_recorded(trial.site) == 1
    set_time_zone(site=trial.site, time_zone="Pacific/Auckland", by=SETUP, reason="the wrong one was chosen")
    record = Haematology.objects.get(pk=saved.pk)
    assert (record.sample_time, record.sample_at) == ("08:30", datetime(2008, 1, 14, 19, 30, tzinfo=UTC))
    changes = Event.objects.filter(table_name="assessments_haematology", action="update").latest("id")
    assert changes.reason == "time zone of site 101 is Pacific/Auckland"
    assert set(changes.new) == {"sample_at"}


def test_a_zone_stays_where_a_form_with_a_time_is_locked(trial: Trial, subject) -> None:
    saved = trial.fill(
        subject, "haematology", {"sample_date": "2008-01-15", "sample_time": "8:30"}, visit="SCR", complete=False
    )
    by = actor(trial.data_manager, "data_manager")
    shut(reach=reach_of_form(saved), state=ClosureState.LOCKED, reason="done", by=by)
    with pytest.raises(Locked):
        set_time_zone(site=trial.site, time_zone="UTC", by=SETUP, reason="wrong")
    assert Site.objects.get(pk=trial.site.pk).time_zone == PARIS


def test_the_administrator_sets_the_zone_and_nobody_else(trial: Trial, client) -> None:
    path = f"/people/sites/{trial.site.pk}/time-zone/"
    client.force_login(trial.coordinator)
    assert client.post(path, {"time_zone": PARIS, "reason": "x"}).status_code == 403
    client.force_login(trial.administrator)
    refused = client.post(path, {"time_zone": "Europe/Atlantis", "reason": "x"})
    assert "Europe/Atlantis is not one of the available choices" in refused.content.decode()
    assert client.post(path, {"time_zone": PARIS, "reason": "opened in Paris"}).status_code == 302
    assert Site.objects.get(pk=trial.site.pk).zone.key == PARIS
