"""The text of a file that somebody brings: which characters its bytes are, guessed where it does not say, and said."""

from dataclasses import dataclass

from values.unreadable import UnreadableValue

# By their first bytes, with what to do instead. An ending proves nothing: workbooks are renamed to .csv.
NO_TEXT = (
    (b"PK\x03\x04", "a workbook or another packed file: save the sheet as CSV, or copy its cells and paste them"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old Excel: save the sheet as CSV, or copy its cells and paste them"),
    (b"%PDF", "a PDF: ask for the results as CSV"),
)
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class TextFile:
    """`encoding` is its name for people; `is_guessed` where nothing in the file says that it is this one."""

    text: str
    encoding: str
    is_guessed: bool = False


def read_text(content: bytes) -> TextFile:
    """UTF-8, or UTF-16 where a byte order mark says so; what is neither is taken as windows-1252, as spreadsheets of
    western Europe write. Lines end with \\n. Raises UnreadableValue."""
    for begin, what in NO_TEXT:
        if content.startswith(begin):
            raise UnreadableValue(f"The file is {what}.")
    decoded = _decoded(content)
    if "\0" in decoded.text:
        raise UnreadableValue("The file is not text.")
    return TextFile(decoded.text.replace("\r\n", "\n").replace("\r", "\n"), decoded.encoding, decoded.is_guessed)


def _decoded(content: bytes) -> TextFile:
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            try:
                return TextFile(content.decode(codec), name)
            except UnicodeDecodeError:
                raise UnreadableValue(f"The file begins as {name}, and is not: it may have been cut off.") from None
    try:
        return TextFile(content.decode(), "UTF-8")
    except UnicodeDecodeError:
        pass
    try:
        return TextFile(content.decode("cp1252"), "windows-1252", is_guessed=True)
    except UnicodeDecodeError:
        raise UnreadableValue("The file is neither UTF-8 nor windows-1252 text: save it as CSV UTF-8.") from None
