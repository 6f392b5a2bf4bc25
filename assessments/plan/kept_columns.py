"""Columns that would hold something else after an amendment than they did under a version that was in force."""

from collections.abc import Iterator

from assessments.plan.drugs import columns
from cohorts.following import read
from cohorts.models import ProtocolVersion
from in_force.models import InForce
from protocol import Protocol, in_force


def moved(protocol: Protocol) -> list[str]:
    """A line for each, `path: what is wrong`: what was recorded in a column keeps its meaning, over all versions."""
    before = ProtocolVersion.objects.filter(sha256__in=InForce.objects.values("sha256")).order_by("-pk")
    held = [in_force(), *(read(version.pk) for version in before)]
    return list(dict.fromkeys(line for version in held for line in _moved_since(version, protocol)))


def _moved_since(held: Protocol, protocol: Protocol) -> Iterator[str]:
    now = columns(protocol)
    for end, drug in columns(held).items():
        if end in now and now[end].code != drug.code:
            yield (
                f"regimen.drugs.{now[end].code}: takes the columns of {drug.code}, which hold records: "
                f"leave {drug.code} where it is, and add drugs behind those that were there"
            )
    by_column = {item.held_by: item for item in held.eligibility_items}
    for item in protocol.eligibility_items:
        before = by_column.get(item.held_by, item)
        if before.code != item.code:
            yield _taken(f"eligibility_items.{item.code}", item.held_by, before.code, held)
        elif before.unit != item.unit:
            yield (
                f"eligibility_items.{item.code}.unit: {item.held_by} holds {before.unit or 'numbers without a unit'} "
                f"in version {held.version}: name a free column for another unit"
            )
    history_codes = {item.held_by: item.code for item in held.history.items} if held.history else {}
    for item in protocol.history.items if protocol.history else ():
        if history_codes.get(item.held_by, item.code) != item.code:
            yield _taken(f"history.items.{item.code}", item.held_by, history_codes[item.held_by], held)


def _taken(path: str, column: str, code: str, held: Protocol) -> str:
    return f"{path}.column: {column} holds {code} in version {held.version}: name one that is free"
