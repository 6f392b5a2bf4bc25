"""A trial that is live, with a third site that is not, and what its checklist asks for."""

from datetime import date
from decimal import Decimal

from accounts.actor import acting
from accounts.keeping import Training
from accounts.models import Site, User
from activation.checklist import analytes_of
from amendments.services import approve
from cohorts.models import ProtocolVersion
from demonstration.reference import SI
from laboratory.services import add_range
from protocol import in_force
from tests.cast import SETUP, Trial, people

LONG_AGO = date(2026, 1, 5)


def new_site(code: str = "103") -> Site:
    with acting(SETUP):
        return Site.objects.create(code=code, name="West Hospital", country="Spain")


def staff(site: Site) -> list[User]:
    """An investigator, a coordinator and a monitor of the site, trained."""
    made = people(("ivo", "investigator", site), ("carl", "coordinator", site), ("mia", "monitor", site))
    for user in made:
        train(user)
    return made


def train(user: User) -> None:
    with acting(SETUP):
        Training.objects.create(user=user, course="The trial", held_on=LONG_AGO, recorded_by="setup")


def ranges(site: Site, leave_out: str = "") -> None:
    for code in analytes_of(in_force()):
        unit, *limits = SI[code].split()
        low, high = (None if limit == "-" else Decimal(limit) for limit in limits)
        if code != leave_out:
            add_range(site=site, analyte=code, unit=unit, low=low, high=high, valid_from=LONG_AGO, by=SETUP)


def approved(site: Site) -> None:
    version = ProtocolVersion.objects.get(sha256=in_force().sha256)
    approve(site=site, version=version, approved_on=LONG_AGO, active_from=LONG_AGO, by=SETUP)


def ready_site(trial: Trial) -> Site:
    """A site of which every line holds and nothing is signed."""
    site = new_site()
    staff(site)
    ranges(site)
    approved(site)
    return site
