"""Which characters a file holds is known, or guessed and said, or refused."""

import pytest

from values import UnreadableValue
from values.text_files import read_text

WORDS = "Größe;µmol/l\r\nü\r"


@pytest.mark.parametrize(
    ("codec", "encoding", "is_guessed"),
    [
        ("utf-8", "UTF-8", False),
        ("utf-8-sig", "UTF-8", False),
        ("utf-16", "UTF-16", False),
        ("cp1252", "windows-1252", True),
    ],
)
def test_the_text_is_the_same_in_each_encoding(codec, encoding, is_guessed):
    reading = read_text(WORDS.encode(codec))
    assert (reading.text, reading.encoding, reading.is_guessed) == ("Größe;µmol/l\nü\n", encoding, is_guessed)


def test_utf_16_of_the_other_byte_order_is_read_too():
    assert read_text(b"\xfe\xff" + "µ".encode("utf-16-be")).text == "µ"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04\x14\x00", "is a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "workbook of an old Excel"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\xff\xfea", "begins as UTF-16, and is not"),
        (b"\xef\xbb\xbf\xff", "begins as UTF-8, and is not"),
        (b"a\0b\0", "is not text"),
        (b"\x81\x8d", "neither UTF-8 nor windows-1252"),
    ],
)
def test_what_is_no_text_is_refused_in_words(content, why):
    with pytest.raises(UnreadableValue, match=why):
        read_text(content)
