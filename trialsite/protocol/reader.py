"""Reads a protocol file and refuses an unsound one with every problem named by file and key."""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trialsite.protocol.consistency import problems
from trialsite.protocol.schema import AnalysisPlan, Protocol


class ProtocolError(ValueError):
    """A protocol file that cannot be used. `problems` has one line each: the path of the key and what is wrong."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n  ".join([f"{path} cannot be used as a protocol:", *self.problems]))


def load(path: str | Path) -> Protocol:
    """The protocol in a TOML file. Raises ProtocolError with everything that is wrong with it."""
    path = Path(path)
    content, document = _read(path)
    if wrong := [*_not_ours(document), *_unstated(document)]:
        raise ProtocolError(path, wrong)
    try:
        protocol = Protocol.model_validate({**document, "sha256": hashlib.sha256(content).hexdigest()})
    except ValidationError as invalid:
        raise ProtocolError(path, [_worded(document, error) for error in invalid.errors()]) from None
    if wrong := problems(protocol):
        raise ProtocolError(path, wrong)
    return protocol


def current() -> Protocol:
    """The protocol of this installation, from the setting PROTOCOL_FILE; read once a process."""
    from django.conf import settings

    return _loaded(settings.PROTOCOL_FILE)


@cache
def _loaded(path: str | Path) -> Protocol:
    return load(Path(path))


def _read(path: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        content = path.read_bytes()
        return content, tomllib.loads(content.decode(), parse_float=Decimal)
    except OSError as missing:
        raise ProtocolError(path, [f"cannot be read: {missing.strerror}"]) from None
    except UnicodeDecodeError as broken:
        raise ProtocolError(path, [f"is not UTF-8 text: byte {broken.start} ({broken.reason})"]) from None
    except tomllib.TOMLDecodeError as broken:
        raise ProtocolError(path, [f"is not TOML: {broken}"]) from None


def _not_ours(document: dict[str, Any]) -> list[str]:
    return ["sha256: is computed from the file and cannot be stated in it"] if "sha256" in document else []


def _unstated(document: dict[str, Any]) -> list[str]:
    # A default that nobody wrote down would be a choice of the analysis that no protocol states.
    stated = document.get("analysis")
    if not isinstance(stated, dict):
        return []
    names = [field.name for field in fields(AnalysisPlan) if field.name not in stated]
    return [f"analysis.{name}: missing; every setting of the analysis plan must be stated" for name in names]


def _worded(document: dict[str, Any], error: Any) -> str:
    message: str = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "unknown key"
    elif error["type"] == "missing":
        message = "missing"
    elif not isinstance(error["input"], dict | list) and error["type"] != "value_error":
        message = f"{message}, not {error['input']!r}"
    return f"{_key_path(document, error['loc'])}: {message}"


def _key_path(document: Any, location: tuple[int | str, ...]) -> str:
    """The path of a key as people write it: entries of a list by their code, without the tags of alternatives."""
    names: list[str] = []
    node = document
    for part in location:
        if isinstance(node, dict) and part not in node and part in (node.get("kind"), node.get("type")):
            continue
        node = _child(node, part)
        names.append(node["code"] if isinstance(part, int) and _has_code(node) else str(part))
    return ".".join(names)


def _child(node: Any, part: int | str) -> Any:
    try:
        return node[part]
    except (KeyError, IndexError, TypeError):
        return None


def _has_code(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("code"), str)
