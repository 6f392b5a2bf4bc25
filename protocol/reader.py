"""Reads a protocol file and refuses an unsound one with every problem named by file and key."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from protocol.consistency import problems
from protocol.fault import Fault, ProtocolError, meant
from protocol.lines import Lines
from protocol.mending import MOST_ROUNDS, UNKNOWN_KEY, Mended
from protocol.plan import MAY_BE_LEFT_OUT
from protocol.schema import AnalysisPlan, Protocol
from protocol.sense import without_sense
from protocol.shape import fields_of, parts_at

Check = Callable[[Protocol], Iterable[str]]


def load(path: str | Path, *checks: Check) -> Protocol:
    """The protocol in a TOML file. Raises ProtocolError with everything that is wrong with it.

    `checks` are what else must hold of it here; each gives its problems as lines, `path: what is wrong`.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as missing:
        raise ProtocolError(path, [Fault(f"cannot be read: {missing.strerror}")]) from None
    return parse(content, path, *checks)


def parse(content: bytes, path: Path, *checks: Check) -> Protocol:
    """The protocol that these bytes are; `path` names them in what is said of them. As `load`."""
    document, digest = _document(content, path), hashlib.sha256(content).hexdigest()
    protocol, wrong = _checked(document, digest, (problems, without_sense, *checks))
    if wrong or protocol is None:
        raise ProtocolError(path, _at_their_lines(wrong, content.decode()))
    return protocol


def _checked(document: dict[str, Any], digest: str, checks: Sequence[Check]) -> tuple[Protocol | None, list[str]]:
    """The protocol, and its problems; what the rest disagrees about too where parts of it have the wrong shape."""
    wrong = [*_not_ours(document), *_unstated(document)]
    mended = Mended(document)
    for _ in range(MOST_ROUNDS):
        try:
            protocol = Protocol.model_validate({**mended.document, "sha256": digest})
        except ValidationError as invalid:
            # Where some of it was left out, further errors are those of the copy.
            errors = invalid.errors()
            wrong += [_worded(mended.document, error) for error in errors if not mended.without]
            if not mended.mend(errors):
                return None, wrong
            continue
        disagreements = [problem for check in checks for problem in check(protocol)]
        return protocol, wrong + [problem for problem in disagreements if mended.tells(problem)]
    return None, wrong


def _at_their_lines(problems: Iterable[str], text: str) -> list[Fault]:
    lines = Lines(text)
    split = (problem.partition(": ") for problem in problems)
    return list(dict.fromkeys(Fault(words, path, lines.of(path)) for path, _, words in split))


_chosen: ContextVar[Protocol | None] = ContextVar("chosen", default=None)


def current() -> Protocol:
    """The version by which is judged here: that of `under`, else the one in force."""
    return _chosen.get() or in_force()


# An amendment that took force after the installation's file.
_amended: Protocol | None = None
# Where that file is: this package knows no settings, and is told (in_force.apps).
_where: Callable[[], Path] | None = None


def in_force() -> Protocol:
    """The version that the trial goes by: the amendment that this process was told of by `go_by`, else `of_file`."""
    return _amended or of_file()


def known() -> Protocol | None:
    """As `current`; None where the file cannot be used. No program starts with such a file, but each reads the
    addresses of the site, and with them the words of forms, before it looks at the file and says so."""
    if _chosen.get() or _amended:
        return current()
    path = _path_of_file()
    return current() if _is_usable(path, path.stat().st_mtime_ns if path.exists() else 0) else None


@cache
def _is_usable(path: Path, changed: int) -> bool:
    try:
        _loaded(path)
    except ProtocolError:
        return False
    return True


def of_file() -> Protocol:
    """What the installation's file says, read once a process."""
    return _loaded(_path_of_file())


def file_stands_at(where: Callable[[], Path]) -> None:
    """From here on, in this process, `where` gives the path of the installation's file, each time that it is needed."""
    global _where
    _where = where


def _path_of_file() -> Path:
    if _where is None:
        raise RuntimeError("Nobody has said where the protocol file stands (protocol.file_stands_at).")
    return _where()


def go_by(version: Protocol | None) -> None:
    """From here on, in this process, the trial goes by this amendment; None: by its file."""
    global _amended
    _amended = version


@contextmanager
def under(version: Protocol) -> Iterator[None]:
    """What is read within, in this thread, is judged by this version: that of a visit, whatever came after it."""
    before = _chosen.set(version)
    try:
        yield
    finally:
        _chosen.reset(before)


@cache
def _loaded(path: Path) -> Protocol:
    return load(path)


def _document(content: bytes, path: Path) -> dict[str, Any]:
    try:
        # Some editors put a mark before the text, which is no part of it.
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as broken:
        raise ProtocolError(path, [Fault(f"is not UTF-8 text: byte {broken.start} ({broken.reason})")]) from None
    except tomllib.TOMLDecodeError as broken:
        raise ProtocolError(path, [_no_toml(str(broken), content.decode())]) from None


def _no_toml(words: str, text: str) -> Fault:
    """With the line that the parser names at the end of its words."""
    place = re.search(r"\(at line (\d+), column \d+\)$", words)
    return Fault(f"is not TOML: {words}", line=int(place[1]) if place else len(text.splitlines()))


def _not_ours(document: dict[str, Any]) -> list[str]:
    return ["sha256: is computed from the file and cannot be stated in it"] if "sha256" in document else []


def _unstated(document: dict[str, Any]) -> list[str]:
    # A default that nobody wrote down would be a choice of the analysis that no protocol states.
    stated = document.get("analysis")
    if not isinstance(stated, dict):
        return []
    names = [field.name for field in fields(AnalysisPlan) if field.name not in {*stated, *MAY_BE_LEFT_OUT}]
    return [f"analysis.{name}: missing; every setting of the analysis plan must be stated" for name in names]


def _worded(document: dict[str, Any], error: Any) -> str:
    message: str = error["msg"].removeprefix("Value error, ")
    if error["type"] in UNKNOWN_KEY:
        message = _unknown_key(error["loc"])
    elif error["type"] == "missing":
        message = "missing"
    elif not isinstance(error["input"], dict | list) and error["type"] != "value_error":
        message = f"{message}, not {error['input']!r}{_meant(error)}"
    if error["type"] == "union_tag_invalid":
        message += meant(error["ctx"]["tag"], re.findall(r"'([^']*)'", error["ctx"]["expected_tags"]))
    return f"{_key_path(document, error['loc'])}: {message}"


def _unknown_key(location: tuple[int | str, ...]) -> str:
    known = dict.fromkeys(name for part in parts_at(Protocol, location[:-1]) for name in fields_of(part))
    known.pop("sha256", None)
    return f"unknown key; known: {', '.join(known)}{meant(str(location[-1]), known)}"


def _meant(error: Any) -> str:
    return meant(str(error["input"]), re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", ""))))


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
