"""Whether a protocol file is the one that this installation follows, and what to do where it is not."""

from collections.abc import Callable

from in_force.models import InForce
from protocol import Protocol
from values.dates import shown_date

PUT_BACK = "`manage.py protocol_in_force` writes out the file in force; set PROTOCOL_FILE to that."
# What takes an amendment in is a command of its own: no start does.
AMENDED = (
    "A new version does not take effect by a start: `manage.py amend` says what it changes, and its page takes it in."
)


class NotInForce(Exception):
    """The protocol file is not the one in force; the message says which is, and what to do."""


def version_in_force() -> InForce | None:
    """The version in force; None before the first one took force."""
    return InForce.objects.order_by("pk").last()


def difference(protocol: Protocol, held: InForce | None, read: Callable[[InForce], Protocol]) -> str:
    """Why the file cannot be started with, and what to do; "" for one that is or was in force, or means the same as the
    one in force (which `read` gives), for the trial goes by that one anyway; and where none is yet."""
    if held is None or protocol.sha256 == held.sha256:
        return ""
    if InForce.objects.using(held._state.db).filter(sha256=protocol.sha256).exists():
        return ""
    since = f"in force since {shown_date(held.since.date())}"
    if protocol.code != held.code:
        return (
            f"The protocol file is of the trial {protocol.code}, and this installation is of {held}, {since}. "
            "Each trial has an installation of its own: set PROTOCOL_FILE to this trial's file, or start the other "
            f"trial elsewhere (make run TRIAL=name PROTOCOL_FILE=file). {PUT_BACK}"
        )
    if protocol.version != held.version:
        says = f"The protocol file is version {protocol.version}, and version {held.version} is {since}."
        return f"{says} {AMENDED} {PUT_BACK}"
    if protocol.means(read(held)):
        return ""
    return (
        f"The protocol file has changed and still calls itself version {held.version}, which is {since} with the "
        f"SHA-256 {held.sha256[:12]}; the file has {protocol.sha256[:12]}. {PUT_BACK} "
        "Where the protocol was amended, the file needs a version of its own."
    )
