"""Bring the installation to what its protocol file says: the cohorts, and that this version is the one in force.

Run by setup_database, as the owner of the tables. Run again it changes nothing.
"""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from accounts.actor import SYSTEM, acting_as_owner
from assessments.plan.fit import unfit, unusable
from cohorts.following import read_in_force
from cohorts.models import Subject
from cohorts.services import READ, open_new_cohorts, register_protocol
from cohorts.vanished import vanished
from in_force.models import InForce
from in_force.services import put_in_force
from in_force.standing import difference
from protocol import Protocol, ProtocolError, load

OWNER = "owner"


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        held = InForce.objects.using(OWNER).order_by("pk").last()
        try:
            # Where a version is in force, another file is refused below whatever it says. Records that were made before
            # an installation remembered its file go on with it.
            is_new = held is None and not Subject.objects.using(OWNER).exists()
            protocol = load(settings.PROTOCOL_FILE, unfit if is_new else unusable)
        except ProtocolError as unsound:
            raise CommandError(str(unsound)) from None
        refuse(protocol, held)
        with acting_as_owner(SYSTEM, reason=READ):
            if held is None:
                register_protocol(protocol, using=OWNER)
                held = put_in_force(protocol, using=OWNER)
            else:
                open_new_cohorts(protocol, using=OWNER)
        if options["verbosity"]:
            self.stdout.write(f"The trial is {held.code}, version {held.version}: its cohorts are there.")


def refuse(protocol: Protocol, held: InForce | None) -> None:
    """Another file than the one in force; the first one too where records were made under another."""
    words = difference(protocol, held, read_in_force)
    # An earlier version's file may lack what an amendment added: the trial goes by the last one anyway.
    gone = vanished(protocol, using=OWNER) if words or held is None else []
    if gone and not words:
        words = "Records were made here under another protocol file: set PROTOCOL_FILE to that."
    if words:
        raise CommandError("\n  ".join([words, *gone]))
