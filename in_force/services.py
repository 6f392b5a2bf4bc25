"""The one write: a version takes force."""

from in_force.models import InForce
from protocol import Protocol


def put_in_force(protocol: Protocol, *, using: str, signed_by: str = "", signed_name: str = "") -> InForce:
    """From now on the installation follows this version. Within the transaction, and by the actor, of the caller."""
    return InForce.objects.using(using).create(
        code=protocol.code,
        version=protocol.version,
        sha256=protocol.sha256,
        signed_by=signed_by,
        signed_name=signed_name,
    )
