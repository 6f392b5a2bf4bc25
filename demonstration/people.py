"""The hospitals and the people of the synthetic trial: one user a role and site, all with one known password."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.actor import SYSTEM, Actor, acting
from accounts.models import Site, User
from accounts.roles import ALL_SITES_ROLES, SITE_ROLES, Role
from accounts.services import create_site, create_user, grant_membership
from accounts.standing import admit
from demonstration.design import HOSPITALS

PASSWORD = "weekly-everolimus"  # noqa: S105  the demonstration's, told to everybody who may try it
ADMINISTRATOR = "admin"
USER_NAMES = {Role.ADMINISTRATOR: ADMINISTRATOR, Role.DATA_MANAGER: "datamanager"}
WHO_LOGS_IN = """Log in (password of all: {password}):
  coordinator101, investigator101, monitor101   at site 101; the same for 102 to 106
  datamanager, sponsor, auditor, admin          for all sites
Everything in this trial is invented."""


def who_logs_in() -> str:
    return WHO_LOGS_IN.format(password=PASSWORD)


@dataclass
class People:
    """Who acts: by role, and by role and hospital."""

    sites: dict[str, Site] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def of(self, role: Role, hospital: str = "") -> Actor:
        return self.actors[user_name(role, hospital)]


def user_name(role: Role, hospital: str = "") -> str:
    return USER_NAMES.get(role, role.value) + hospital


def appoint() -> People:
    """The administrator first, who then gives out sites, accounts and roles; those already there are taken as they
    are, so that an interrupted run goes on."""
    people = People()
    known = {user.username: user for user in User.objects.all()}
    administrator = _appoint(people, known, Role.ADMINISTRATOR, None, SYSTEM)
    sites = {site.code: site for site in Site.objects.all()}
    for role in ALL_SITES_ROLES:
        if role != Role.ADMINISTRATOR:
            _appoint(people, known, role, None, administrator)
    for hospital in HOSPITALS:
        site = sites.get(hospital.code) or create_site(
            code=hospital.code,
            name=hospital.name,
            country=hospital.country,
            time_zone=hospital.time_zone,
            by=administrator,
        )
        people.sites[hospital.code] = site
        for role in SITE_ROLES:
            _appoint(people, known, role, site, administrator)
    _let_them_in(people, administrator)
    return people


def _appoint(people: People, known: dict[str, User], role: Role, site: Site | None, by: Actor) -> Actor:
    name = user_name(role, site.code if site else "")
    user = known.get(name)
    if user is None:
        user = create_user(
            username=name,
            first_name=role.label.capitalize(),
            last_name=site.code if site else "",
            email=f"{name}@demonstration.invalid",
            by=by,
        )
        grant_membership(user=user, role=role, site=site, by=by, reason="demonstration trial")
    if not user.statement_version:
        admit(user=user, course="The demonstration trial", by=SYSTEM)
    people.actors[name] = Actor(user.pk, name, role.value, "screen")
    return people.actors[name]


def _let_them_in(people: People, by: Actor) -> None:
    """One hash for all: hashing is slow on purpose, and this password is no secret."""
    with acting(by, reason="password of the demonstration set"):
        User.objects.filter(username__in=people.actors).update(
            password=make_password(PASSWORD), password_changed_at=timezone.now()
        )
