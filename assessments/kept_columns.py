"""Columns that would hold something else after an amendment than they do under the version in force."""

from collections.abc import Iterator

from assessments.drugs import columns
from protocol import Protocol, in_force


def moved(protocol: Protocol) -> Iterator[str]:
    """A line for each, `path: what is wrong`: what was recorded in a column keeps its meaning."""
    held = in_force()
    now = columns(protocol)
    for end, drug in columns(held).items():
        if end in now and now[end].code != drug.code:
            yield (
                f"regimen.drugs.{now[end].code}: takes the columns of {drug.code}, which hold records: "
                f"leave {drug.code} where it is, and add drugs behind those that were there"
            )
    asked = {item.held_by: item.code for item in held.eligibility_items}
    for item in protocol.eligibility_items:
        if asked.get(item.held_by, item.code) != item.code:
            yield _taken(f"eligibility_items.{item.code}", item.held_by, asked[item.held_by])
    told = {one.held_by: one.code for one in held.history.items} if held.history else {}
    for one in protocol.history.items if protocol.history else ():
        if told.get(one.held_by, one.code) != one.code:
            yield _taken(f"history.items.{one.code}", one.held_by, told[one.held_by])


def _taken(path: str, column: str, code: str) -> str:
    return f"{path}.column: {column} holds {code} in the version in force: name one that is free"
