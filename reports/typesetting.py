"""How every PDF is set: a layout, what it prints, fonts that are the same everywhere."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from reports.characters import fonts, printable

UNSHOWN = Path(__file__).with_name("unshown.typ")


def typeset(layout: Path, contents: dict[str, Any], *, at: int, figures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a layout, which reads `data.json` and `unshown.typ`; `at` (seconds since 1970) is when it was made.

    A character that no font has is printed as its code point, and the document says so. `figures` are files by name.
    """
    plain, unshown = printable(contents)
    with TemporaryDirectory(prefix="pdf-") as folder:
        for name, content in (figures or {}).items():
            Path(folder, name).write_bytes(content)
        Path(folder, "data.json").write_text(json.dumps(plain | {"unshown": unshown}))
        for source in (layout, UNSHOWN):
            Path(folder, source.name).write_text(source.read_text())
        pdf = typst.compile(
            Path(folder, layout.name), root=folder, font_paths=fonts(), ignore_system_fonts=True, timestamp=at
        )
    assert isinstance(pdf, bytes)
    return pdf
