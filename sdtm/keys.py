"""How identifiers and terms are compared: `8` and `8.0`, `t01` and `T01` are spellings of one thing."""

import re

_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_WHOLE = re.compile(r"([0-9]+)\.0+")


def term(text: str) -> str:
    """Capital letters and single blanks."""
    return " ".join(text.split()).upper()


def key(text: str) -> str:
    """A term; a whole number that was kept as a decimal one is the whole number."""
    code = term(text)
    whole = _WHOLE.fullmatch(code)
    return whole[1] if whole else code


def bare(text: str) -> str:
    """A key without what people leave out: leading zeros of its numbers, blanks, hyphens and underscores."""
    return re.sub(r"[\s\-_]", "", _LEADING_ZEROS.sub("", key(text)))
