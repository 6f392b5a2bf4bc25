"""What a row is known by wherever it is sent, kept or asked about: a lesion's label, an analyte's code, a number."""

import re
from collections.abc import Mapping
from typing import Any

# An item of a row as queries and texts that were not taken name it: rows[T03]-state.
OF_ROW = re.compile(r"rows\[([^\[\]]+)\]-(\w+)")


# How the label of a row begins that cannot have one of its own yet: a lesion without its kind. It waits beside a draft.
WAITING = "+"


def waits(label: object) -> bool:
    return str(label or "").startswith(WAITING)


def row_name(row: Mapping[str, Any]) -> str:
    return str(row.get("label") or row.get("analyte") or row.get("row") or "")


def item_of_row(row: Mapping[str, Any], name: str) -> str:
    return f"rows[{row_name(row)}]-{name}"
