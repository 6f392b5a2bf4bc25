"""MedDRA as its maintainers distribute it: ASCII files, fields ended by `$`. Files in, rows out.

llt.asc: code, name, code of the preferred term, ..., whether current (10th). mdhier.asc: codes of preferred term, HLT,
HLGT, SOC, their names, ..., whether this path is the primary one (12th). meddra_release.asc: the release.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("llt.asc", "pt.asc", "mdhier.asc")
RELEASE = "meddra_release.asc"
TAKE_IT_ANEW = "unpack the distribution anew and load that folder, nothing was changed."
# In a whole distribution each preferred term has a primary path, and is a lowest level term too.
WHOLE = 0.99


class NotMeddra(ValueError):
    """The folder is no distribution that can be read; the message says which file and line."""


@dataclass(frozen=True, slots=True)
class MeddraRow:
    code: str
    text: str
    preferred_code: str
    preferred: str
    hlt: str
    hlgt: str
    soc: str


def release(folder: Path) -> str | None:
    """The release that the distribution itself names; None for older ones, which do not."""
    path = _path(folder, RELEASE)
    return next((fields[0] for _, fields in _lines(path, 1)), None) if path else None


def rows(folder: Path) -> Iterator[MeddraRow]:
    """Each current lowest level term with its primary path. Raises NotMeddra for what cannot be read or was cut."""
    preferred = {fields[0]: fields[1] for _, fields in _lines(_needed(folder, "pt.asc"), 2)}
    paths = {
        fields[0]: (fields[5], fields[6], fields[7])
        for _, fields in _lines(_needed(folder, "mdhier.asc"), 12)
        if fields[11] == "Y"
    }
    _refuse_a_cut_file("mdhier.asc has the primary path", paths.keys() & preferred.keys(), preferred)
    llt = _needed(folder, "llt.asc")
    seen: set[str] = set()
    named: set[str] = set()
    for number, fields in _lines(llt, 10):
        named.add(fields[2])
        if fields[9] == "N":
            continue
        if fields[2] not in preferred:
            raise NotMeddra(f"{llt.name}, line {number}: pt.asc has no preferred term {fields[2]}")
        if fields[0] in seen:
            raise NotMeddra(f"{llt.name}, line {number}: the term {fields[0]} stands there twice")
        seen.add(fields[0])
        yield MeddraRow(fields[0], fields[1], fields[2], preferred[fields[2]], *paths.get(fields[2], ("", "", "")))
    _refuse_a_cut_file("llt.asc has a term", named & preferred.keys(), preferred)


def _refuse_a_cut_file(what: str, codes: Collection[str], preferred: Collection[str]) -> None:
    if len(codes) < len(preferred) * WHOLE:
        raise NotMeddra(f"{what} of {len(codes)} of {len(preferred)} preferred terms: {TAKE_IT_ANEW}")


def _needed(folder: Path, name: str) -> Path:
    path = _path(folder, name)
    if path is None:
        raise NotMeddra(f"{folder} has no {name}: needed are {', '.join(NEEDED)}")
    if not path.is_file() or not path.read_bytes().strip():
        raise NotMeddra(f"{path.name} is empty: {TAKE_IT_ANEW}")
    return path


def _path(folder: Path, name: str) -> Path | None:
    """Some distributions write the names in capitals."""
    return next((path for path in sorted(folder.iterdir()) if path.name.lower() == name), None)


def _lines(path: Path, least: int) -> Iterator[tuple[int, list[str]]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # releases before 2017
        text = content.decode("latin-1")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split("$")]
        if len(fields) < least or not fields[0]:
            raise NotMeddra(f"{path.name}, line {number}: {least} fields ended by $ are needed")
        yield number, fields
