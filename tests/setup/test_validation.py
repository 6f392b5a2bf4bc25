"""docs/validation.md says what the marks of the tests say."""

from pathlib import Path

import pytest

from tests.validation import TARGET, document, faults, marks, regulations

RULES = [{"title": "T", "requirement": [{"code": "A", "asks": "a", "answer": "b"}]}]


@pytest.mark.requirement("FDA 2024 risk-based validation", "CSA 2025 scripted tests", "CSA 2025 record")
def test_each_requirement_has_a_test_or_is_said_to_be_organisational() -> None:
    assert faults(regulations(), marks()) == []


def test_the_document_is_as_the_command_would_write_it() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(regulations(), marks()), "run `make validation`"


def test_a_requirement_stands_once() -> None:
    codes = [requirement["code"] for regulation in regulations() for requirement in regulation["requirement"]]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("marked", "wrong"),
    [
        ({"A": [("tests/t.py", "test_a")]}, []),
        ({}, ["no test shows A"]),
        ({"A": [("tests/t.py", "test_a")], "B": [("tests/t.py", "test_b")]}, ["nothing asks for B"]),
    ],
)
def test_a_bare_requirement_and_an_unknown_mark_are_faults(
    marked: dict[str, list[tuple[str, str]]], wrong: list[str]
) -> None:
    assert faults(RULES, marked) == wrong


def test_marks_are_read_from_the_decorators_of_tests(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    text = '@pytest.mark.requirement("A", "B")\n@pytest.mark.django_db\ndef test_it():\n    pass\n'
    (folder / "test_one.py").write_text(text)
    place = ("tests/test_one.py", "test_it")
    assert marks(folder) == {"A": [place], "B": [place]}
