"""What else is wrong with a file whose shape is wrong: what is faulty is put right in a copy, or left out of it.

So every fault is told at once. When in doubt a fault is left out, and none is named that is not there.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError

from protocol.schema import Protocol
from protocol.shape import fields_of, parts_at

Location = Sequence[int | str]
MOST_ROUNDS = 5
UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")
LEAST = Decimal("0.01")
SIMPLE: tuple[Any, ...] = (1, "x", False, dt.date(2000, 1, 1), [])
# Where an entry of a list is left out: the words of problems that it may be the cause of.
RESTS_ON = {
    "visits": r"form|visit|^assumptions",
    "cohorts": r"cohort|^assumptions",
    "populations": r"population|^assumptions",
    "analysis_sets": r"headline|^assumptions",
    "phases": r"phase|^assumptions",
    "regimen": r"drug|^assumptions",
    "eligibility_items": r"item|^assumptions",
    "eligibility": r"^assumptions",
    "laboratory": r"analyte|panel|^assumptions",
    "guidance": r"^assumptions",
}
# By the type of pydantic's error, or how it begins: a value that would do.
INSTEAD: tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...] = (
    ("literal_error", lambda ctx: re.findall(r"'([^']*)'", ctx["expected"])[0]),
    ("greater_than_equal", lambda ctx: ctx["ge"]),
    ("greater_than", lambda ctx: ctx["gt"] + LEAST),
    ("less_than_equal", lambda ctx: ctx["le"]),
    ("less_than", lambda ctx: ctx["lt"] - LEAST),
    ("int_", lambda ctx: 1),
    ("decimal_", lambda ctx: 1),
    ("bool_", lambda ctx: False),
    ("string_", lambda ctx: "x"),
    ("date_", lambda ctx: dt.date(2000, 1, 1)),
)


def would_do(location: Location) -> Any:
    """A value for a key that is missing; None where none of the simple ones would do."""
    for part in parts_at(Protocol, location[:-1]):
        field = fields_of(part).get(str(location[-1]))
        if field is None:
            continue
        kind: Any = Annotated[field.annotation, field]
        for value in (*get_args(field.annotation), *SIMPLE):
            with contextlib.suppress(ValidationError, PydanticSchemaGenerationError):
                TypeAdapter(kind).validate_python(value)
                return value
    return None


class Mended:
    """A copy of the document, and which of its parts it says nothing about any more."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = copy.deepcopy(document)
        self.without: set[str] = set()
        self.codes: set[str] = set()

    def mend(self, errors: Iterable[Any]) -> bool:
        """Put right what each of pydantic's errors names. False where that cannot be done."""
        # From the end: an entry that is left out moves those behind it.
        in_order = sorted(errors, key=lambda error: [str(step).zfill(6) for step in error["loc"]], reverse=True)
        mended = [self._mend(error) for error in in_order]
        return all(mended)

    def _mend(self, error: Any) -> bool:
        nodes = self._nodes(error["loc"])
        holder, key = nodes[-1]
        if error["type"] in UNKNOWN_KEY and isinstance(holder, dict):
            holder.pop(key, None)
            return True
        if error["type"] == "missing" and isinstance(holder, dict) and (instead := would_do(error["loc"])) is not None:
            holder[key] = instead
            return True
        for kind, value in INSTEAD:
            if error["type"].startswith(kind) and isinstance(holder, dict | list):
                holder[key] = value(error.get("ctx", {}))
                return True
        return self._leave_out(nodes)

    def _leave_out(self, nodes: list[tuple[Any, Any]]) -> bool:
        """The innermost entry of a list that holds the fault."""
        for holder, key in reversed(nodes):
            if isinstance(holder, list) and isinstance(key, int) and key < len(holder):
                entry = holder.pop(key)
                self.without.add(str(nodes[0][1]))
                if isinstance(entry, dict):
                    self.codes.add(str(entry.get("code", "")))
                return True
        return False

    def _nodes(self, location: Location) -> list[tuple[Any, Any]]:
        """Each holder on the way with the key in it, without the tags of alternatives."""
        nodes, node = [], self.document
        for step in location:
            if isinstance(node, dict) and step not in node and step in (node.get("kind"), node.get("type")):
                continue
            nodes.append((node, step))
            try:
                node = node[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                node = None  # type: ignore[assignment]
        return nodes

    def tells(self, problem: str) -> bool:
        """Whether a disagreement of the copy's parts is one of the file too."""
        path, _, words = problem.partition(": ")
        if any(re.search(rf"\b{re.escape(code)}\b", problem) for code in self.codes - {""}):
            return False
        name, _, entry = path.partition(".")
        if name in self.without:
            return bool(entry)
        return not any(re.search(RESTS_ON.get(gone, ""), f"{name} {words}") for gone in self.without)
