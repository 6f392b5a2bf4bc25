"""A review of access is opened, each line is confirmed or ended, and it is signed, due again after some months."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from accounts.models import ApiToken, Membership, User
from accounts.services import create_token, create_user, revoke_membership
from accounts.standing import admit
from audit.models import AccessEvent, Event
from cohorts.services import Refused
from staff.due import due_on, months_after, remind
from staff.models import AccessLine, AccessReview, Decision, ReviewReminder
from staff.services import digest_of, end_line, keep_lines, open_review, sign_review, signature_holds
from tests.cast import PASSWORD, actor, person
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(trial):
    return actor(trial.administrator, "administrator")


@pytest.fixture
def review(by):
    return open_review(by=by)


def line_of(review, name):
    return review.lines.get(username=name)


def decided(review, trial):
    """By the administrator, and the administrator's own line by the data manager."""
    lines = list(review.lines.values_list("pk", flat=True))
    for by in (actor(trial.administrator, "administrator"), actor(trial.data_manager, "data_manager")):
        keep_lines(review=review, lines=lines, by=by)
    return review


def signed(review, trial, by):
    decided(review, trial)
    return sign_review(review=review, conclusion="All needed.", signed_by=trial.administrator, by=by)


@pytest.mark.requirement("EMA 2023 user management")
def test_a_review_takes_down_every_role_at_every_site_and_who_has_none(trial, by):
    create_user(username="newcomer", by=SYSTEM)
    admit(user=trial.monitor, course="Course", by=SYSTEM)
    create_token(user=trial.monitor, site=trial.site, scope="read", by=SYSTEM)
    review = open_review(by=by)
    lines = {line.username: line.what for line in review.lines.all()}
    held = Membership.objects.filter(ended_at=None).count()
    assert review.lines.count() == held + 1
    assert (lines["mona"], lines["dora"]) == ("monitor at site 101", "data manager at all sites")
    assert lines["newcomer"] == "no role"
    mona = line_of(review, "mona")
    assert mona.trained_on == timezone.localdate()
    assert mona.accepted_at is not None
    assert mona.token.startswith("Read only, site 101, until ")
    assert not mona.has_factor


def test_when_somebody_was_last_active_is_the_last_of_what_is_known(trial, by, client):
    client.force_login(trial.coordinator)
    seen = User.objects.get(username="carla").last_login
    trial.subject()
    review = open_review(by=by)
    carla, stella = line_of(review, "carla"), line_of(review, "stella")
    last = Event.objects.filter(actor_name="carla").latest("id").at
    assert (carla.last_login, carla.active_at) == (seen, last)
    assert (stella.last_login, stella.active_at) == (None, None)
    AccessEvent.objects.create(actor_name="stella", kind="sign_in_failed")
    assert line_of(signed(review, trial, by), "stella").active_at is None
    assert line_of(open_review(by=by), "stella").active_at is None


def test_one_review_is_open_at_a_time(trial, by, review):
    with pytest.raises(Refused, match="open already"):
        open_review(by=by)
    signed(review, trial, by)
    assert open_review(by=by).pk != review.pk


def test_the_chosen_lines_are_confirmed_and_no_other(trial, review, as_user):
    client = as_user(trial.administrator)
    ines, mona = line_of(review, "ines"), line_of(review, "mona")
    client.post(f"/staff/reviews/{review.pk}/keep/", {"line": [ines.pk, "x", 10**30]})
    ines.refresh_from_db()
    mona.refresh_from_db()
    assert (ines.decision, ines.decided_by, mona.decision) == (Decision.KEPT, "adam", "")
    assert ines.decided_at is not None


@pytest.mark.requirement("EMA 2023 user management")
def test_nobody_confirms_their_own_access(trial, review, as_user):
    of_adam = line_of(review, "adam")
    keep, page = f"/staff/reviews/{review.pk}/keep/", f"/staff/reviews/{review.pk}/"
    adam = as_user(trial.administrator)
    shown = " ".join(adam.get(page).content.decode().split())
    assert f'value="{of_adam.pk}"' not in shown
    assert "to decide, by another administrator or a data manager" in shown
    assert "none about yourself" in adam.post(keep, {"line": [of_adam.pk]}, follow=True).content.decode()
    keep_lines(
        review=review,
        lines=list(review.lines.values_list("pk", flat=True)),
        by=actor(trial.administrator, "administrator"),
    )
    assert [line.username for line in review.lines.filter(decision="")] == ["adam"]
    signature = {"conclusion": "All needed.", "username": "adam", "password": PASSWORD}
    assert "1 about yourself" in adam.post(f"{page}sign/", signature).content.decode()
    another = person("ada", "administrator")
    assert keep_lines(review=review, lines=[of_adam.pk], by=actor(another, "administrator")) == 1


def test_a_data_manager_confirms_the_lines_of_administrators_alone(trial, review, as_user):
    dora = as_user(trial.data_manager)
    of_adam, of_mona = line_of(review, "adam"), line_of(review, "mona")
    shown = dora.get(f"/staff/reviews/{review.pk}/").content.decode()
    assert (f'value="{of_adam.pk}"' in shown, f'value="{of_mona.pk}"' in shown) == (True, False)
    dora.post(f"/staff/reviews/{review.pk}/keep/", {"line": [of_adam.pk, of_mona.pk]})
    of_adam.refresh_from_db()
    of_mona.refresh_from_db()
    assert (of_adam.decision, of_adam.decided_by, of_mona.decision) == (Decision.KEPT, "dora", "")


@pytest.mark.requirement("EMA 2023 user management")
def test_ending_a_line_ends_the_role_with_its_reason_in_the_trail(trial, review, as_user):
    line = line_of(review, "mona")
    address = f"/staff/reviews/{review.pk}/lines/{line.pk}/end/"
    client = as_user(trial.administrator)
    assert client.post(address, {"decision": "ended", "reason": ""}).status_code == 422
    assert client.post(address, {"decision": "ended", "reason": "other trial"}).status_code == 302
    line.refresh_from_db()
    assert (line.decision, line.membership.ended_at is None) == (Decision.ENDED, False)
    assert User.objects.get(username="mona").is_active
    event = Event.objects.filter(table_name="accounts_membership", action="update").latest("id")
    assert (event.actor_name, event.reason) == ("adam", f"{review}: other trial")
    again = client.post(address, {"decision": "suspended", "reason": "once more"})
    assert "decided already" in again.content.decode()


def test_suspending_a_line_suspends_the_account_and_its_token(trial, review, by):
    create_token(user=trial.monitor, by=SYSTEM)
    end_line(line=line_of(review, "mona"), decision=Decision.SUSPENDED, reason="unknown", by=by)
    assert not User.objects.get(username="mona").is_active
    assert not ApiToken.objects.filter(user=trial.monitor).exists()
    assert Membership.objects.get(user=trial.monitor).ended_at is None


def test_what_cannot_be_ended_is_refused_in_words_and_stays(trial, by):
    create_user(username="newcomer", by=SYSTEM)
    review = open_review(by=by)
    with pytest.raises(Refused, match="no role to end"):
        end_line(line=line_of(review, "newcomer"), decision=Decision.ENDED, reason="x", by=by)
    with pytest.raises(Refused, match="last administrator"):
        end_line(line=line_of(review, "adam"), decision=Decision.ENDED, reason="x", by=by)
    with pytest.raises(Refused, match="your own account"):
        end_line(line=line_of(review, "adam"), decision=Decision.SUSPENDED, reason="x", by=by)
    assert not review.lines.exclude(decision="").exists()


def test_a_role_that_ended_meanwhile_is_not_confirmed_but_ended(trial, review, by):
    line = line_of(review, "mona")
    revoke_membership(membership=line.membership, by=by, reason="elsewhere")
    assert keep_lines(review=review, lines=[line.pk], by=by) == 0
    assert end_line(line=line, decision=Decision.ENDED, reason="had ended", by=by).decision == Decision.ENDED


@pytest.mark.requirement("EMA 2023 user management", "21 CFR 11.200")
def test_a_review_is_signed_with_name_and_password_once_nothing_is_undecided(trial, review, by, as_user):
    client, address = as_user(trial.administrator), f"/staff/reviews/{review.pk}/sign/"
    signature = {"conclusion": "All needed.", "username": "adam", "password": PASSWORD}
    assert client.get(address).context["form"]["username"].value() is None
    assert "still to be decided" in client.post(address, signature).content.decode()
    decided(review, trial)
    assert client.post(address, signature | {"password": "wrong"}).status_code == 422
    review.refresh_from_db()
    assert review.signed_at is None
    assert client.post(address, signature).status_code == 302
    review.refresh_from_db()
    assert (review.signed_by, review.signed_name, signature_holds(review)) == ("adam", "Adam", True)
    assert "Adam, " in client.get(review.get_absolute_url()).content.decode()


@pytest.mark.requirement("21 CFR 11.70")
def test_a_signed_review_takes_no_write_from_service_or_shell(trial, review, by):
    review = signed(review, trial, by)
    line = line_of(review, "mona")
    for verb in (
        lambda: end_line(line=line, decision=Decision.ENDED, reason="late", by=by),
        lambda: keep_lines(review=review, lines=[line.pk], by=by),
        lambda: sign_review(review=review, conclusion="Again.", signed_by=trial.administrator, by=by),
    ):
        with pytest.raises(Refused, match="stays as it is"):
            verb()
    for write in (
        lambda: AccessLine.objects.filter(pk=line.pk).update(reason="x"),
        lambda: AccessLine.objects.filter(pk=line.pk).delete(),
        lambda: AccessLine.objects.bulk_create([_copy(line)]),
        lambda: AccessReview.objects.filter(pk=review.pk).update(conclusion="x"),
        lambda: AccessReview.objects.filter(pk=review.pk).update(signed_at=None),
    ):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic(), acting(SYSTEM), unlimited():
            write()
    assert signature_holds(review)


def _copy(line):
    shown = {"username": "x", "name": "x", "is_active": True, "has_factor": True}
    return AccessLine(review_id=line.review_id, user_id=line.user_id, **shown)


def test_the_digest_covers_each_line(trial, review, by):
    before = digest_of(review)
    keep_lines(review=review, lines=[line_of(review, "mona").pk], by=by)
    assert digest_of(review) != before


def test_a_review_is_read_as_a_file_too_and_the_file_is_logged(trial, review, as_user):
    answer = as_user(trial.auditor).get(f"/staff/reviews/{review.pk}.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == review.lines.count()
    mona = next(row for row in rows if row["user"] == "mona")
    assert (mona["role"], mona["site"], mona["decision"]) == ("monitor", "101", "")
    assert AccessEvent.objects.filter(kind="export", detail=f"{review} as CSV").count() == 1


def test_data_manager_and_auditor_read_and_change_nothing(trial, review, as_user):
    for user in (trial.data_manager, trial.auditor):
        page = as_user(user).get(review.get_absolute_url())
        assert page.status_code == 200
        assert not page.context["is_open"]


def test_a_page_costs_the_same_however_many_lines_there_are(trial, review, as_user, statements):
    client = as_user(trial.administrator)
    few = statements(lambda: client.get(review.get_absolute_url()))
    signed(review, trial, actor(trial.administrator, "administrator"))
    for number in range(20):
        create_user(username=f"more.{number}", by=SYSTEM)
    more = open_review(by=actor(trial.administrator, "administrator"))
    assert statements(lambda: client.get(more.get_absolute_url())) <= few


def test_opening_costs_the_same_however_many_users_there_are(trial, by, django_assert_max_num_queries):
    for number in range(20):
        create_user(username=f"more.{number}", by=SYSTEM)
    with django_assert_max_num_queries(12):
        open_review(by=by)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
    ],
)
def test_a_month_on_is_the_same_day_or_the_last_of_its_month(day, months, then):
    assert months_after(day, months) == then


def test_the_next_is_due_some_months_after_the_last_and_not_at_all_without_the_setting(trial, review, by, settings):
    settings.ACCESS_REVIEW_MONTHS = 6
    assert due_on() == months_after(User.objects.earliest("date_joined").date_joined.date(), 6)
    signed(review, trial, by)
    assert due_on() == months_after(timezone.localdate(), 6)
    settings.ACCESS_REVIEW_MONTHS = 0
    assert due_on() is None


def test_the_landing_page_says_so_from_the_day_on_to_the_administrator_alone(trial, as_user, monkeypatch):
    client, today, notice = as_user(trial.administrator), timezone.localdate(), "The review of access is due."
    monkeypatch.setattr("trialsite.context.due_on", lambda: today)
    assert notice in client.get("/people/").content.decode()
    assert notice not in as_user(trial.auditor).get("/staff/reviews/").content.decode()
    monkeypatch.setattr("trialsite.context.due_on", lambda: today + timedelta(1))
    assert notice not in as_user(trial.administrator).get("/people/").content.decode()


def test_the_administrators_are_reminded_once_by_mail(trial, settings):
    settings.MAIL_IS_SENT, settings.ACCESS_REVIEW_MONTHS = True, 1
    assert not remind(day=due_on() - timedelta(1), by=SYSTEM)
    assert remind(day=due_on(), by=SYSTEM)
    assert not remind(day=due_on() + timedelta(1), by=SYSTEM)
    (sent,) = mail.outbox
    assert sent.to == ["adam@example.org"]
    assert "/staff/reviews/" in sent.body


def test_a_reminder_that_fails_is_tried_again(trial, settings, monkeypatch):
    settings.MAIL_IS_SENT, settings.ACCESS_REVIEW_MONTHS = True, 1
    with monkeypatch.context() as broken:
        broken.setattr("staff.due.send_mail", refuse)
        assert not remind(day=due_on(), by=SYSTEM)
    assert not ReviewReminder.objects.exists()
    assert remind(day=due_on(), by=SYSTEM)


def refuse(*args):
    raise OSError("no mail server")
