"""Sponsor and data manager are told of each report: in the application, and by e-mail where that is set."""

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.actor import acting
from accounts.models import Membership, User
from accounts.services import revoke_membership, suspend_user
from audit.models import Event
from safety.alerts import give_notices, send_emails
from safety.models import Notice, SeriousReport
from safety.tasks import alert
from tests.cast import SETUP, Trial, actor, person
from tests.safety.conftest import SERIOUS


@pytest.fixture
def reported(trial: Trial) -> Trial:
    trial.fill(trial.treated_subject(), "adverse_event", SERIOUS)
    return trial


def told() -> set[str]:
    return set(Notice.objects.values_list("user__username", flat=True))


def test_sponsor_and_data_manager_are_told_and_nobody_else(reported: Trial) -> None:
    assert give_notices() == 1
    assert told() == {"sven", "dora"}
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
    assert told() == {"other"}


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
    assert f"First report of serious adverse event {event.number}, version 1." in words
    assert "Subject 101-001, site 101." in words
    assert f"{settings.SITE_ADDRESS}/serious/{event.pk}/" in words
    assert "oxygen" not in words
    assert Notice.objects.filter(emailed_at=None).count() == 0


def test_an_address_that_fails_keeps_no_other_from_being_told(
    reported: Trial, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALERTS_BY_EMAIL = True
    send = EmailBackend.send_messages

    def fail_for_the_first(self: Any, messages: Any) -> Any:
        if "dora" in messages[0].to[0]:
            raise OSError("no route to the post")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail_for_the_first)
    alert()
    assert [message.to for message in mail.outbox] == [["sven@example.org"]]
    monkeypatch.undo()
    assert send_emails() == 1
    assert len(mail.outbox) == 2


def test_who_has_no_address_is_told_in_the_application_alone(reported: Trial, settings: Any) -> None:
    settings.ALERTS_BY_EMAIL = True
    with acting(SETUP):
        User.objects.filter(username="sven").update(email="")
    alert()
    assert [message.to for message in mail.outbox] == [["dora@example.org"]]
    assert "sven" in told()


def test_telling_costs_the_same_for_one_report_and_for_ten(trial: Trial, django_assert_max_num_queries: Any) -> None:
    subject = trial.treated_subject()
    for day in range(10, 20):
        trial.fill(subject, "adverse_event", SERIOUS | {"start_date": f"2008-01-{day}"})
    with django_assert_max_num_queries(9):
        assert give_notices() == 10
    assert Notice.objects.count() == 20
