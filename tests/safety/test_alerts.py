"""Sponsor and data manager are told of each report: in the application, and by e-mail where that is set."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.actor import acting
from accounts.models import Membership, User
from accounts.services import revoke_membership, suspend_user
from audit.models import Event
from safety import alerts
from safety.alerts import AGAIN_AFTER, give_notices, send_emails
from safety.models import Notice, SeriousReport
from safety.services import confirm_report
from safety.tasks import alert
from tests.cast import SETUP, Trial, actor, person
from tests.safety.conftest import SERIOUS
from tests.unlimited import unlimited


@pytest.fixture
def reported(trial: Trial) -> Trial:
    trial.fill(trial.treated_subject(), "adverse_event", SERIOUS)
    return trial


def readers_of_notices() -> set[str]:
    return set(Notice.objects.values_list("user__username", flat=True))


def test_sponsor_and_data_manager_are_told_and_nobody_else(reported: Trial) -> None:
    assert give_notices() == 1
    assert readers_of_notices() == {"sven", "dora"}
    assert SeriousReport.objects.get().alerted_at is not None
    assert Event.objects.filter(table_name="safety_notice", actor_name="system").count() == 2


def test_nobody_is_told_twice(reported: Trial) -> None:
    give_notices()
    assert give_notices() == 0
    assert Notice.objects.count() == 2


def test_who_was_suspended_or_whose_role_has_ended_is_not_told(reported: Trial) -> None:
    person("other", "sponsor")
    suspend_user(user=reported.sponsor, by=actor(reported.administrator, "administrator"), reason="left")
    held = Membership.objects.get(user=reported.data_manager)
    revoke_membership(membership=held, by=actor(reported.administrator, "administrator"), reason="moved on")
    give_notices()
    assert readers_of_notices() == {"other"}


def test_without_the_setting_no_e_mail_is_sent(reported: Trial, settings: Any) -> None:
    settings.ALERTS_BY_EMAIL = False
    alert()
    assert mail.outbox == []
    assert not Notice.objects.exclude(emailed_at=None).exists()


def test_with_the_setting_each_is_written_to_once_without_naming_a_person(reported: Trial, settings: Any) -> None:
    settings.ALERTS_BY_EMAIL = True
    alert()
    alert()
    assert sorted(message.to[0] for message in mail.outbox) == ["dora@example.org", "sven@example.org"]
    event = SeriousReport.objects.get().event
    words = mail.outbox[0].body
    assert f"Initial report of serious adverse event {event.number}, version 1." in words
    assert "Subject 101-001, site 101." in words
    assert f"{settings.SITE_ADDRESS}/serious/{event.pk}/" in words
    assert "oxygen" not in words
    assert Notice.objects.filter(emailed_at=None).count() == 0


@pytest.fixture
def dead(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses to which nothing can be sent, dora's at first; the test may clear them."""
    settings.ALERTS_BY_EMAIL = True
    addresses, send = ["dora@example.org"], EmailBackend.send_messages

    def fail_for_them(self: Any, messages: Any) -> Any:
        if messages[0].to[0] in addresses:
            raise OSError("no route to the post")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail_for_them)
    return addresses


def time_passes(**longer: int) -> None:
    with acting(SETUP):
        Notice.objects.exclude(email_again_at=None).update(email_again_at=timezone.now() - timedelta(**longer))


def test_an_address_that_fails_keeps_no_other_from_being_told(reported: Trial, dead: list[str]) -> None:
    alert()
    assert [message.to for message in mail.outbox] == [["sven@example.org"]]
    dead.clear()
    assert send_emails() == 0
    time_passes(seconds=1)
    assert send_emails() == 1
    assert len(mail.outbox) == 2
    assert send_emails() == 0


def test_those_never_tried_come_before_those_that_failed(
    trial: Trial, dead: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "BATCH", 1)
    subject = trial.treated_subject()
    trial.fill(subject, "adverse_event", SERIOUS)
    alert()
    time_passes(seconds=1)
    trial.fill(subject, "adverse_event", SERIOUS | {"start_date": "2008-01-19"})
    give_notices()
    with acting(SETUP), unlimited():
        Notice.objects.filter(user=trial.data_manager, email_failures=0).delete()
    mail.outbox.clear()
    assert send_emails() == 1
    assert [message.to for message in mail.outbox] == [["sven@example.org"]]


def test_after_the_last_try_it_is_given_up_and_the_data_manager_told(
    reported: Trial, dead: list[str], sign_in: Any
) -> None:
    dead[:] = ["sven@example.org"]
    alert()
    for _ in range(len(AGAIN_AFTER)):
        assert not Notice.objects.exclude(undelivered=None).exists()
        time_passes(seconds=1)
        assert send_emails() == 1
    failed = Notice.objects.get(user=reported.sponsor)
    assert (failed.email_failures, failed.email_again_at, failed.emailed_at) == (len(AGAIN_AFTER) + 1, None, None)
    assert send_emails() == 0
    told_of = Notice.objects.exclude(undelivered=None).get()
    assert (told_of.user, told_of.undelivered, told_of.read_at) == (reported.data_manager, failed, None)
    page = sign_in(reported.data_manager).get("/notices/").content.decode()
    assert "No e-mail reached Sven: inform them another way." in " ".join(page.split())
    confirm_report(report=failed.report, by=actor(reported.data_manager, "data_manager"))
    told_of.refresh_from_db()
    assert told_of.read_at is None


def test_who_has_no_address_is_told_in_the_application_alone(reported: Trial, settings: Any) -> None:
    settings.ALERTS_BY_EMAIL = True
    with acting(SETUP), unlimited():
        User.objects.filter(username="sven").update(email="")
    alert()
    assert [message.to for message in mail.outbox] == [["dora@example.org"]]
    assert "sven" in readers_of_notices()


def test_telling_costs_the_same_for_one_report_and_for_ten(trial: Trial, django_assert_max_num_queries: Any) -> None:
    subject = trial.treated_subject()
    for day in range(10, 20):
        trial.fill(subject, "adverse_event", SERIOUS | {"start_date": f"2008-01-{day}"})
    with django_assert_max_num_queries(9):
        assert give_notices() == 10
    assert Notice.objects.count() == 20
