"""One person in each role, the site roles at one of two sites; nobody has a password until a test gives one."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.actor import SYSTEM, acting
from accounts.models import Site, User
from accounts.roles import ROLES, Role
from accounts.services import create_site, create_user, grant_membership
from accounts.standing import admit

PASSWORD = "a horse on the stairs"
NEW_PASSWORD = "a cart before the horse"
LOGIN = "/accounts/login/"


class Staff:
    def __init__(self) -> None:
        self.site = create_site(code="101", name="North Hospital", by=SYSTEM)
        self.other_site = create_site(code="102", name="South Hospital", by=SYSTEM)
        self.people = {role: self._person(role) for role in Role}
        self.nobody = admitted(create_user(username="nobody", by=SYSTEM))

    def __getitem__(self, role: Role) -> User:
        return self.people[role]

    def _person(self, role: Role) -> User:
        user = admitted(create_user(username=f"the.{role}", by=SYSTEM))
        site: Site | None = None if ROLES[role].all_sites else self.site
        grant_membership(user=user, role=role, site=site, by=SYSTEM)
        return user


def admitted(user: User) -> User:
    """Trained, and with the statement accepted."""
    admit(user=user, course="Use of the system", by=SYSTEM)
    user.refresh_from_db()
    return user


def give_password(user: User, password: str = PASSWORD) -> None:
    user.set_password(password)
    with acting(SYSTEM):
        user.save(update_fields=["password"])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session
