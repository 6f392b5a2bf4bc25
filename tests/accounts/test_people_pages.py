from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import access_for
from accounts.actor import SYSTEM, acting
from accounts.models import Membership, Site, User
from accounts.roles import Permission, Role
from accounts.services import create_user, grant_membership
from tests.accounts.staff import Staff, signed_in
from tests.unlimited import unlimited

PAGES = [
    ("people", False),
    ("person_add", False),
    ("person", True),
    ("person_suspend", True),
    ("person_reinstate", True),
    ("person_leave", True),
    ("person_sign_out", True),
    ("person_correct", True),
    ("person_reset_factor", True),
    ("training_add", True),
    ("person_password_link", True),
    ("membership_grant", True),
    ("membership_revoke", True),
    ("site_list", False),
    ("site_add", False),
    ("site_close", True),
    ("site_reopen", True),
]


@pytest.fixture
def admin(staff: Staff) -> Client:
    return signed_in(staff[Role.ADMINISTRATOR])


def address(name: str, of_one: bool, staff: Staff) -> str:
    rows: dict[str, Any] = {"membership_revoke": staff[Role.MONITOR].memberships.get(), "site_close": staff.site}
    row = rows.get(name, rows["site_close"] if name == "site_reopen" else staff[Role.MONITOR])
    return reverse(name, args=[row.pk] if of_one else [])


@pytest.mark.parametrize(("name", "of_one"), PAGES)
def test_these_pages_are_the_administrators_alone(staff: Staff, name: str, of_one: bool) -> None:
    url = address(name, of_one, staff)
    assert Client().get(url).url.startswith("/accounts/login/")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        client = signed_in(staff[role])
        assert {client.get(url).status_code, client.post(url).status_code} <= {403, 405}


def test_a_person_is_added_without_a_password_and_given_a_role(admin: Client, staff: Staff) -> None:
    page = admin.post(reverse("person_add"), {"username": "mary", "first_name": "Mary", "last_name": "Poppins"})
    mary = User.objects.get(username="mary")
    assert page.url == mary.get_absolute_url()
    admin.post(reverse("membership_grant", args=[mary.pk]), {"role": "coordinator", "site": staff.site.pk})
    assert access_for(mary).held == [(Role.COORDINATOR, staff.site.pk)]
    assert "Mary Poppins" in admin.get(page.url).content.decode()


def test_a_person_is_added_with_role_sites_and_training_in_one_go(admin: Client, staff: Staff) -> None:
    sites = [staff.site.pk, staff.other_site.pk]
    typed = {"username": "mary", "role": "monitor", "sites": sites, "course": "Use of it", "held_on": "2026-01-12"}
    admin.post(reverse("person_add"), typed)
    mary = User.objects.get(username="mary")
    assert access_for(mary).held == [(Role.MONITOR, pk) for pk in sites]
    assert [str(training) for training in mary.trainings.all()] == ["Use of it, 12 Jan 2026"]


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"role": "monitor"}, "sites", "Choose the sites"),
        ({"role": "sponsor", "sites": "here"}, "sites", "applies to all sites"),
        ({"sites": "here"}, "role", "Choose the role"),
        ({"course": "Use of it"}, "held_on", "both the name and the date"),
        ({"held_on": "2026-01-12"}, "course", "both the name and the date"),
        ({"course": "Use of it", "held_on": "2126-01-12"}, None, "in the future"),
    ],
)
def test_what_does_not_fit_adds_nobody_and_loses_nothing(
    admin: Client, staff: Staff, typed: dict[str, Any], field: str | None, says: str
) -> None:
    sent = {key: [staff.site.pk] if value == "here" else value for key, value in typed.items()}
    form = admin.post(reverse("person_add"), {"username": "mary", **sent}).context["form"]
    assert says in " ".join(form.errors[field or "__all__"])
    assert form["username"].value() == "mary"
    assert not User.objects.filter(username="mary").exists()


def test_name_and_address_are_corrected_with_a_reason_and_both_addresses_are_told(
    admin: Client, staff: Staff, settings: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    settings.MAIL_IS_SENT = True
    user = staff[Role.MONITOR]
    with acting(SYSTEM):
        User.objects.filter(pk=user.pk).update(email="old@example.org")
    page = reverse("person_correct", args=[user.pk])
    typed = {"first_name": "Mona", "last_name": "Vale", "email": "mona@example.org"}
    assert "required" in admin.post(page, typed).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(page, typed | {"reason": "married"}).status_code == 302
    user.refresh_from_db()
    assert (user.printed_name, user.email) == ("Mona Vale", "mona@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_name, reason, old, new FROM audit_event ORDER BY id DESC LIMIT 1")
        who, reason, old, new = cursor.fetchone()
    assert (who, reason) == ("the.administrator", "married")
    assert "old@example.org" in old
    assert "mona@example.org" in new
    assert sorted(mail.to[0] for mail in mailoutbox) == ["mona@example.org", "old@example.org"]


def test_what_the_rules_refuse_is_said_on_the_page(admin: Client, staff: Staff) -> None:
    taken = admin.post(reverse("person_add"), {"username": "the.monitor"})
    assert "never given out twice" in taken.content.decode()
    grant = reverse("membership_grant", args=[staff[Role.MONITOR].pk])
    assert "A site role needs a site" in admin.post(grant, {"role": "monitor"}).content.decode()
    assert "cannot be" in admin.post(grant, {"role": "administrator"}).content.decode()
    suspend = reverse("person_suspend", args=[staff[Role.ADMINISTRATOR].pk])
    assert "own account" in admin.post(suspend, {"reason": "tired"}).content.decode()


def test_suspending_needs_a_reason_and_reinstating_too(admin: Client, staff: Staff) -> None:
    user = staff[Role.MONITOR]
    for name, is_active in (("person_suspend", False), ("person_reinstate", True)):
        url = reverse(name, args=[user.pk])
        admin.post(url, {"reason": " "})
        user.refresh_from_db()
        assert user.is_active is not is_active
        done = admin.post(url, {"reason": "it is so"}, follow=True)
        assert done.redirect_chain[-1][0] == user.get_absolute_url()
        assert f"{user.username} {'may sign in again' if is_active else 'is suspended'}" in done.content.decode()
        user.refresh_from_db()
        assert user.is_active is is_active


def test_a_role_ends_and_stays_on_the_page(admin: Client, staff: Staff) -> None:
    held = staff[Role.MONITOR].memberships.get()
    admin.post(reverse("membership_revoke", args=[held.pk]), {"reason": "moved"})
    held.refresh_from_db()
    assert held.ended_at is not None
    assert "monitor" in admin.get(staff[Role.MONITOR].get_absolute_url()).content.decode()
    assert admin.get(reverse("membership_revoke", args=[held.pk])).status_code == 404


def test_a_password_link_is_shown_once_and_issued_on_the_trail(admin: Client, staff: Staff) -> None:
    response = admin.post(reverse("person_password_link", args=[staff[Role.MONITOR].pk]))
    assert response.context["link"].startswith("http://testserver/accounts/password/new/")
    assert "no-store" in response.headers["Cache-Control"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_name, reason FROM audit_event ORDER BY id DESC LIMIT 1")
        assert cursor.fetchone() == ("the.administrator", "password link issued")


def test_where_mail_is_sent_nobody_but_the_user_sees_the_link(
    admin: Client, staff: Staff, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.MAIL_IS_SENT = True
    user = staff[Role.MONITOR]
    page = reverse("person_password_link", args=[user.pk])
    assert "/accounts/password/new/" in admin.post(page).content.decode()
    with acting(SYSTEM), unlimited():
        User.objects.filter(pk=user.pk).update(email="mona@example.org")
    shown = admin.post(page).content.decode()
    assert "Sent to mona@example.org" in shown
    assert "/accounts/password/new/" not in shown
    assert [mail.to for mail in mailoutbox] == [["mona@example.org"]]
    assert "http://testserver/accounts/password/new/" in mailoutbox[0].body


def test_a_link_that_cannot_be_mailed_is_not_shown_instead(
    admin: Client, staff: Staff, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_IS_SENT = True
    user = staff[Role.MONITOR]
    with acting(SYSTEM), unlimited():
        User.objects.filter(pk=user.pk).update(email="mona@example.org")

    def refuse(*args: Any) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("accounts.password_link.send_mail", refuse)
    page = admin.post(reverse("person_password_link", args=[user.pk]), follow=True).content.decode()
    assert "could not be mailed to mona@example.org: nobody there" in page
    assert "/accounts/password/new/" not in page


def test_sites_are_added_closed_and_reopened(admin: Client, staff: Staff) -> None:
    admin.post(
        reverse("site_add"), {"code": "103", "name": "East Hospital", "country": "Spain", "time_zone": "Europe/Madrid"}
    )
    site = Site.objects.get(code="103")
    for name, is_active in (("site_close", False), ("site_reopen", True)):
        admin.post(reverse(name, args=[site.pk]), {"reason": "it is so"})
        site.refresh_from_db()
        assert site.is_active is is_active
    assert "East Hospital" in admin.get(reverse("site_list")).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=the.mon", {"the.monitor"}),
        ("role=sponsor", {"the.sponsor"}),
        ("status=suspended", set()),
        ("q=nobody&status=active", {"nobody"}),
    ],
)
def test_people_are_found_by_name_role_and_status(admin: Client, query: str, expected: set[str]) -> None:
    page = admin.get(f"/people/?{query}").context["page"]
    assert {user.username for user in page} == expected


def test_people_of_a_role_that_is_none_are_refused_in_words(admin: Client) -> None:
    refused = admin.get("/people/?role=king")
    assert refused.status_code == 400
    assert "king is not one of the available choices" in refused.content.decode()


def test_a_longer_list_costs_no_more_statements(admin: Client, staff: Staff) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert admin.get("/people/").status_code == 200
        return len(statements)

    cost()
    few = cost()
    for number in range(60):
        user = create_user(username=f"person.{number:02}", by=SYSTEM)
        grant_membership(user=user, role=Role.MONITOR, site=staff.site, by=SYSTEM)
    assert cost() == few
    assert len(admin.get("/people/?page=2").context["page"]) == User.objects.count() - 50


def test_everyone_has_an_account_page(staff: Staff) -> None:
    for user in (*staff.people.values(), staff.nobody):
        assert signed_in(user).get("/account/").status_code == 200


def test_the_first_page_after_sign_in_is_the_roles_own(staff: Staff) -> None:
    assert signed_in(staff[Role.ADMINISTRATOR]).get("/").url == "/people/"
    assert signed_in(staff.nobody).get("/").url == "/account/"


@pytest.mark.parametrize("role", Role)
def test_the_page_of_roles_shows_every_right_to_whoever_is_signed_in(staff: Staff, role: Role) -> None:
    assert Client().get(reverse("role_list")).url.startswith("/accounts/login/")
    page = signed_in(staff[role]).get(reverse("role_list")).content.decode()
    assert all(permission.value.replace("_", " ").capitalize() in page for permission in Permission)


def test_no_role_is_given_behind_the_pages(staff: Staff) -> None:
    assert Membership.objects.count() == len(Role)
