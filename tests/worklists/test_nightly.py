"""The night's work: visits planned on, one digest a site and day, e-mail where the installation wants it."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.actor import SYSTEM, acting
from audit.models import Event
from cohorts.models import Visit
from signature.closing import shut
from signature.models import ClosureState
from tests.cast import FIRST_DOSE, actor
from tests.signature.closed import reach_of
from worklists.models import Digest
from worklists.nightly import do_the_night
from worklists.tasks import nightly

pytestmark = pytest.mark.django_db


def night(number):
    do_the_night(day=FIRST_DOSE + timedelta(number - 1), by=SYSTEM)


def test_the_calendar_plans_visits_on(trial):
    subject = trial.treated_subject()
    trial.infuse(subject, visit="C1D1")
    Visit.objects.filter(subject=subject)
    with acting(SYSTEM):
        Visit.objects.filter(subject=subject, cycle__gt=2).delete()
    night(28)
    assert not subject.visits.filter(code="C3D1").exists()
    night(29)
    assert subject.visits.filter(code="C3D1").exists()


def test_what_the_night_plans_is_the_system_s_with_its_reason(trial):
    subject = trial.treated_subject()
    with acting(SYSTEM):
        subject.visits.filter(cycle__gt=2).delete()
    night(29)
    event = Event.objects.filter(table_name="cohorts_visit", action="insert").latest("id")
    assert (event.actor_name, event.reason) == ("system", "the calendar moved on")


def test_each_site_gets_one_digest_a_day_however_often_the_night_is_done(trial):
    trial.treated_subject()
    night(11)
    first = list(Digest.objects.values_list("site__code", "overdue", "made_at"))
    night(11)
    assert list(Digest.objects.values_list("site__code", "overdue", "made_at")) == first
    assert [(code, overdue > 0) for code, overdue, _ in first] == [("101", True), ("102", False)]


def test_a_second_call_of_the_task_on_one_day_writes_nothing(trial):
    trial.treated_subject()
    nightly()
    before = Event.objects.count()
    nightly()
    assert Event.objects.count() == before


def test_a_subject_that_cannot_be_planned_keeps_no_other_from_it(trial, monkeypatch, caplog):
    import worklists.nightly as module

    broken, other = trial.treated_subject(), trial.treated_subject()
    with acting(SYSTEM):
        Visit.objects.filter(cycle__gt=2).delete()
    plan = module.plan_visits

    def failing(*, subject, **more):
        if subject == broken:
            raise ValueError("no plan")
        plan(subject=subject, **more)

    monkeypatch.setattr(module, "plan_visits", failing)
    night(29)
    assert other.visits.filter(code="C3D1").exists()
    assert not broken.visits.filter(code="C3D1").exists()
    assert "could not be planned on" in caplog.text


def test_a_digest_is_mailed_once_to_those_who_enter_the_site_s_data(trial, settings):
    settings.DIGEST_EMAIL, settings.SITE_ADDRESS = True, "https://edc.example.org"
    trial.treated_subject()
    night(11)
    night(11)
    (message,) = mail.outbox
    assert message.to == ["carla@example.org", "ines@example.org"]
    assert message.subject == "Site 101: open work on 17 Jan 2008"
    assert f"https://edc.example.org/worklists/?site={trial.site.pk}" in message.body
    # Subjects are named on the page alone.
    assert "101-001" not in message.body
    assert Digest.objects.get(site=trial.site).emailed_at


def test_without_the_setting_no_message_is_sent(trial):
    trial.treated_subject()
    night(11)
    assert mail.outbox == []


def test_a_message_that_could_not_be_sent_is_tried_again(trial, settings, monkeypatch):
    import worklists.nightly as module

    settings.DIGEST_EMAIL = True
    trial.treated_subject()
    send = module.send_mail

    def refuse(*arguments):
        raise ConnectionRefusedError

    monkeypatch.setattr(module, "send_mail", refuse)
    night(11)
    assert Digest.objects.get(site=trial.site).emailed_at is None
    monkeypatch.setattr(module, "send_mail", send)
    night(11)
    assert len(mail.outbox) == 1


def test_the_page_of_digests_shows_the_own_sites(trial, client):
    night(11)
    client.force_login(trial.coordinator)
    assert [digest.site.code for digest in client.get("/worklists/digests/").context["digests"]] == ["101"]
    client.force_login(trial.data_manager)
    assert {digest.site.code for digest in client.get("/worklists/digests/").context["digests"]} == {"101", "102"}


def test_the_night_is_asked_for_by_the_clock():
    from django.conf import settings

    assert "worklists.tasks.nightly" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.parametrize("way", ["visit", "subject", "site", "trial"])
def test_what_is_locked_is_passed_over_and_is_no_error_in_the_night_s_log(trial, caplog, way):
    subject = trial.treated_subject()
    visit = subject.visits.get(code="C1D8")
    reach = reach_of(way, subject, visit)
    by = actor(trial.data_manager, "data_manager")
    shut(reach=reach, state=ClosureState.LOCKED, reason="as agreed", by=by)
    before = set(subject.visits.values_list("code", flat=True))
    caplog.set_level("INFO")
    night(200)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    if way != "visit":
        assert set(subject.visits.values_list("code", flat=True)) == before
        assert Digest.objects.get(site=trial.site).overdue == 0
