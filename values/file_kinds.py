"""Whether a file is of the kind that the ending of its name says, by its first bytes."""

from pathlib import PurePath

PACKED, TEXT = b"PK\x03\x04", b""
# What this system writes. A file of another ending is of no kind that is known here.
BEGINS = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "xlsx": PACKED,
    "zip": PACKED,
    "csv": TEXT,
    "json": TEXT,
    "svg": TEXT,
    "txt": TEXT,
}
# How many of the first bytes are looked at.
LOOKED_AT = 4096


def misnamed(name: str, beginning: bytes) -> str:
    """What is wrong, for people; "" where the content may be what the ending says, or the ending is not known here."""
    ending = PurePath(name).suffix.lstrip(".").lower()
    begin = BEGINS.get(ending)
    if begin is None or (beginning.startswith(begin) if begin else _is_text(beginning)):
        return ""
    return f"It is called .{ending} and does not hold what a .{ending} file holds: it was renamed, or damaged."


def _is_text(beginning: bytes) -> bool:
    """Text of two bytes a sign begins with a mark."""
    return b"\0" not in beginning or beginning[:2] in (b"\xff\xfe", b"\xfe\xff")
