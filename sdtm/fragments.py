"""Lesions that split or merged: which one a row of TR is about, and what the fragments come to together."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from assessments.codelists import LesionKind, LesionState
from sdtm.keys import bare
from sdtm.ledger import Ledger
from sdtm.lesions import KnownLesions, SdtmFinding, finding
from sdtm.reading import Row

SPLIT, MERGED = ("TUSPLIT", "TUMSPLIT"), ("TUMERGE", "TUMERGED")
# T01.1, T01-2, T01_1, T01/1 and T01A are fragments of T01.
FRAGMENT = re.compile(r"(.+?)[.\-_/: ]([0-9]+|[A-Z])|(.*[0-9])([A-Z])")
TOGETHER = re.compile(r"\s*[/+&,;]\s*")
# Of the findings of a lesion's fragments the first of these that one of them has.
STRONGEST = (
    *(LesionState.PROGRESSED, LesionState.UNEQUIVOCAL, LesionState.MEASURED, LesionState.PRESENT),
    *(LesionState.EQUIVOCAL, LesionState.NOT_ASSESSED, LesionState.TOO_SMALL, LesionState.ABSENT),
)


def parent_of(link: str, known: Mapping[str, KnownLesions]) -> str:
    """The identified lesion that a link names a fragment of; "" for none."""
    parts = FRAGMENT.fullmatch(link)
    stem = (parts[1] or parts[3]) if parts else ""
    return stem if stem in known else ""


def parts_of(link: str, known: Mapping[str, KnownLesions]) -> list[str]:
    """The identified lesions that a link names together, as T01/T02 does; [] for one that names none so."""
    parts = TOGETHER.split(link)
    return parts if len(parts) > 1 and all(part in known for part in parts) else []


def whole(lesion: KnownLesions, rows: Sequence[Row], version: str, ledger: Ledger, too_small: Decimal) -> SdtmFinding:
    """What was found of a lesion: by itself, or the sum of its fragments, each of which has a link of its own."""
    fragments = sorted({row.link for row in rows if bare(row.link) != bare(lesion.link)})
    if not fragments:
        return finding(lesion, rows, version, ledger)
    parts = [finding(lesion, [row for row in rows if row.link == link], version, ledger) for link in fragments]
    together = _together(lesion, parts, too_small)
    rest = [row for row in rows if row.link not in fragments]
    alone = finding(lesion, rest, version, Ledger())
    if alone.total == together.total:
        together.behind += alone.behind
    ledger.refuse([row for row in rest if row not in together.behind], _why(lesion))
    return together


def _why(lesion: KnownLesions) -> str:
    return f"the fragments of {lesion.link} were measured each by itself: they count"


def _together(lesion: KnownLesions, parts: Sequence[SdtmFinding], too_small: Decimal) -> SdtmFinding:
    """A target lesion of which one fragment was not assessed has no size; fragments too small add what such ones do."""
    states = {part.state for part in parts} - {""}
    behind = [row for part in parts for row in part.behind]
    first = parts[0]
    state = next((state for state in STRONGEST if state in states), "")
    sizes: list[Decimal] = []
    if lesion.kind != LesionKind.NON_TARGET and state == LesionState.MEASURED:
        if LesionState.NOT_ASSESSED in states or "" in {part.state for part in parts}:
            state = LesionState.NOT_ASSESSED
        else:
            small = [too_small for part in parts if part.state == LesionState.TOO_SMALL]
            sizes = [size for part in parts for size in part.sizes] + small
    return SdtmFinding(state, sizes, max(part.examined_on for part in parts), first.method, behind)
