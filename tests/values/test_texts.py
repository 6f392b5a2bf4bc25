"""A text is what one sees of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from values.texts import is_invisible, plain_text


@pytest.mark.parametrize(
    "typed",
    [
        *("\u200b", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u200d\u200c", "\x07"),
        *("\x7f", "\u3164", "\u2800", "\ufe0f"),
        *("\u00a0", "\u3000", " \u200b \n", "\u2028", "\x0b"),
    ],
)
def test_what_nobody_sees_is_no_text(typed):
    assert plain_text(typed) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Müller\tA\nB\r\nC", "Müller\tA\nB\r\nC"),
        ("a\x07b\x1bc\x9dd", "abcd"),
        ("one\x0btwo\u2028three\x85four", "one\ntwo\nthree\nfour"),
        ("👩‍⚕️ ok", "👩‍⚕️ ok"),
        ("نص\u200f 5", "نص\u200f 5"),
        ("  ", "  "),
        ("", ""),
        ("a\0", "a\0"),
        ("\0", "\0"),
    ],
)
def test_what_is_seen_stays_without_control_characters(typed, kept):
    assert plain_text(typed) == kept


@given(some.text())
def test_a_plain_text_is_plain_already(text):
    plain = plain_text(text)
    assert plain_text(plain) == plain
    assert not plain or plain == text or not is_invisible(plain) or "\0" in plain
