"""The CTCAE's own terms, free for everyone: read from the files beside this module, once a process."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from terminology.term import Term
from terminology.words import fits, rank, words_of

FOLDER = Path(__file__).parent
NAME = "CTCAE"
FILE = "ctcae_{}.toml"


@cache
def versions() -> tuple[str, ...]:
    """Those whose terms are here."""
    return tuple(sorted(_read(path)["version"] for path in FOLDER.glob(FILE.format("*"))))


def dictionary_of(version: str) -> str:
    """As it is stored with an event."""
    return f"{NAME} {version}"


@cache
def terms(version: str) -> dict[Term, tuple[str, ...]]:
    """Every term with the phrases that people use instead. ValueError for a version that is not here."""
    if version not in versions():
        raise ValueError(f"the terms of CTCAE {version} are not here; known: {', '.join(versions())}")
    file = _read(FOLDER / FILE.format(version.replace(".", "_")))
    return {
        Term(text, "", group, dictionary_of(version), grades): _phrases(file["also"].get(text, ""))
        for group, listed in file["terms"].items()
        for text, grades in _graded(listed)
    }


def find(version: str, query: str, most: int) -> list[Term]:
    """The terms with a word that begins with each word of the query, the nearest first: those that begin with what was
    typed, then those that people call so."""
    typed = words_of(query)
    fitting = [term for term, words in _words(version).items() if typed and fits(typed, words)]
    return sorted(fitting, key=lambda term: _nearness(typed, term, terms(version)[term]))[:most]


def exact(version: str, text: str) -> Term | None:
    """The term of exactly these words, in any case."""
    return _by_text(version).get(text.strip().lower())


def stored(text: str, dictionary: str) -> Term | None:
    """The term that an event was coded with; None where that was another dictionary, or a version that is not here."""
    name, _, version = dictionary.rpartition(" ")
    return exact(version, text) if name == NAME and version in versions() else None


@cache
def _by_text(version: str) -> Mapping[str, Term]:
    return {term.text.lower(): term for term in terms(version)}


@cache
def _words(version: str) -> Mapping[Term, list[str]]:
    return {term: words_of(" ".join((term.text, term.group, *also))) for term, also in terms(version).items()}


def _nearness(typed: list[str], term: Term, also: Iterable[str]) -> tuple[bool, bool, int, str]:
    elsewhere, length, text = rank(typed, term.text)
    called_so = any(not rank(typed, phrase)[0] for phrase in also)
    return elsewhere and not called_so, elsewhere, length, text


def _phrases(also: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in also.split(",") if phrase.strip())


def _graded(listed: Mapping[str, str] | Iterable[str]) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Each term with the grades that its criterion has; none where the file does not say."""
    if isinstance(listed, Mapping):
        return [(text, tuple(map(int, grades))) for text, grades in listed.items()]
    return [(text, ()) for text in listed]


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())
