"""Who may look at the public example data in an installation for training: one user a role, one known password."""

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.actor import SYSTEM, Actor, acting
from accounts.models import Membership, Site, User
from accounts.roles import ALL_SITES_ROLES, Role
from accounts.services import create_user, grant_membership
from accounts.standing import admit
from sdtm.rights import open_sites

IMPORTER = "importer"
REASON = "public example data"
PASSWORD = "public-example-data"  # noqa: S105  the example's, told to everybody who may try it
NAMES = {Role.ADMINISTRATOR: "admin", Role.DATA_MANAGER: "datamanager"}
WHO_LOGS_IN = f"""Log in (password of all: {PASSWORD}):
  {IMPORTER}                                      coordinator at every site of the data
  investigator                                  at the first of its sites
  datamanager, sponsor, auditor, admin          for all sites"""


def appoint(countries: dict[str, str]) -> None:
    """Sites, people and rights, those that are there already left as they are."""
    importer = _user(IMPORTER)
    open_sites(countries, importer)
    for site in Site.objects.filter(code__in=countries).exclude(memberships__user=importer):
        grant_membership(user=importer, role=Role.COORDINATOR, site=site, by=SYSTEM, reason=REASON)
    for role in ALL_SITES_ROLES:
        _appoint(NAMES.get(role, role.value), role, None)
    _appoint("investigator", Role.INVESTIGATOR, Site.objects.order_by("code").first())


def _appoint(name: str, role: Role, site: Site | None) -> None:
    user = _user(name)
    if not Membership.objects.filter(user=user, ended_at=None).exists():
        grant_membership(user=user, role=role, site=site, by=SYSTEM, reason=REASON)


def _user(name: str) -> User:
    known = User.objects.filter(username=name).first()
    if known:
        return known
    user = create_user(username=name, first_name=name.capitalize(), email=f"{name}@example.invalid", by=SYSTEM)
    by = Actor(None, "system", "system", "system")
    with acting(by, reason="password of the public example data"):
        user.password, user.password_changed_at = make_password(PASSWORD), timezone.now()
        user.save(update_fields=["password", "password_changed_at"])
    admit(user=user, course="The public example data", by=by)
    return user
