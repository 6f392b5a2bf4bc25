"""Dataset-JSON of both shapes: 1.1 has one dataset at its top, 1.0 has them inside of clinicalData."""

from collections.abc import Sequence
from typing import Any

from sdtm.encodings import Unreadable


def table_of(content: Any, name: str) -> tuple[list[str], Sequence[Sequence[Any]]]:
    """(names of variables, rows). Raises Unreadable, which says what is missing."""
    if isinstance(content, dict) and ("clinicalData" in content or "referenceData" in content):
        return _of_group(content, name)
    if not isinstance(content, dict) or not isinstance(content.get("columns"), list):
        raise Unreadable(f"{name} is not Dataset-JSON: it has no columns.")
    rows = content.get("rows", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Unreadable(f"{name} is not Dataset-JSON: its rows are not lists of values.")
    return [_name(column, name) for column in content["columns"]], rows


def _of_group(content: dict[str, Any], name: str) -> tuple[list[str], Sequence[Sequence[Any]]]:
    data = content.get("clinicalData") or content.get("referenceData")
    groups = list(data.get("itemGroupData", {}).values()) if isinstance(data, dict) else []
    if len(groups) != 1 or not isinstance(groups[0], dict):
        raise Unreadable(f"{name} holds {len(groups)} datasets of Dataset-JSON 1.0: one file is one dataset.")
    items, rows = groups[0].get("items"), groups[0].get("itemData")
    if not isinstance(items, list) or not isinstance(rows, list):
        raise Unreadable(f"{name} is not Dataset-JSON: its dataset has no items, or no itemData.")
    return [_name(item, name) for item in items], rows


def _name(column: Any, name: str) -> str:
    if not isinstance(column, dict) or not column.get("name"):
        raise Unreadable(f"{name} is not Dataset-JSON: a column has no name.")
    return str(column["name"])
