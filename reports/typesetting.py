"""How every PDF is set: a layout, what it prints, fonts that are the same everywhere."""

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.conf import settings

from reports.characters import fonts, printable

# Before the layout's own rules, which leave the background and the keywords as they are: on each page the release at
# the foot, and of a training environment the mark at the head.
RELEASE = """#set document(keywords: ("EDC release $release",))
#set page(background: [
  #place(bottom + center, dy: -5mm, text(7pt, fill: rgb("#4b5b68"))[EDC release $release])
  $mark
])
"""
TRAINING = """#place(top + center, dy: 8mm, text(9pt, weight: "bold", fill: rgb("#a4161a"))[
    TRAINING: not for real subjects
  ])"""
UNSHOWN = Path(__file__).with_name("unshown.typ")


def typeset(layout: Path, contents: dict[str, Any], *, at: int, figures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a layout, which reads `data.json` and `unshown.typ`; `at` (seconds since 1970) is when it was made.

    Each page says by which release it was made, and of a training environment that it is one. A character that no font
    has is printed as its code point, and the document says that. `figures` are files by name.
    """
    plain, unshown = printable(contents)
    with TemporaryDirectory(prefix="pdf-") as folder:
        for name, content in (figures or {}).items():
            Path(folder, name).write_bytes(content)
        Path(folder, "data.json").write_text(json.dumps(plain | {"unshown": unshown}))
        Path(folder, layout.name).write_text(_prelude() + layout.read_text())
        Path(folder, UNSHOWN.name).write_text(UNSHOWN.read_text())
        pdf = typst.compile(
            Path(folder, layout.name), root=folder, font_paths=fonts(), ignore_system_fonts=True, timestamp=at
        )
    assert isinstance(pdf, bytes)
    return pdf


def _prelude() -> str:
    mark = "" if settings.ENVIRONMENT == "production" else TRAINING
    return Template(RELEASE).substitute(release=settings.RELEASE, mark=mark)
