"""On which line of a protocol file a key stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Lines:
    """Finds the line of a path such as `visits.D1.day`: names, entries of a list by their code or their number."""

    def __init__(self, text: str) -> None:
        # Only a faulty file needs lines: the package is not read at each start.
        import spanned_toml

        self._text = text.replace("\r\n", "\n")
        self._document = spanned_toml.loads(self._text)

    def of(self, path: str) -> int | None:
        """The line of the key, else of the nearest table above it; None for what is nowhere in the file."""
        node, line, parts = self._document, None, path.split(".") if path else []
        while parts:
            inner = self._step(node.inner(), parts)
            if inner is None:
                return line
            node, line, taken = inner
            parts = parts[taken:]
        return line

    def _step(self, inner: Any, parts: Sequence[str]) -> tuple[Any, int, int] | None:
        """The node, its line, and how many parts of the path lead to it."""
        if isinstance(inner, dict):
            # A key may hold dots itself, as those of the assumptions do.
            for taken in range(1, len(parts) + 1):
                name = ".".join(parts[:taken])
                for key, value in inner.items():
                    if key.inner() == name:
                        return value, self._line(key.span().start), taken
        if isinstance(inner, list):
            entry = self._entry(inner, parts[0])
            return None if entry is None else (entry, self._line_of(entry), 1)
        return None

    def _entry(self, entries: list[Any], name: str) -> Any:
        # Of two of one code it is the later one that should be another.
        coded = [entry for entry in entries if isinstance(entry.inner(), dict) and entry.inner().get("code") == name]
        if coded:
            return coded[-1]
        return entries[int(name)] if name.isdigit() and int(name) < len(entries) else None

    def _line_of(self, node: Any) -> int:
        """Of a table, which has no place of its own, the line of its first key."""
        if node.span().start == 0 and isinstance(node.inner(), dict) and node.inner():
            return self._line(next(iter(node.inner())).span().start)
        return self._line(node.span().start)

    def _line(self, position: int) -> int:
        return self._text.count("\n", 0, position) + 1
