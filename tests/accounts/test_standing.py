"""How somebody comes and goes: invitation, training, statement, sessions, tokens that do less, the end."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import statement
from accounts.access import access_for
from accounts.actor import SYSTEM, Actor, acting
from accounts.models import ApiToken, SignIn, User
from accounts.roles import Permission, Role
from accounts.services import (
    create_token,
    create_user,
    grant_membership,
    record_training,
    reinstate_user,
    suspend_user,
)
from accounts.sessions import kept_as
from accounts.standing import accept_statement, admit, leave
from audit.models import Event
from tests.accounts.staff import PASSWORD, Staff, give_password, signed_in
from tests.unlimited import unlimited

TODAY = date(2026, 1, 5)


@pytest.fixture
def newcomer(staff: Staff) -> User:
    cache.clear()
    user = create_user(username="new.comer", email="new@example.org", by=SYSTEM)
    grant_membership(user=user, role=Role.COORDINATOR, site=staff.site, by=SYSTEM)
    give_password(user)
    return user


def by(user: User, role: Role) -> Actor:
    return Actor(user.pk, user.username, role.value, "screen")


def with_token(user: User, **narrowed: object) -> Client:
    return Client(headers={"authorization": f"Token {create_token(user=user, by=SYSTEM, **narrowed)}"})  # type: ignore


@pytest.mark.requirement("21 CFR 11.10(i)", "21 CFR 11.10(j)", "FDA 2024 training")
def test_before_the_statement_every_page_leads_to_it_and_the_api_refuses(newcomer: User) -> None:
    assert signed_in(newcomer).get("/subject_list/").url == reverse("statement")
    for client in (signed_in(newcomer), with_token(newcomer)):
        refused = client.get("/api/v1/roles/")
        assert (refused.status_code, refused.json()["code"]) == (403, "statement_missing")


@pytest.mark.requirement("21 CFR 11.10(i)", "21 CFR 11.10(j)")
def test_a_statement_is_signed_with_training_user_name_and_password_and_stands_in_the_trail(newcomer: User) -> None:
    client = signed_in(newcomer)
    given = {"version": statement.version(), "course": "Investigators' meeting", "held_on": "2026-01-05"}
    signature = {"username": "new.comer", "password": PASSWORD}
    client.post(reverse("statement"), given | signature | {"password": "another one"})
    assert not newcomer.acceptances.exists()
    client.post(reverse("statement"), signature | {"version": statement.version()})
    assert not newcomer.acceptances.exists()
    assert client.post(reverse("statement"), given | signature).status_code == 302
    kept = newcomer.acceptances.get()
    assert (kept.text, kept.version) == (statement.text(), statement.version())
    assert Event.objects.filter(table_name="accounts_acceptance", actor_name="new.comer").count() == 1
    assert client.get("/subject_list/").status_code == 200


@pytest.mark.requirement("21 CFR 11.10(j)")
def test_another_text_is_asked_for_again(newcomer: User, settings: object) -> None:
    admit(user=newcomer, course="Course", by=SYSTEM)
    assert signed_in(newcomer).get("/subject_list/").status_code == 200
    settings.ACCOUNTABILITY_STATEMENT = "Another text."  # type: ignore[attr-defined]
    assert signed_in(newcomer).get("/subject_list/").url == reverse("statement")


def test_nobody_accepts_for_another_nor_a_text_that_was_replaced_nor_without_training(staff: Staff) -> None:
    user = staff.nobody
    with pytest.raises(ValidationError, match="somebody else"):
        accept_statement(user=user, version=statement.version(), by=by(staff[Role.ADMINISTRATOR], Role.ADMINISTRATOR))
    with pytest.raises(ValidationError, match="changed meanwhile"):
        accept_statement(user=user, version="old", by=by(user, Role.COORDINATOR))
    untrained = create_user(username="untrained", by=SYSTEM)
    with pytest.raises(ValidationError, match="No training"):
        accept_statement(user=untrained, version=statement.version(), by=by(untrained, Role.COORDINATOR))


@pytest.mark.requirement("21 CFR 11.10(i)")
def test_no_training_lies_in_the_future(staff: Staff) -> None:
    with pytest.raises(ValidationError, match="in the future"):
        record_training(user=staff.nobody, course="C", held_on=timezone.localdate() + timedelta(1), by=SYSTEM)
    assert record_training(user=staff.nobody, course="C", held_on=timezone.localdate(), by=SYSTEM).pk


def test_the_invented_people_of_training_are_not_admitted_in_production(staff: Staff, settings: object) -> None:
    settings.ENVIRONMENT = "production"  # type: ignore[attr-defined]
    user = create_user(username="invented", by=SYSTEM)
    admit(user=user, course="Course", by=SYSTEM)
    assert not user.acceptances.exists()


def test_an_invitation_goes_to_the_invited_alone(staff: Staff, settings: object) -> None:
    settings.MAIL_IS_SENT = True  # type: ignore[attr-defined]
    invited = {"username": "mary", "email": "mary@example.org", "invite": "on"}
    page = signed_in(staff[Role.ADMINISTRATOR]).post(reverse("person_add"), invited)
    assert "Sent to mary@example.org" in page.content.decode()
    assert "/accounts/password/new/" not in page.content.decode()
    assert mail.outbox[0].to == ["mary@example.org"]
    assert "/accounts/password/new/" in mail.outbox[0].body
    assert User.objects.get(username="mary").password_link_issued_by == "the.administrator"


@pytest.mark.requirement("EMA 2023 user management")
def test_who_leaves_keeps_the_name_and_nothing_else(staff: Staff) -> None:
    user = staff[Role.MONITOR]
    client, by_token = signed_in(user), with_token(user)
    leave(user=user, by=SYSTEM, reason="new employer")
    assert access_for(user).held == []
    assert not user.memberships.filter(ended_at=None).exists()
    assert client.get("/subject_list/").url.startswith("/accounts/login/")
    assert by_token.get("/api/v1/roles/").status_code == 401
    assert user.left_at is not None
    with pytest.raises(ValidationError):
        create_user(username="the.monitor", by=SYSTEM)
    reinstate_user(user=user, by=SYSTEM, reason="back")
    assert (user.left_at, access_for(User.objects.get(pk=user.pk)).held) == (None, [])


@pytest.mark.requirement("21 CFR 11.300")
def test_where_one_is_signed_in_is_listed_and_ended_by_oneself_and_the_administrator(staff: Staff) -> None:
    cache.clear()
    user = staff[Role.MONITOR]
    give_password(user)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post("/accounts/login/", {"login": "the.monitor", "password": PASSWORD})
    shown = list(here.get("/account/").context["sessions"])
    assert [session.address for session in shown] == ["127.0.0.1"] * 2
    other = SignIn.objects.exclude(session_key=kept_as(here.session.session_key)).get()
    assert signed_in(staff[Role.COORDINATOR]).post(reverse("session_end", args=[other.pk])).status_code == 404
    reply = here.post(reverse("session_end", args=[other.pk]))
    assert reply.url == "/accounts/reauthenticate/?next=%2Faccount%2F"
    assert elsewhere.get("/subject_list/").status_code == 200
    assert here.post(reply.url, {"password": PASSWORD}).url == "/account/"
    here.post(reverse("session_end", args=[other.pk]))
    assert elsewhere.get("/subject_list/").status_code == 302
    assert here.get("/subject_list/").status_code == 200
    mine = SignIn.objects.get(session_key=kept_as(here.session.session_key))
    admin = signed_in(staff[Role.ADMINISTRATOR])
    admin.post(reverse("session_revoke", args=[mine.pk]), {"reason": "lost laptop"})
    assert here.get("/subject_list/").status_code == 302
    assert Event.objects.filter(table_name="accounts_user", reason="lost laptop").exists()


@pytest.mark.requirement("21 CFR 11.300")
def test_one_session_too_many_ends_the_oldest_and_says_so(staff: Staff, settings: object) -> None:
    cache.clear()
    settings.MOST_SESSIONS = 2  # type: ignore[attr-defined]
    user = staff[Role.MONITOR]
    give_password(user)
    first, second, third = Client(), Client(), Client()
    for client in (first, second):
        assert client.post("/accounts/login/", {"login": "the.monitor", "password": PASSWORD}).status_code == 302
        assert client.get("/account/").status_code == 200
    third.post("/accounts/login/", {"login": "the.monitor", "password": PASSWORD})
    assert "You may be signed in 2 times at once" in third.get("/account/").content.decode()
    assert first.get("/account/").url.startswith("/accounts/login/")
    assert second.get("/account/").status_code == 200
    assert SignIn.objects.filter(user=user).count() == 2


def test_of_a_suspended_user_no_session_is_listed(staff: Staff) -> None:
    cache.clear()
    user = staff[Role.MONITOR]
    give_password(user)
    Client().post("/accounts/login/", {"login": "the.monitor", "password": PASSWORD})
    administrator = staff[Role.ADMINISTRATOR]
    admin, address = signed_in(administrator), reverse("person", args=[user.pk])
    assert len(admin.get(address).context["sessions"]) == 1
    suspend_user(user=user, reason="left the trial", by=by(administrator, Role.ADMINISTRATOR))
    assert list(admin.get(address).context["sessions"]) == []
    leave(user=user, reason="gone", by=by(administrator, Role.ADMINISTRATOR))
    assert not SignIn.objects.filter(user=user).exists()


def test_a_token_that_reads_writes_nothing(staff: Staff) -> None:
    reads = with_token(staff[Role.MONITOR], scope="read")
    assert reads.get("/api/v1/roles/").status_code == 200
    assert reads.post("/api/v1/roles/").json()["code"] == "token_only_reads"
    assert with_token(staff[Role.MONITOR], scope="write").post("/api/v1/roles/").status_code == 200


def test_a_token_carries_at_most_the_roles_that_its_user_still_has(staff: Staff) -> None:
    user = staff[Role.COORDINATOR]
    second = grant_membership(user=user, role=Role.COORDINATOR, site=staff.other_site, by=SYSTEM)
    create_token(user=user, site=staff.other_site, by=SYSTEM)
    user.by_token = ApiToken.objects.get(user=user)
    assert access_for(user).site_ids(Permission.VIEW_SUBJECTS) == {staff.other_site.pk}
    with acting(SYSTEM):
        type(second).objects.filter(pk=second.pk).update(ended_at=timezone.now())
    assert access_for(user).held == []
    with pytest.raises(ValidationError, match="no such role"):
        create_token(user=user, role="investigator", by=SYSTEM)


@pytest.mark.requirement("21 CFR 11.300")
def test_a_token_ends_on_its_day_and_no_later_than_the_setting_lets_it(staff: Staff, settings: object) -> None:
    user = staff[Role.MONITOR]
    client = with_token(user)
    with acting(SYSTEM), unlimited():
        ApiToken.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert client.get("/api/v1/roles/").status_code == 200
    with acting(SYSTEM), unlimited():
        ApiToken.objects.update(expires_at=timezone.now())
    assert client.get("/api/v1/roles/").status_code == 401
    settings.API_TOKEN_MOST_DAYS = 100  # type: ignore[attr-defined]
    assert create_token(user=user, days=100, by=SYSTEM)
    with pytest.raises(ValidationError, match="100 days at most"):
        create_token(user=user, days=101, by=SYSTEM)


@pytest.mark.requirement("21 CFR 11.300")
def test_passwords_age_where_the_setting_says_so(staff: Staff, settings: object) -> None:
    user = staff[Role.MONITOR]
    settings.PASSWORD_MAX_AGE_DAYS = 90  # type: ignore[attr-defined]
    for days, status in ((89, 200), (91, 302)):
        with acting(SYSTEM):
            User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - timedelta(days))
        assert signed_in(user).get("/subject_list/").status_code == status
    assert signed_in(user).get("/subject_list/").url == reverse("account_change_password")
    assert signed_in(user).get("/api/v1/roles/").json()["code"] == "password_expired"
