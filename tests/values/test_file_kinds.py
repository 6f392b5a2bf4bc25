"""The ending of a file's name against its content."""

import pytest

from values.file_kinds import misnamed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7\n"),
        ("A.PDF", b"%PDF-1.7\n"),
        ("figure.png", b"\x89PNG\r\n\x1a\n\0\0"),
        ("book.xlsx", b"PK\x03\x04\0\0"),
        ("a.csv", b"subject,result\n"),
        ("a.csv", "größe\n".encode("cp1252")),
        ("a.csv", "subject\n".encode("utf-16")),
        ("a.csv", b""),
        ("no ending", b"\0\1\2"),
        ("scan.dcm", b"\0\1\2"),
    ],
)
def test_what_may_be_as_it_is_called_is_taken(name: str, content: bytes) -> None:
    assert misnamed(name, content) == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"PK\x03\x04"),
        ("a.pdf", b""),
        ("a.b.Pdf", b"<html>"),
        ("a.csv", b"PK\x03\x04\0\0"),
        ("a.xlsx", b"subject,result\n"),
        ("a.png", b"GIF89a"),
    ],
)
def test_what_cannot_be_is_said_by_its_ending(name: str, content: bytes) -> None:
    assert f".{name.rsplit('.')[-1].lower()} file" in misnamed(name, content)
