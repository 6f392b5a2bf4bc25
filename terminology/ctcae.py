"""The CTCAE's own terms, free for everyone: read from the file beside this module, once a process."""

import tomllib
from functools import cache
from pathlib import Path

from terminology.term import Term
from terminology.words import fits, rank, words_of

FOLDER = Path(__file__).parent
NAME = "CTCAE"


@cache
def terms(version: str) -> dict[Term, list[str]]:
    """Every term of that version with the words that it is found by; empty for a version that is not here."""
    path = FOLDER / f"ctcae_{version.replace('.', '_')}.toml"
    if not path.exists():
        return {}
    file = tomllib.loads(path.read_text())
    return {
        Term(text=text, code="", group=category, dictionary=f"{NAME} {version}"): words_of(
            f"{text} {category} {file['also'].get(text, '')}"
        )
        for category, texts in file["terms"].items()
        for text in texts
    }


def find(version: str, query: str, most: int) -> list[Term]:
    """The terms with a word that begins with each word of the query, the nearest first."""
    asked = words_of(query)
    found = [term for term, words in terms(version).items() if asked and fits(asked, words)]
    return sorted(found, key=lambda term: rank(asked, term.text))[:most]


def exact(version: str, text: str) -> Term | None:
    """The term of exactly these words, in any case."""
    wanted = text.strip().lower()
    return next((term for term in terms(version) if term.text.lower() == wanted), None)
