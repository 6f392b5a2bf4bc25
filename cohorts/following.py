"""What a version of the protocol says, read once a process, and which one the process goes by."""

from pathlib import Path

from django.db.models import OuterRef, QuerySet, Subquery

from cohorts.models import ProtocolVersion
from in_force.models import InForce
from protocol import Protocol, ProtocolError, current, go_by, of_file, parse

# By key. What was registered never changes.
_read: dict[int, Protocol] = {}


def read(version_id: int) -> Protocol:
    """A version as it was registered; read once a process."""
    if version_id not in _read:
        know(ProtocolVersion.objects.get(pk=version_id))
    return _read[version_id]


def read_in_force(held: InForce) -> Protocol:
    """What the version says that took force; from the database that `held` was read from."""
    version = ProtocolVersion.objects.using(held._state.db).get(sha256=held.sha256)
    return parse(version.content.encode(), Path(str(version)))


def know(version: ProtocolVersion) -> None:
    """So that nobody has to look for it later."""
    filed = of_file()
    _read[version.pk] = filed if filed.sha256 == version.sha256 else _parsed(version)


def with_force() -> QuerySet[ProtocolVersion]:
    """Each with `since` and `signed_name` of when it took force, None for one that is only proposed."""
    held = InForce.objects.filter(sha256=OuterRef("sha256")).order_by("pk")
    return ProtocolVersion.objects.annotate(
        since=Subquery(held.values("since")[:1]), signed_name=Subquery(held.values("signed_name")[:1])
    )


# The key of the last in_force.InForce that this process goes by; 0 where there is none.
_followed = 0


def follow(newest: int | None = None) -> None:
    """Have the process go by the version in force, whose key is `newest` where the caller knows it: another process may
    have put it in force."""
    global _followed
    if newest is not None and newest == _followed:
        return
    held = InForce.objects.order_by("pk").last()
    if held is None or held.sha256 == of_file().sha256:
        go_by(None)
    else:
        go_by(read(ProtocolVersion.objects.values_list("pk", flat=True).get(sha256=held.sha256)))
    _followed = held.pk if held else 0


def _parsed(version: ProtocolVersion) -> Protocol:
    try:
        return parse(version.content.encode(), Path(str(version)))
    except ProtocolError:
        first = InForce.objects.order_by("pk").first()
        if first is None or InForce.objects.filter(sha256=version.sha256).exists():
            raise
        # Of before the installation remembered which file is in force, and in a shape of then: all that was recorded
        # was judged by the file at hand, and goes on by the first one that was remembered.
        return read_in_force(first)


def judging(version_id: int | None) -> Protocol:
    """The version of that key; where none was stamped the one by which is judged here anyway."""
    return current() if version_id is None else read(version_id)
