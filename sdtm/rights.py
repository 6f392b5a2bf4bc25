"""Who imports, and at which sites they may: an import types data, so it needs the right to type them."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from accounts.access import access_for
from accounts.actor import Actor
from accounts.models import Site, User
from accounts.roles import Permission, Role
from accounts.services import create_site, grant_membership
from cohorts.go_live import open_by_import, why_not_live

CONSOLE = Actor(None, "system", "system", "import")


class ImportNotAllowed(Exception):
    """The user may not import this; the message says what is missing and who can help."""


def importer(username: str) -> User:
    user = User.objects.filter(username=username.strip().lower()).first()
    if user is None:
        raise ImportNotAllowed(f"There is no user {username}: an administrator adds people.")
    if not user.is_active:
        raise ImportNotAllowed(f"The account of {username} is suspended.")
    return user


def open_sites(countries: Mapping[str, str], user: User) -> None:
    """Make the sites that are missing, live from the start, and let `user` record data there: asked for at the console
    of the server, where administrators are made too, and kept in the trail as done by the system."""
    known = set(Site.objects.filter(code__in=countries).values_list("code", flat=True))
    try:
        for code in sorted(set(countries) - known):
            site = create_site(code=code, name=f"Site {code}", country=countries[code], by=CONSOLE)
            grant_membership(user=user, role=Role.COORDINATOR, site=site, by=CONSOLE, reason="site of imported data")
            open_by_import(site, by=CONSOLE)
    except ValidationError as refusal:
        raise ImportNotAllowed(
            f"{user.username} cannot record data at a new site: {' '.join(refusal.messages)}"
        ) from refusal


def sites_of(codes: set[str], user: User) -> dict[str, Site]:
    """The sites by code. Raises NotAllowed, naming them, where one is missing or the user may not record data."""
    sites = {site.code: site for site in Site.objects.filter(code__in=codes).select_related("go_live")}
    if missing := sorted(codes - set(sites)):
        raise ImportNotAllowed(
            f"There is no site {', '.join(missing)}: an administrator opens sites, or --create-sites does it here."
        )
    access = access_for(user)
    barred = [code for code, site in sorted(sites.items()) if not access.can(Permission.ENTER_DATA, site.pk)]
    if barred:
        raise ImportNotAllowed(f"{user.username} may not enter data at site {', '.join(barred)}.")
    if waiting := [why for _, site in sorted(sites.items()) if (why := why_not_live(site))]:
        raise ImportNotAllowed(" ".join(waiting))
    return sites


def actor_at(site: Site, user: User) -> Actor:
    return access_for(user).actor(site.pk, channel="import", permission=Permission.ENTER_DATA)
