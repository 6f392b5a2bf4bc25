"""Every write by which a new version of the protocol comes into the trial: proposed, in force, approved at a site."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import Site, User
from cohorts.following import follow, read
from cohorts.models import Approval, GoesOver, ProtocolVersion
from cohorts.services import Refused, open_new_cohorts
from cohorts.vanished import vanished_cohorts
from in_force import services
from in_force.models import InForce
from protocol import Protocol, ProtocolError, in_force, parse
from protocol.reader import Check
from values.dates import shown_date

# Any number will do, as long as nothing else in this database takes the same advisory lock.
FORCE_LOCK = 426_557


def propose(
    *, content: bytes, goes_over: GoesOver, by: Actor, reason: str = "", checks: Sequence[Check] = ()
) -> ProtocolVersion:
    """Register an amendment. Nothing follows from it before it is in force. Raises Refused with all that is wrong; what
    else the program asks of a file is in `checks`."""
    protocol = _readable(content, checks)
    if against := _against(protocol):
        raise Refused(" ".join(against), "file")
    with acting(by, reason=reason):
        return ProtocolVersion.objects.create(
            code=protocol.code,
            version=protocol.version,
            sha256=protocol.sha256,
            content=content.decode(),
            goes_over=goes_over,
        )


def put_in_force(*, version: ProtocolVersion, signed_by: User, by: Actor, reason: str) -> ProtocolVersion:
    """Of a user who has given name and password again (accounts.signing). From now on sites may approve it, and figures
    go by it. Its new cohorts are there, as at the set-up."""
    with acting(by, reason=reason):
        # Of two who sign at once the second sees that the first did.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [FORCE_LOCK, version.pk])
        if held := InForce.objects.filter(sha256=version.sha256).first():
            raise Refused(f"{version} is in force already, since {shown_date(held.since.date())}.")
        protocol = read(version.pk)
        services.put_in_force(
            protocol,
            using=DEFAULT_DB_ALIAS,
            signed_by=signed_by.get_username(),
            signed_name=signed_by.printed_name,
        )
        open_new_cohorts(protocol)
        transaction.on_commit(follow)
    return version


def approve(*, site: Site, version: ProtocolVersion, approved_on: date, active_from: date, by: Actor) -> Approval:
    """Record that the site's ethics committee approved a version that is in force, and from when it is active. The
    version that the installation was set up with holds everywhere: nothing is planned anew by its approval."""
    if not InForce.objects.filter(sha256=version.sha256).exists():
        raise Refused(f"{version} is not in force.", "version")
    if approved_on > timezone.localdate():
        raise Refused("This date is in the future.", "approved_on")
    if active_from < approved_on:
        raise Refused(f"It was approved later: on {shown_date(approved_on)}.", "active_from")
    with acting(by):
        if Approval.objects.filter(site=site, version=version).exists():
            raise Refused(f"{version} is approved at {site.code} already.", "version")
        return Approval.objects.create(
            site=site,
            version=version,
            approved_on=approved_on,
            active_from=active_from,
            planned_at=None if version.goes_over else timezone.now(),
        )


def _readable(content: bytes, checks: Sequence[Check]) -> Protocol:
    try:
        return parse(content, Path("The file"), *checks)
    except ProtocolError as wrong:
        faults = [str(fault) for fault in wrong.faults]
        refusal = Refused("\n".join(faults), "file")
        refusal.errors = {"file": faults}
        raise refusal from None


def _against(protocol: Protocol) -> list[str]:
    """Why it cannot be an amendment of this trial."""
    now = in_force()
    if protocol.code != now.code:
        return [f"The file is of the trial {protocol.code}: an amendment is of {now.code}."]
    known = ProtocolVersion.objects.filter(code=protocol.code, version=protocol.version).first()
    if known is not None:
        return [f"Version {protocol.version} is known since {shown_date(known.read_at)}: an amendment has a new one."]
    return list(vanished_cohorts(protocol, DEFAULT_DB_ALIAS))
