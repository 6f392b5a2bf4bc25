"""How words are compared when somebody looks for a term: without case, and British or American spelling alike."""

import re

# Each British pair of letters as the dictionaries spell it. "ae" and "oe" within words of other tongues lose nothing.
SPELLINGS = (("haem", "hem"), ("aem", "em"), ("oea", "ea"), ("oed", "ed"), ("oes", "es"), ("leuco", "leuko"))
SPELLINGS += (("paed", "ped"), ("aes", "es"), ("tumour", "tumor"), ("colour", "color"), ("ise", "ize"), ("pnoe", "pne"))
WORD = re.compile(r"[a-z0-9]+")


def folded(text: str) -> str:
    """The text as it is compared."""
    text = text.lower()
    for british, american in SPELLINGS:
        text = text.replace(british, american)
    return text


def words_of(text: str) -> list[str]:
    return WORD.findall(folded(text))


def fits(typed_words: list[str], offered: list[str]) -> bool:
    """Whether each word asked for begins a word that is offered."""
    return all(any(word.startswith(typed_word) for word in offered) for typed_word in typed_words)


def rank(typed_words: list[str], text: str) -> tuple[int, int, str]:
    """The best first: those that begin with what was typed, then the shorter."""
    words = words_of(text)
    return (
        words[: len(typed_words)] != typed_words
        and not (words and typed_words and words[0].startswith(typed_words[0])),
        len(text),
        text,
    )
