"""What stands on paper: the letters of a PDF, in their size and typeface, and how full its pages are."""

import io
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pdfplumber

MM = 72 / 25.4


def sheets(pdf: bytes) -> list[Any]:
    """The pages of a PDF as pdfplumber reads them."""
    with pdfplumber.open(io.BytesIO(pdf)) as read:
        # what a page holds is read when it is asked for, and the file is shut then
        return [page for page in read.pages if page.objects is not None]


def smallest(pages: Iterable[Any]) -> float:
    """The size of the smallest letters, in points."""
    return round(min(_size(letter) for page in pages for letter in page.chars), 2)


def _size(letter: dict[str, Any]) -> float:
    """Its height; of one that runs up or down the page its width."""
    return float(letter["width"] if _runs_up(letter) else letter["height"])


def _runs_up(letter: dict[str, Any]) -> bool:
    return bool(abs(letter["matrix"][0]) < abs(letter["matrix"][1]))


def faces(pages: Iterable[Any]) -> set[str]:
    """The typefaces, without the mark of the part that is embedded and without weight and slope."""
    names = {letter["fontname"] for page in pages for letter in page.chars}
    return {name.partition("+")[2].partition("-")[0] for name in names}


def filled(page: Any, *, top: float, bottom: float) -> float:
    """How far down a page reaches, as a share of the room between margins in millimetres."""
    first, last = top * MM, page.height - bottom * MM
    inside = [thing for thing in (*page.chars, *page.curves, *page.lines) if first <= thing["top"] < last]
    return float((max(thing["bottom"] for thing in inside) - first) / (last - first))


def overprinted(page: Any) -> list[str]:
    """Letters that stand on others of their line, each with the one before it."""
    lines: dict[float, list[Any]] = {}
    for letter in page.chars:
        if not _runs_up(letter):
            lines.setdefault(round(letter["bottom"]), []).append(letter)
    ordered = [sorted(line, key=lambda letter: letter["x0"]) for line in lines.values()]
    pairs = [pair for line in ordered for pair in pairwise(line)]
    return [
        first["text"] + second["text"]
        for first, second in pairs
        if first["x1"] - second["x0"] > 0.25 * first["height"] and first["text"].strip() and second["text"].strip()
    ]
