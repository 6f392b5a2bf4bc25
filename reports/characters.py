"""Which characters the fonts of a document can show; each of the others is printed as its code point, and named."""

import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from typing import Any

import typst

# With fonts beside the typesetter's own: Latin; Chinese, Japanese and Korean; Thai; Arabic; Hebrew; Devanagari.
FONT_PACKAGES = (
    "fontpkg_arimo",
    *("noto_cjk_sans_otc", "fontpkg_noto_sans_thai", "fontpkg_noto_sans_arabic"),
    *("fontpkg_heebo", "fontpkg_noto_sans_devanagari"),
)
# Under this standard the typesetter refuses a text of which a character has no glyph. It is asked for that alone.
STRICT = "a-2b"
ONE_TEXT = b'#set document(title: "one text")\n#text(sys.inputs.one)'
# What the font of every text has, as seen by test_glyphs: asked of nobody.
PLAIN = range(0x20, 0x7F)
LINES = "\n\t"
# Marks that turn the direction of what follows could make a copy read otherwise than the record.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control, surrogate, private and unassigned characters have no form that everybody knows.
FORMLESS = ("Cc", "Cs", "Co", "Cn")


@cache
def fonts() -> typst.Fonts:
    """Those of the typesetter and of the packages, and none of the machine: a document looks the same everywhere."""
    specs = filter(None, map(find_spec, FONT_PACKAGES))
    folders = [folder for spec in specs for folder in spec.submodule_search_locations or ()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def is_shown(char: str) -> bool:
    return ord(char) in PLAIN or char in LINES or _has_glyph(char)


@cache
def _has_glyph(char: str) -> bool:
    if char in TURNING or unicodedata.category(char) in FORMLESS:
        return False
    try:
        typst.compile(ONE_TEXT, font_paths=fonts(), pdf_standards=STRICT, timestamp=0, sys_inputs={"one": char})
    except typst.TypstError:
        return False
    return True


def printable(content: Any) -> tuple[Any, list[list[str]]]:
    """(the content with code points for what cannot be shown, [code point, name] of each of these, in order)."""
    unshown: set[str] = set()

    def shown(text: str) -> str:
        parts = groupby(text, is_shown)
        return "".join("".join(chars) if plain else _points(list(chars), unshown) for plain, chars in parts)

    return _each_text(content, shown), [[_point(char), _name(char)] for char in sorted(unshown)]


def _points(chars: list[str], unshown: set[str]) -> str:
    unshown.update(chars)
    return f"[{' '.join(map(_point, chars))}]"


def _point(char: str) -> str:
    return f"U+{ord(char):04X}"


def _name(char: str) -> str:
    return unicodedata.name(char, "without a name").lower()


def _each_text(content: Any, shown: Callable[[str], str]) -> Any:
    if isinstance(content, str):
        return shown(content)
    if isinstance(content, dict):
        return {name: _each_text(value, shown) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_each_text(value, shown) for value in content]
    return content
